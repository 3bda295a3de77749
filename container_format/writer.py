"""Writes a stream, its records in the legal order, to a file or a pipe."""

from __future__ import annotations

from typing import BinaryIO

from container_format.chunks import PackedChunk, minor_of, pack_chunk, pack_payload, pack_prelude, pack_record
from container_format.limits import check_segment_pixels
from container_format.records import (
    COLORS_WITH_NETWORK,
    CopyRecord,
    EndRecord,
    HeaderRecord,
    IndexRecord,
    JoinRecord,
    NetworkRecord,
    SegmentRecord,
    UpdateRecord,
    max_networks,
    may_have_updates,
)

_MAX_INDEX_ENTRIES = 2**16


class StreamWriter:
    """Writes a stream front to back. It never changes what it has written, so the target may be a pipe.

    Attributes:
        bytes_written: bytes written so far, the prelude included.
    """

    def __init__(self, stream: BinaryIO, header: HeaderRecord) -> None:
        self._stream = stream
        self._header = header
        self.bytes_written = 0
        self._num_frames = 0
        self._num_copy_packets = 0
        self._num_segments = 0
        self._network = 0
        self._offsets: list[int] = []  # of as many segments as an index can list
        self._first_frames: list[int] = []
        self._needs_network = header.color in COLORS_WITH_NETWORK
        self._networks_left = max_networks(header)
        self._finished = False
        self._put(pack_prelude(minor_of(header)))
        self._put(pack_chunk(header))

    def write_network(self, network: NetworkRecord) -> int:
        """Write a network; returns its bytes, framing included. Only before the first segment."""
        if self._num_segments or not self._networks_left:
            raise ValueError("expected no more networks than the header has use for, before the first segment")
        self._networks_left -= 1
        self._needs_network = False
        return self._put(pack_chunk(network))

    def write_segment(self, segment: SegmentRecord, packed: PackedChunk | None = None) -> int:
        """Write the next segment; returns its bytes, framing included.

        Args:
            segment: the segment.
            packed: the same segment as :func:`~container_format.chunks.pack_record` made it, so that it is not
                packed again; None to pack it here.

        Raises:
            ValueError: it is not the next segment, or the network is missing.
            LimitError: its pictures are together too large.
        """
        if self._needs_network:
            raise ValueError("expected the network before the first segment")
        if (segment.index, segment.first_frame) != (self._num_segments, self._num_frames):
            raise ValueError(f"expected segment {self._num_segments} at frame {self._num_frames}")
        if segment.network not in (0, self._network):
            raise ValueError(f"expected network {segment.network} before segment {segment.index}, which needs it")
        check_segment_pixels(self._header, segment)
        if len(self._offsets) <= _MAX_INDEX_ENTRIES:
            self._offsets.append(self.bytes_written)
            self._first_frames.append(segment.first_frame)
        self._num_segments += 1
        self._num_frames += segment.num_frames
        return self._put((packed or pack_record(segment)).data)

    def write_update(self, update: UpdateRecord) -> int:
        """Write a network for the segments that follow, or the last one again; returns its bytes."""
        if not may_have_updates(self._header) or update.number < self._network:
            raise ValueError(f"expected a live stream, and network {self._network} again or a later one")
        self._network = update.number
        return self._put(pack_chunk(update))

    def write_join(self) -> int:
        """Write a place where a reader may begin; returns its bytes."""
        counted = (self._num_segments, self._num_frames, self._num_copy_packets)
        return self._put(pack_chunk(join_record(self._header, *counted)))

    def write_copy(self, packets: CopyRecord) -> int:
        """Write packets of audio and subtitles; returns their bytes, framing included."""
        self._num_copy_packets += len(packets.packets)
        return self._put(pack_chunk(packets))

    def finish(self, *, source_md5: str | None = None) -> int:
        """Write index and end; returns their bytes. The stream stays open.

        Args:
            source_md5: of the source's frames, for the end; None to leave it out.
        """
        if self._finished:
            raise ValueError("the stream is finished already")
        self._finished = True
        size = 0
        if 1 < len(self._offsets) <= _MAX_INDEX_ENTRIES:
            index = IndexRecord(offsets=tuple(self._offsets), first_frames=tuple(self._first_frames))
            size += self._put(pack_chunk(index))
        end = EndRecord(
            num_segments=self._num_segments,
            num_frames=self._num_frames,
            num_copy_packets=self._num_copy_packets,
            source_md5=source_md5,
        )
        return size + self._put(pack_chunk(end))

    def _put(self, data: bytes) -> int:
        self._stream.write(data)
        self._stream.flush()
        self.bytes_written += len(data)
        return len(data)


def join_record(
    header: HeaderRecord, segment: int, frame: int, num_copy_packets: int, *, leaves_out: bool = False
) -> JoinRecord:
    """A place where a reader may begin.

    Args:
        header: of the live stream.
        segment: index of the next segment.
        frame: index of its first frame.
        num_copy_packets: in all ``COPY`` chunks before.
        leaves_out: segments before it are not sent to the receiver that this is for.

    Raises:
        ValueError: the stream is not live.
    """
    if not header.is_live:
        raise ValueError("expected the header of a live stream")
    return JoinRecord(
        minor=minor_of(header),
        header=pack_payload(header),
        segment=segment,
        frame=frame,
        num_copy_packets=num_copy_packets,
        leaves_out=leaves_out,
    )
