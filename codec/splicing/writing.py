"""Writes segments of other streams, renumbered and moved in time, with their packets."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from codec.errors import StreamError
from codec.stream_header import pack_chapter, pack_copy_stream, pack_marks, pack_packet, unpack_header
from codec.video.info import CopyPacket, VideoInfo
from container_format import (
    CopyRecord,
    HeaderRecord,
    NetworkRecord,
    SeekingReader,
    SegmentRecord,
    StreamWriter,
    UnsupportedError,
)
from container_format.records import MAX_CHAPTERS


@dataclass(frozen=True)
class Spliced:
    """What was written.

    Attributes:
        num_frames, num_segments, num_bytes: of the stream.
        first_frame: the number of its first frame in the stream that it was cut from; 0 of a join.
        notes: what is not as it was, a line each.
    """

    num_frames: int
    num_segments: int
    num_bytes: int
    first_frame: int
    notes: tuple[str, ...]


class SplicedWriter:
    """Writes a stream of segments that other streams had.

    Args:
        output: a binary file or pipe; left open.
        header: of the stream.
        networks: all that the segments need.

    Raises:
        OSError: the output cannot be written.
    """

    def __init__(self, output: BinaryIO, header: HeaderRecord, networks: Iterable[NetworkRecord]) -> None:
        self._writer = StreamWriter(output, header)
        self._network = self._networks_before = 0
        self.num_segments = 0
        self.num_frames = 0
        for network in networks:
            self._writer.write_network(network)

    def begin_stream(self) -> None:
        """The segments that follow are another stream's. The networks of a live one count on from those before."""
        self._networks_before = self._network

    def write_segment(self, reader: SeekingReader, number: int, shift: int) -> None:
        """Write a segment, and before it the network that it names, if that came between the segments.

        Args:
            reader: of the stream that the segment is from.
            number: of the segment in that stream.
            shift: how much later than it was the segment is, in units of the header's time base.

        Raises:
            StreamError: it is damaged.
            OSError: the output cannot be written.
        """
        segment = reader.read(number)
        network = segment.network and segment.network + self._networks_before
        if network not in (0, self._network):
            self._writer.write_update(replace(reader.update(number, segment.network), number=network))
            self._network = network
        moved = replace(
            segment,
            index=self.num_segments,
            first_frame=self.num_frames,
            pts=segment.pts + shift,
            network=network,
        )
        self._writer.write_segment(moved)
        self.num_segments += 1
        self.num_frames += segment.num_frames

    def write_packets(self, packets: Sequence[CopyPacket]) -> None:
        """Write packets that stood in one record."""
        if packets:
            self._writer.write_copy(CopyRecord(packets=tuple(map(pack_packet, packets))))

    def finish(self, *, first_frame: int, source_md5: str | None, notes: Sequence[str]) -> Spliced:
        """Write index and end."""
        self._writer.finish(source_md5=source_md5)
        return Spliced(self.num_frames, self.num_segments, self._writer.bytes_written, first_frame, tuple(notes))


def check_known(reader: SeekingReader) -> None:
    """Make sure that nothing is lost when records are read and written again.

    Raises:
        UnsupportedError: a newer version wrote the stream.
        StreamError: it has no frames, or its header contradicts itself.
    """
    if reader.allows_unknown:
        raise UnsupportedError("the stream needs a newer gvc: what a newer one wrote might get lost on the way")
    if not reader.num_frames:
        raise StreamError("expected a stream with at least one frame. Received: none")
    unpack_header(reader.header)


def with_info(header: HeaderRecord, info: VideoInfo, keyframes: Sequence[int]) -> HeaderRecord:
    """A header with what may differ between a video and its parts.

    Args:
        header: of the whole, or of a part.
        info: start, chapters, streams and marks; everything else stays the header's.
        keyframes: frames that the network was trained on, ascending.
    """
    return replace(
        header,
        start_pts=info.start_pts,
        chapters=tuple(map(pack_chapter, info.chapters[:MAX_CHAPTERS])),
        copy_streams=tuple(map(pack_copy_stream, info.copy_streams)),
        marks=pack_marks(info.marks),
        keyframe_deltas=tuple(later - earlier for earlier, later in itertools.pairwise((0, *keyframes))),
    )


def keyframes_of(header: HeaderRecord) -> tuple[int, ...]:
    """Frames that the network was trained on, ascending."""
    return tuple(itertools.accumulate(header.keyframe_deltas))


def end_pts(segment: SegmentRecord, info: VideoInfo) -> int:
    """When the last frame of a segment ends.

    A frame whose duration the stream does not say lasts as long as one of the nominal rate, or else as the one before.

    Raises:
        StreamError: nothing says how long it lasts.
    """
    last = segment.pts + sum(step * count for step, count in segment.pts_steps)
    if segment.last_duration:
        return last + segment.last_duration
    if info.frame_rate is not None:
        return last + max(1, round(1 / (info.frame_rate * info.time_base)))
    if segment.pts_steps:
        return last + segment.pts_steps[-1][0]
    raise StreamError("expected a stream that says how long its last frame lasts. Received: neither that nor a rate")
