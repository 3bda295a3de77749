"""Video in any container that FFmpeg opens: planes, times and color description as they come.

Each pass opens the file anew, so that passes do not disturb each other. A frame that the decoder had to invent in
part, because its packet is damaged, ends the pass with an error: a gray picture is only exact if it is the source's.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.container
import av.format
import av.stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from codec.errors import InputError
from codec.video.copy_streams import CopyError, copy_packet, describe_stream
from codec.video.damage import NO_DAMAGE, Damage
from codec.video.info import CopyPacket, CopyStream, VideoInfo
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
from codec.video.sources.chapters import chapters_of
from codec.video.sources.cut_off import missing_end
from codec.video.sources.decoded_frames import color_of, display_matrix_of, picture_of, source_format, with_alpha_of
from codec.video.sources.elementary import check_elementary
from codec.video.sources.frame_clock import FrameClock
from codec.video.sources.frame_decoder import FrameDecoder, is_checked
from codec.video.sources.frame_rates import frame_rate_of, num_frames_claimed
from codec.video.sources.steady import SteadyPictures
from codec.video.sources.stream_marks import captions_of, marks_not_kept, marks_of
from codec.video.sources.timeline import Timeline
from codec.video.sources.transport_stream import TransportStream

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
_MAY_RESTART = av.format.Flags.ts_discont  # containers whose times may start anew
# What a muxer writes about itself, not what a person says about the video.
_TECHNICAL_TAGS = frozenset({"major_brand", "minor_version", "compatible_brands", "encoder"})


class ContainerSource:
    """The first video stream of a file, and its audio and subtitles for copying.

    Args:
        path: the file.
        name: what to call the file in errors; ``path`` if None.
        frame_rate: of an elementary stream, which has no times; None for its own or FFmpeg's guess.
        keep_damaged: take what there is of a recording that is damaged or cut off.

    Raises:
        InputError: the file is no video that FFmpeg reads, has no video stream or no frame, has a pixel format that gvc
            does not know, or is cut off.
    """

    def __init__(
        self, path: Path, *, name: str | None = None, frame_rate: Fraction | None = None, keep_damaged: bool = False
    ) -> None:
        self._path = path
        self._frame_rate = frame_rate
        self._name = name or str(path)
        self._keep_damaged = keep_damaged
        self._notes: dict[str, None] = {}  # in order, without repetition
        self._damage, self._num_read = NO_DAMAGE, 0
        with self._errors(), self._open() as container:
            if frame_rate is not None:
                check_elementary(container, self._name)
            video = self._choose_video(container)
            self._video_index = video.index
            self._copy_indices, copy_streams = self._choose_copies(container)
            self._transport = TransportStream.of(path) if container.format.name == "mpegts" else None
            self._check_end(container.format.name)
            decoder = self._decoder(video)
            packets = self._packets(container.demux(video), video)
            frames = (frame for packet in packets for frame in decoder.decode(packet))
            first = next(frames, None)
            if first is None:
                raise InputError(f"expected at least one frame in the video stream of {self._name}. Received: none")
            self._first_format = first.format.name
            self._is_interlaced = first.interlaced_frame
            self._captions_index = len(copy_streams) if has_captions(video, first, frames) else None
            if self._captions_index is not None:
                copy_streams = (*copy_streams, captions_stream(self._time_base(video)))
            self._info = self._describe(container, video, first, copy_streams)
            for name in marks_not_kept(first, self._info.marks):
                self._note(f"{self._name}: {name} left out")
            self._steady = SteadyPictures(self._info, first, self._name)

    @property
    def info(self) -> VideoInfo:
        """The description."""
        return self._info

    @property
    def damage(self) -> Damage:
        """What is wrong with the frames, as far as they were read."""
        return self._damage

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
            copies = {number: index for index, number in enumerate(self._copy_indices)}
            if with_copies:
                yield from attached_files(container, copies)
            has_joints = _MAY_RESTART in av.format.Flags(container.format.flags)
            may_restart = has_joints or container.format.name.startswith("matroska")  # joined end to end
            decoder, clock = (
                self._decoder(video),
                FrameClock(self._info, is_stored_in_order=_has_no_times(container, video)),
            )
            # The sound takes part in the choice of each offset, so that all passes agree.
            watched = copies if with_copies or may_restart else {}
            streams = [video, *packet_streams(container, watched)]
            packets = self._packets(container.demux(*streams), video)
            timeline = Timeline(_tracks(streams, self._info.frame_rate), has_decoding_times=has_joints)
            if may_restart:
                packets = timeline.joined(packets)
            for packet in packets:
                if packet.stream_index in copies and packet.stream is not video:
                    # The last packet of each stream is an empty one, which only tells a decoder to finish.
                    if with_copies and (packet.size > 0 or packet.dts is not None):
                        yield copy_packet(copies[packet.stream_index], packet)
                    continue
                if packet.stream is not video:
                    continue
                if packet.size > 0:
                    clock.take_packet(packet.pts)
                for decoded in decoder.decode(packet):
                    self._check_same(decoded, clock.num_frames)
                    self._steady.check(decoded, video, clock.num_frames)
                    captions = self._captions_of(decoded, clock.num_frames)
                    time = clock.stamp(decoded) if self._frame_rate is None else clock.count()
                    frame = Frame(self._picture(decoded, clock.num_frames), *time)
                    if with_copies and captions is not None and self._captions_index is not None:
                        yield CopyPacket(self._captions_index, frame.pts, frame.pts, frame.duration, True, captions)
                    yield frame
                    self._take_damage(decoder, clock.num_frames)
            self._take_damage(decoder, clock.num_frames)
            for joint in timeline.joints:
                self._note(f"the times of {self._name} start anew at {float(joint):.3f} s: the parts were joined")
            self._note_gap(clock, video)
            if clock.num_repaired:
                self._note(f"{clock.num_repaired} frames had times that do not increase, which were moved")

    def _decoder(self, video: VideoStream) -> FrameDecoder:
        transport, stream_id = self._transport, video.id
        return FrameDecoder(
            video,
            self._name,
            keep_damaged=self._keep_damaged,
            is_whole=None if transport is None else lambda packet: transport.is_whole(stream_id, packet.pos),
        )

    def _packets(self, packets: Iterator[av.Packet[Any]], video: VideoStream) -> Iterator[av.Packet[Any]]:
        """Packets of an open file; if damage is kept, as far as they can be read."""
        try:
            yield from packets
        except av.FFmpegError as error:
            if not self._keep_damaged:
                raise
            self._note(f"{self._name} cannot be read to its end: {error.strerror or error}")
            end: av.Packet[Any] = av.Packet()  # tells the decoder to finish
            end.stream = video
            yield end

    def _check_end(self, container: str) -> None:
        """Find out whether the recording is cut off."""
        num_bytes = missing_end(self._path, container)
        if not num_bytes:
            return
        if not self._keep_damaged:
            raise InputError(
                f"expected the whole of {self._name}. Received: a file that is cut off: {num_bytes:,} bytes or more "
                "are missing at its end. --keep-damaged takes the part that is there"
            )
        self._note(f"{self._name} is cut off: {num_bytes:,} bytes or more are missing at its end")

    def _note_gap(self, clock: FrameClock, video: VideoStream) -> None:
        """Say where pictures may be missing, in streams that do not say so themselves."""
        codec = _codec_name(video) or ""
        if clock.rare_gap is None or is_checked(codec) or video.codec_context.codec.intra_only:
            return
        number, pts = clock.rare_gap
        self._note(
            f"{self._name} has a gap in its times before frame {number}, at {float(pts * self._info.time_base):.3f} s: "
            f"if pictures are missing there, which {codec} does not say, those behind it are not what was recorded"
        )

    def _take_damage(self, decoder: FrameDecoder, num_frames: int) -> None:
        """Keep what the pass knows that has come furthest."""
        if num_frames >= self._num_read:
            self._num_read, self._damage = num_frames, decoder.damage

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
            frame_rate=self._frame_rate or frame_rate_of(video, container, self._open),
            color=color_of(first),
            sample_aspect_ratio=video.sample_aspect_ratio or None,
            display_matrix=display_matrix_of(first),
            num_frames_from_header=num_frames_claimed(video, container),
            tags={key: value for key, value in container.metadata.items() if key.lower() not in _TECHNICAL_TAGS},
            chapters=chapters_of(container),
            copy_streams=copy_streams,
            marks=marks_of(video, first),
            start_pts=_start_pts(
                [video, *(container.streams[index] for index in self._copy_indices)], self._time_base(video)
            ),
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


def _start_pts(streams: Sequence[av.stream.Stream], time_base: Fraction) -> int:
    """The earliest time of some streams."""
    starts = [
        stream.start_time * stream.time_base
        for stream in streams
        if stream.start_time is not None and stream.time_base is not None
    ]
    return math.floor(min(starts, default=Fraction(0)) / time_base)


def _has_no_times(container: av.container.InputContainer, video: VideoStream) -> bool:
    """Whether pictures lie in the order of decoding, and FFmpeg takes that for the order in which they are shown."""
    return container.format.name == "avi" and _codec_name(video) in ("h264", "hevc")


def _tracks(streams: Sequence[av.stream.Stream], frame_rate: Fraction | None) -> dict[int, tuple[Fraction, Fraction]]:
    """For a timeline: time base, and seconds of a packet, of each stream that has packets all the time."""
    step = 1 / frame_rate if frame_rate else Fraction(0)
    return {
        stream.index: (stream.time_base, step if stream.type == "video" else Fraction(0))
        for stream in streams
        if stream.time_base is not None and stream.type in ("video", "audio")
    }


def _codec_name(stream: av.stream.Stream) -> str | None:
    context: av.CodecContext | None = stream.codec_context
    return context.codec.canonical_name if context is not None else None


def _stream_list(container: av.container.InputContainer) -> str:
    return (
        ", ".join(f"{stream.type} ({_codec_name(stream) or 'unknown codec'})" for stream in container.streams) or "no"
    )
