"""The receiver: container -> gray -> network -> color frames -> sink.

One pass, front to back, so that a pipe will do and decoding starts with the first segment that arrives. Memory is
bounded by the size of a segment.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from codec.errors import StreamError
from codec.luma import LumaParameters, LumaRun, decode_luma
from codec.networks import Colorizer, load_colorizer
from codec.progress import Progress, Silent
from codec.stream_header import COLOR_MODEL, unpack_header, unpack_packet, unpack_times
from codec.video.info import VideoInfo
from codec.video.picture import Frame, Picture, U8Array
from codec.video.sink import Sink
from container_format import CopyRecord, Damage, NetworkRecord, SegmentRecord, StreamReader

_BATCH_PIXELS = 2**21  # so many pixels of gray wait for the network at a time


@dataclass(frozen=True, kw_only=True)
class DecodeOptions:
    """What the receiver wants.

    Attributes:
        gray: write the gray stream alone; the network is not even loaded.
        recover: decode the intact segments of a damaged stream.
    """

    gray: bool = False
    recover: bool = False


@dataclass(frozen=True)
class Decoded:
    """What came of a decode: counts, and what was lost (one line each; only when recovering)."""

    num_frames: int
    num_segments: int
    lost: tuple[str, ...]
    notes: tuple[str, ...]
    seconds: float


def decode(
    stream: BinaryIO,
    open_sink: Callable[[VideoInfo], Sink],
    options: DecodeOptions = DecodeOptions(),
    *,
    progress: Progress | None = None,
) -> Decoded:
    """Decode a ``.gvc`` stream into a sink.

    Args:
        stream: a binary file or pipe.
        open_sink: makes the sink, once the video's description is known.
        options: see :class:`DecodeOptions`.
        progress: is told the frames done.

    Raises:
        StreamError: the stream is damaged, truncated, foreign, or needs a newer version; nothing is left behind.
        OutputError: the sink cannot take the frames.
    """
    start = time.monotonic()
    progress = progress or Silent()
    reader = StreamReader(stream, recover=options.recover)
    receiver = _Receiver(reader, options)
    sink = open_sink(receiver.info)
    try:
        progress.start("decoding", None, "frames")
        num_written = 0
        for item in receiver.items():
            if isinstance(item, Frame):
                sink.write(item)
                num_written += 1
                progress.advance(num_written)
            else:
                for packet in item.packets:
                    sink.write_packet(unpack_packet(packet))
        receiver.check_result()
        sink.close()
    except BaseException:
        sink.abort()
        raise
    return Decoded(
        receiver.num_frames, receiver.num_segments, tuple(receiver.lost), sink.notes, time.monotonic() - start
    )


class _Receiver:
    """Turns the records of a stream into frames and packets to copy, in order."""

    def __init__(self, reader: StreamReader, options: DecodeOptions) -> None:
        self._reader = reader
        self._recover = options.recover
        self._wants_color = reader.header.color == COLOR_MODEL and not options.gray
        self.info, self._luma, self._conversion = unpack_header(reader.header)
        self._colorizer: Colorizer | None = None
        self._next_frame = 0
        self.num_frames = 0
        self.num_segments = 0
        self.lost: list[str] = []

    def items(self) -> Iterator[Frame | CopyRecord]:
        """Frames with their pictures, and packets to copy between them."""
        for record in self._reader.records():
            if isinstance(record, Damage):
                self.lost.append(record.reason)
            elif isinstance(record, NetworkRecord):
                if self._wants_color:
                    self._colorizer = load_colorizer(record, self._conversion)
            elif isinstance(record, SegmentRecord):
                yield from self._segment(record)
            else:
                yield record

    def check_result(self) -> None:
        """Make sure that there is something to show.

        Raises:
            StreamError: not a single frame could be decoded.
        """
        end = self._reader.end
        if end is not None and end.num_frames > self._next_frame:
            self.lost.append(f"frames {self._next_frame} to {end.num_frames - 1} are missing")
        if self.num_frames == 0:
            reason = f": {self.lost[0]}" if self.lost else ""
            raise StreamError(f"the stream has no frame that could be decoded{reason}")

    def _segment(self, segment: SegmentRecord) -> Iterator[Frame]:
        last_frame = segment.first_frame + segment.num_frames - 1
        if segment.first_frame > self._next_frame:
            self.lost.append(f"frames {self._next_frame} to {segment.first_frame - 1} are missing")
        self._next_frame = last_frame + 1
        if self._wants_color and self._colorizer is None:
            raise StreamError("the network is damaged, so that only the gray can be recovered: give --gray too")
        try:
            yield from self._frames(segment)
        except StreamError as error:
            if not self._recover:
                raise
            self.lost.append(f"segment {segment.index}, frames {segment.first_frame} to {last_frame}: {error}")
        else:
            self.num_segments += 1

    def _frames(self, segment: SegmentRecord) -> Iterator[Frame]:
        pts = unpack_times(segment)
        done = 0
        for batch in color_batches(checked_luma(self._luma, segment)):
            for picture in self._pictures(batch):
                duration = pts[done + 1] - pts[done] if done + 1 < len(pts) else segment.last_duration
                yield Frame(picture, pts[done], duration)
                done += 1
                self.num_frames += 1

    def _pictures(self, lumas_u8: Sequence[U8Array]) -> list[Picture]:
        if self._colorizer is not None:
            return self._colorizer(lumas_u8)
        return [self._conversion.neutral(luma_u8) for luma_u8 in lumas_u8]


def checked_luma(parameters: LumaParameters, segment: SegmentRecord) -> list[U8Array]:
    """The gray planes of a segment, (height, width) uint8 each: all of them, once their CRC-32 was found to be right.

    A segment has at most 64 MiB of gray when our encoder made it, so that it can be held before any of it is shown.

    Raises:
        StreamError: the decoder fails, or its output is not what the encoder's decoder had.
    """
    run = LumaRun(segment.luma_extradata, segment.luma_packets, segment.num_frames)
    planes = list(decode_luma(parameters, run, max_frames=segment.num_frames))
    checksum = 0
    for luma_u8 in planes:
        checksum = zlib.crc32(luma_u8.tobytes(), checksum)
    if checksum != segment.luma_crc32:
        raise StreamError(f"the gray of segment {segment.index} was not decoded as the sender's decoder did")
    return planes


def color_batches(planes: Sequence[U8Array]) -> Iterator[Sequence[U8Array]]:
    """Groups of planes, all of one size, that fit the network's appetite; at least one plane each."""
    size = max(1, _BATCH_PIXELS // max(1, planes[0].size)) if planes else 1
    for first in range(0, len(planes), size):
        yield planes[first : first + size]
