"""Containers that players open: mp4, mkv, mov and webm, with sound, subtitles, chapters and times."""

from __future__ import annotations

import os
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any, BinaryIO, cast

import av
import av.container
from av.video.stream import VideoStream

from codec.errors import OutputError
from codec.files import PendingFile
from codec.video.convert import PictureConverter, video_frame
from codec.video.copy_streams import CopyError
from codec.video.info import CopyPacket, VideoInfo
from codec.video.picture import Frame
from codec.video.priority import unchanged_priority
from codec.video.sinks.attachments import Attachments, is_attached
from codec.video.sinks.captions import with_captions
from codec.video.sinks.codecs import VideoCodec, choose_pixel_format, encoder_options, video_codec
from codec.video.sinks.coded_marks import FieldMarker, add_marks, header_statement, marks_left_out
from codec.video.sinks.copies import MUXERS, CopiedStreams, stream_name
from codec.video.sinks.declarations import SinkDeclaration
from codec.video.sinks.matroska_header import ROOM_BYTES, Statement, state
from codec.video.sinks.options import ContainerKind, SinkOptions, chosen_pixel_format
from codec.video.sinks.start import Start
from codec.video.sinks.writing import AlphaNote, reporting_errors

_QUICKTIME = (ContainerKind.MP4, ContainerKind.MOV)
# What an mp4 file says of its own layout; it would be wrong in any other file.
_LAYOUT_TAGS = frozenset({"major_brand", "minor_version", "compatible_brands", "encoder"})
_LEAST_MOVIE_TIMESCALE, _MOST_MOVIE_TIMESCALE = 1000, 1_000_000
_ASSUMED_RATE = Fraction(25)


