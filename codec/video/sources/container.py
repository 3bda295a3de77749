"""Video in any container that FFmpeg opens: planes, times and color description as they come.

Each pass opens the file anew, so that passes do not disturb each other. A frame that the decoder had to invent in
part, because its packet is damaged, ends the pass with an error: a gray picture is only exact if it is the source's.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import av.container
import av.stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from codec.errors import InputError
from codec.video.copy_streams import CopyError, copy_packet, describe_stream
from codec.video.info import Chapter, CopyPacket, CopyStream, VideoInfo
from codec.video.picture import Frame, Picture
from codec.video.sources.attached import (
    attached_files,
    captions_stream,
    describe_attached,
    has_captions,
    is_picture,
    is_timecode,
    packet_streams,
)
from codec.video.sources.decoded_frames import color_of, display_matrix_of, picture_of, source_format, with_alpha_of
from codec.video.sources.elementary import check_elementary
from codec.video.sources.frame_decoder import FrameClock, FrameDecoder
from codec.video.sources.steady import SteadyPictures
from codec.video.sources.stream_marks import captions_of, marks_not_kept, marks_of

# Demuxers that draw text, follow references to other files, read devices or guess at raw samples.
_REFUSED_FORMATS = frozenset(
    {
        *("adf", "bin", "idf", "tty", "xbin"),
        *("concat", "dash", "hls", "image2", "imf", "rtp", "rtsp", "sap", "sdp", "webm_dash_manifest"),
        *("alsa", "fbdev", "kmsgrab", "lavfi", "oss", "video4linux2,v4l2", "x11grab"),
        *("bitpacked", "data", "ffmetadata", "rawvideo", "v210", "v210x"),
    }
)
_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": ",".join(sorted(av.formats_available - _REFUSED_FORMATS)),
}
# What a muxer writes about itself, not what a person says about the video.
_TECHNICAL_TAGS = frozenset({"major_brand", "minor_version", "compatible_brands", "encoder"})


class ContainerSource:
    """The first video stream of a file, and its audio and subtitles for copying.

    Args:
        path: the file.
        name: what to call the file in errors; ``path`` if None.
        frame_rate: of an elementary stream, which has no times; None for its own or FFmpeg's guess.

    Raises:
        InputError: the file is no video that FFmpeg reads, has no video stream or no frame, or has a pixel format that
            gvc does not know.
    """

    def __init__(self, path: Path, *, name: str | None = None, frame_rate: Fraction | None = None) -> None:
        self._path = path
        self._frame_rate = frame_rate
        self._name = name or str(path)
        self._notes: dict[str, None] = {}  # in order, without repetition
        with self._errors(), self._open() as container:
            if frame_rate is not None:
                check_elementary(container, self._name)
            video = self._choose_video(container)
            self._video_index = video.index
            self._copy_indices, copy_streams = self._choose_copies(container)
            decoder = FrameDecoder(video, self._name)
            frames = (frame for packet in container.demux(video) for frame in decoder.decode(packet))
            first = next(frames, None)
            if first is None:
                raise InputError(f"expected at least one frame in the video stream of {self._name}. Received: none")
            self._first_format = first.format.name
            self._is_interlaced = first.interlaced_frame
            self._captions_index = len(copy_streams) if has_captions(video, first, frames) else None
            if self._captions_index is not None:
                copy_streams = (*copy_streams, captions_stream(self._time_base(video)))
            for name in marks_not_kept(first):
                self._note(f"{self._name}: {name} left out")
            self._info = self._describe(container, video, first, copy_streams)
            self._steady = SteadyPictures(self._info, first, self._name)

    @property
    def info(self) -> VideoInfo:
        """The description."""
        return self._info

    @property
    def notes(self) -> tuple[str, ...]:
        """What cannot be kept; may grow while frames are read."""
        return tuple(self._notes)

    def frames(self) -> Iterator[Frame]:
        """All frames, from the first.

        Raises:
            InputError: a frame is damaged, or differs in size or format from the first.
        """
        return (item for item in self._walk(with_copies=False) if isinstance(item, Frame))

    def read(self) -> Iterator[Frame | CopyPacket]:
        """All frames, and the packets of audio and subtitles, in the order of the file.

        Raises:
            InputError: as :meth:`frames`.
        """
        return self._walk(with_copies=True)

    def close(self) -> None:
        """Nothing is open between the passes."""

    def _walk(self, *, with_copies: bool) -> Iterator[Frame | CopyPacket]:
        with self._errors(), self._open() as container:
            video = container.streams[self._video_index]
            if not isinstance(video, VideoStream):
                raise InputError(f"expected {self._name} to stay as it is. Received: other streams than before")
            copies = {number: index for index, number in enumerate(self._copy_indices)} if with_copies else {}
            yield from attached_files(container, copies)
            decoder, clock = FrameDecoder(video, self._name), FrameClock(self._info)
            for packet in container.demux(video, *packet_streams(container, copies)):
                if packet.stream_index in copies and packet.stream is not video:
                    # The last packet of each stream is an empty one, which only tells a decoder to finish.
                    if packet.size > 0 or packet.dts is not None:
                        yield copy_packet(copies[packet.stream_index], packet)
                    continue
                if packet.stream is not video:
                    continue
                for decoded in decoder.decode(packet):
                    self._check_same(decoded, clock.num_frames)
                    self._steady.check(decoded, video, clock.num_frames)
                    captions = self._captions_of(decoded, clock.num_frames)
                    time = clock.stamp(decoded) if self._frame_rate is None else clock.count()
                    frame = Frame(self._picture(decoded, clock.num_frames), *time)
                    if with_copies and captions is not None and self._captions_index is not None:
                        yield CopyPacket(self._captions_index, frame.pts, frame.pts, frame.duration, True, captions)
                    yield frame
            if clock.num_repaired:
                self._note(f"{clock.num_repaired} frames had times that do not increase, which were moved")

    def _check_same(self, frame: VideoFrame, number: int) -> None:
        """Refuse a change of size or format."""
        info = self._info
        if (frame.width, frame.height, frame.format.name) != (info.width, info.height, self._first_format):
            raise InputError(
                f"expected {info.width}x{info.height} {self._first_format} in all of {self._name}. Received: "
                f"{frame.width}x{frame.height} {frame.format.name} in frame {number}"
            )

    def _picture(self, frame: VideoFrame, number: int) -> Picture:
        try:
            return with_alpha_of(picture_of(frame), self._info.pixel_format)
        except InputError as error:
            raise InputError(f"{self._name}, frame {number}: {error}") from error

    def _captions_of(self, frame: VideoFrame, number: int) -> bytes | None:
        """The closed captions to copy; a note on what comes too late, or is not like the first frame."""
        if frame.interlaced_frame != self._is_interlaced:
            self._note(f"{self._name} mixes interlaced and progressive frames: the field order of the first is stated")
        captions = captions_of(frame)
        if captions is not None and self._captions_index is None:
            self._note(f"{self._name} has closed captions from frame {number} on, which are left out")
        return captions

    def _describe(
        self,
        container: av.container.InputContainer,
        video: VideoStream,
        first: VideoFrame,
        copy_streams: tuple[CopyStream, ...],
    ) -> VideoInfo:
        try:
            pixel_format = source_format(first)
        except InputError as error:
            raise InputError(f"{self._name}: {error}") from error
        return VideoInfo(
            first.width,
            first.height,
            pixel_format,
            time_base=self._time_base(video),
            frame_rate=self._frame_rate or video.average_rate or video.guessed_rate or None,
            color=color_of(first),
            sample_aspect_ratio=video.sample_aspect_ratio or None,
            display_matrix=display_matrix_of(first),
            num_frames_from_header=video.frames or None,
            tags={key: value for key, value in container.metadata.items() if key.lower() not in _TECHNICAL_TAGS},
            chapters=_chapters(container),
            copy_streams=copy_streams,
            marks=marks_of(video, first),
        )

    def _time_base(self, video: VideoStream) -> Fraction:
        """Seconds in a unit of the frames' times: of a rate that a person gave, one frame."""
        if self._frame_rate is not None:
            return 1 / self._frame_rate
        if video.time_base is None:
            raise InputError(f"expected a time base in the video stream of {self._name}. Received: none")
        return video.time_base

    def _choose_video(self, container: av.container.InputContainer) -> VideoStream:
        chosen: VideoStream | None = None
        for stream in container.streams.video:
            if stream.disposition & av.stream.Disposition.attached_pic:
                continue
            if chosen is None:
                chosen = stream
            else:
                self._note(f"a further video stream ({stream.index}) is left out")
        if chosen is None:
            raise InputError(f"expected a video stream in {self._name}. Received: {_stream_list(container)}")
        if _codec_name(chosen) is None:
            raise InputError(f"expected a video codec that FFmpeg decodes in {self._name}. Received: an unknown one")
        if chosen.metadata.get("alpha_mode") == "1":
            self._note(f"{self._name} has an alpha channel, which is left out")
        return chosen

    def _choose_copies(self, container: av.container.InputContainer) -> tuple[tuple[int, ...], tuple[CopyStream, ...]]:
        """Indices and descriptions of the streams to copy."""
        indices: list[int] = []
        descriptions: list[CopyStream] = []
        for stream in container.streams:
            if is_picture(stream) or is_timecode(stream):
                continue
            label = f"{stream.type} stream {stream.index} ({_codec_name(stream) or 'unknown codec'})"
            if stream.type == "data":
                self._note(f"{label} is left out")
                continue
            try:
                descriptions.append(describe_attached(stream) or describe_stream(stream))
            except CopyError:
                self._note(f"{label} is left out: gvc does not copy this codec")
                continue
            indices.append(stream.index)
        return tuple(indices), tuple(descriptions)

    def _open(self) -> av.container.InputContainer:
        # The prefix keeps a colon in a file's name from being read as a protocol.
        return av.open(f"file:{self._path}", "r", container_options=_OPTIONS, metadata_errors="replace")

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """FFmpeg's and the system's errors as one line."""
        try:
            yield
        except av.FFmpegError as error:
            reason = error.strerror or str(error)
            if isinstance(error, av.ArgumentError):
                reason = "not a video, or not of a kind that gvc opens"
            raise InputError(f"cannot read {self._name} as video: {reason}") from error
        except OSError as error:
            raise InputError(f"cannot read {self._name}: {error.strerror}") from error

    def _note(self, text: str) -> None:
        self._notes[text] = None


def _codec_name(stream: av.stream.Stream) -> str | None:
    context: av.CodecContext | None = stream.codec_context
    return context.codec.canonical_name if context is not None else None


def _stream_list(container: av.container.InputContainer) -> str:
    return (
        ", ".join(f"{stream.type} ({_codec_name(stream) or 'unknown codec'})" for stream in container.streams) or "no"
    )


def _chapters(container: av.container.InputContainer) -> tuple[Chapter, ...]:
    chapters = [
        Chapter(chapter["start"], chapter["end"], chapter["time_base"] or Fraction(1), dict(chapter["metadata"]))
        for chapter in container.chapters()
    ]
    return tuple(sorted(chapters, key=lambda chapter: chapter.start * chapter.time_base))