class ContainerSink:
    """Encodes the frames and copies the packets of the other streams between them.

    Raises:
        OutputError: the options do not fit, the encoder refuses the video, or the file cannot be made.
    """

    def __init__(self, path: str, info: VideoInfo, options: SinkOptions, sink: SinkDeclaration) -> None:
        kind = ContainerKind(sink.kind)
        self._path = path
        self._info = info
        codec = _codec(kind, info, options)
        codec_options = encoder_options(info, codec, options)
        target, notes = choose_pixel_format(info, codec, kind, options)
        add_marks(codec_options, info, codec, target)
        self._start = Start(info)
        self._notes = [*self._start.notes, *notes]
        self._statement = header_statement(info, codec, kind)
        self._frame_format = codec.formats[target.name]
        self._fields = FieldMarker(info, codec, self._frame_format)
        self._codec = codec
        self._captions: dict[int, bytes] = {}
        self._has_begun = False
        self._converter = PictureConverter(info, target)
        self._alpha = AlphaNote(self._converter, f"{codec.name} in {kind.value}")
        self._durations: dict[int, int] = {}
        self._last_pts: int | None = None
        self._copies: CopiedStreams | None = None
        self._complaints: set[int] = set()
        self._file = PendingFile(path, overwrite=options.overwrite)
        self._gate = _Gate(self._file.stream, is_pipe=self._file.working_path is None)
        has_header = self._file.working_path is not None
        self._notes += marks_left_out(info, codec, kind, self._statement if has_header else Statement())
        self._output: av.container.OutputContainer | None = None
        try:
            with reporting_errors(path):
                self._output = _open_output(self._gate, kind, info.time_base, room=bool(self._statement))
                self._video = self._add_video(self._output, codec, codec_options)
                self._add_descriptions(self._output)
                self._copies = CopiedStreams(self._output, kind, info, codec)
                self._attachments = Attachments(self._output, kind, info)
                self._notes += [*self._copies.notes, *self._attachments.notes]
                if not self._attachments.are_awaited:
                    self._begin()
        except BaseException:
            self.abort()
            raise

    def write(self, frame: Frame) -> None:
        """Encode a frame; its time is kept in the source's time base as far as the container's is that fine."""
        with reporting_errors(self._path):
            self._begin()
            pts = self._start.pts(frame.pts)
            if self._last_pts is not None and pts <= self._last_pts:
                self._note_once(-1, "some frames had times that do not increase: they were moved by one tick each")
                pts = self._last_pts + 1
            self._last_pts = pts
            self._alpha.see(frame.picture)
            picture = self._converter.picture(frame.picture)
            encoded = video_frame(picture, self._frame_format)
            encoded.pts, encoded.time_base = pts, self._info.time_base
            color = self._converter.color
            encoded.color_range, encoded.colorspace = color.color_range, color.matrix
            encoded.color_primaries, encoded.color_trc = color.primaries, color.transfer
            self._durations[pts] = frame.duration if frame.duration is not None else self._nominal_duration()
            self._mux_video(self._fields.marked(encoded))

    def write_packet(self, packet: CopyPacket) -> None:
        """Copy a packet; nothing happens for a stream that the container cannot hold, which a note has said."""
        if self._copies is None or self._output is None:
            return
        if self._copies.are_captions(packet):
            if packet.pts is not None:
                self._captions[self._start.pts(packet.pts)] = packet.data
            return
        with reporting_errors(self._path):
            if is_attached(self._info.copy_streams[packet.stream]):
                self._attach(packet)
                return
            self._begin()
            try:
                self._mux(partial(self._copies.mux, self._start.packet(packet)))
            except (CopyError, av.ArgumentError) as error:
                # The muxer checks a packet's times before it writes any of it, so the rest is not harmed.
                name = stream_name(self._info, packet.stream)
                self._note_once(packet.stream, f"{name}: packets that cannot be stored were left out ({error})")

    @property
    def notes(self) -> tuple[str, ...]:
        """What was converted or left out; complete when everything was written."""
        return *self._notes, *self._alpha.notes

    def close(self) -> None:
        """Finish the streams and give the file its name."""
        try:
            with reporting_errors(self._path):
                self._begin()
                self._mux_video(None)
                if self._output is not None:
                    self._mux(self._output.close)
                if self._statement and self._file.working_path is not None:
                    self._file.stream.flush()
                    with self._file.working_path.open("r+b") as file:
                        state(file, self._statement)
            self._file.commit()
        except BaseException:
            self.abort()
            raise

    def abort(self) -> None:
        """Remove the file."""
        self._gate.closed = True
        self._file.abort()
        self._output = None

    def _begin(self) -> None:
        """Write the container's header, once everything that it states has come in."""
        if self._has_begun or self._output is None:
            return
        self._has_begun = True
        with unchanged_priority():
            self._mux(self._output.start_encoding)
        self._mux(self._attachments.write_covers)

    def _attach(self, packet: CopyPacket) -> None:
        if not self._attachments.are_awaited:
            return
        if self._has_begun:
            self._note_once(packet.stream, "an attached file came behind the first frame and was left out")
        else:
            self._attachments.add(packet)

    def _add_video(
        self, output: av.container.OutputContainer, codec: VideoCodec, options: dict[str, str]
    ) -> VideoStream:
        if codec.name == "av1":
            os.environ.setdefault("SVT_LOG", "1")  # its only switch; it would write to standard error by itself
        info = self._info
        stream = cast(
            VideoStream,
            output.add_stream(
                codec.encoder, rate=info.frame_rate or _ASSUMED_RATE, time_base=info.time_base, options=options
            ),
        )
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = info.width, info.height, self._frame_format
        if info.sample_aspect_ratio is not None:
            context.sample_aspect_ratio = info.sample_aspect_ratio
        color = self._converter.color
        context.color_range, context.colorspace = color.color_range, color.matrix
        context.color_primaries, context.color_trc = color.primaries, color.transfer
        if codec.encoder.startswith("libx264"):
            context.thread_type = "FRAME"  # slices, PyAV's default, cost 2-3 % of the bytes
        if codec.name == "h265" and output.format.name in ("mp4", "mov"):
            context.codec_tag = "hvc1"  # the only one that Apple's players accept
        stream.set_display_matrix(info.display_matrix)
        stream.metadata.update(info.marks.tags)
        return stream

    def _add_descriptions(self, output: av.container.OutputContainer) -> None:
        info = self._info
        output.metadata.update({key: value for key, value in info.tags.items() if key not in _LAYOUT_TAGS})
        output.set_chapters(
            [
                {
                    "id": number,
                    "start": chapter.start,
                    "end": chapter.end,
                    "time_base": chapter.time_base,
                    "metadata": dict(chapter.tags),
                }
                for number, chapter in enumerate(map(self._start.chapter, info.chapters), 1)
            ]
        )

    def _mux_video(self, frame: av.VideoFrame | None) -> None:
        if self._output is None:
            raise OutputError(f"cannot write {self._path}: it was given up before")
        for packet in self._video.encode(frame):
            duration = self._durations.pop(packet.pts, None) if packet.pts is not None else None
            if duration is not None:
                packet.duration = duration
            self._mux(partial(self._output.mux, self._captioned(packet)))

    def _captioned(self, packet: av.Packet[VideoStream]) -> av.Packet[VideoStream]:
        """The packet of a coded frame, with the frame's captions if it has any."""
        captions = self._captions.pop(packet.pts, None) if packet.pts is not None else None
        if captions is None:
            return packet
        data = with_captions(bytes(packet), captions, is_h265=self._codec.name == "h265")
        copy: av.Packet[Any] = av.Packet(data)
        copy.stream, copy.time_base, copy.is_keyframe = packet.stream, packet.time_base, packet.is_keyframe
        copy.pts, copy.dts, copy.duration = packet.pts, packet.dts, packet.duration
        return copy

    def _mux(self, action: Callable[[], None]) -> None:
        """Let FFmpeg write something; an interruption meanwhile goes on to whoever called."""
        try:
            action()
        finally:
            self._gate.check()

    def _nominal_duration(self) -> int:
        rate = self._info.frame_rate or _ASSUMED_RATE
        return max(1, round(1 / (rate * self._info.time_base)))

    def _note_once(self, key: int, note: str) -> None:
        if key not in self._complaints:
            self._complaints.add(key)
            self._notes.append(note)


def _codec(kind: ContainerKind, info: VideoInfo, options: SinkOptions) -> VideoCodec:
    """The codec that was asked for, or the usual one for the depth that will be written."""
    wanted = info.pixel_format if options.pixel_format is None else chosen_pixel_format(options.pixel_format)
    return video_codec(kind, options.codec, wanted.depth)


class _Gate:
    """A file for FFmpeg to write to, which can be shut: it then writes no end to a file that was given up."""

    def __init__(self, stream: BinaryIO, *, is_pipe: bool) -> None:
        self._stream = stream
        self._is_pipe = is_pipe
        self.closed = False
        self._interruption: BaseException | None = None

    def write(self, data: bytes) -> int:
        # FFmpeg calls this, and PyAV drops what is raised here unless it is an ordinary error: an interruption is
        # kept for `check`, and FFmpeg is told of an error so that it goes no further.
        try:
            return self._stream.write(data)
        except Exception:
            raise
        except BaseException as interruption:
            self._interruption = interruption
            raise OSError("interrupted") from interruption

    def check(self) -> None:
        """Raise what interrupted a write."""
        if self._interruption is not None:
            raise self._interruption

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return not self._is_pipe

    def writable(self) -> bool:
        return True


def _open_output(gate: _Gate, kind: ContainerKind, time_base: Fraction, *, room: bool) -> av.container.OutputContainer:
    options = {}
    if kind in _QUICKTIME:
        # A start that is not 0 is stored in units of the movie, 1 ms if nobody says otherwise.
        factor = max(1, -(-_LEAST_MOVIE_TIMESCALE // time_base.denominator))
        options["movie_timescale"] = str(min(time_base.denominator * factor, _MOST_MOVIE_TIMESCALE))
        if not gate.seekable():
            options["movflags"] = "frag_keyframe+delay_moov"  # the usual index at the end needs a way back
    else:
        # Matroska would move all streams so that none starts before 0, as encoded audio does; times are kept instead.
        options["avoid_negative_ts"] = "disabled"
        if room:
            options["metadata_header_padding"] = str(ROOM_BYTES)
    return av.open(gate, "w", format=MUXERS[kind], container_options=options)
