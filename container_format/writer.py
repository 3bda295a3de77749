"""Writes a stream, its records in the legal order, to a file or a pipe."""

from __future__ import annotations

from typing import BinaryIO

from container_format.chunks import PackedChunk, pack_chunk, pack_prelude, pack_record
from container_format.limits import check_segment_pixels
from container_format.records import (
    COLORS_WITH_NETWORK,
    CopyRecord,
    EndRecord,
    HeaderRecord,
    IndexRecord,
    NetworkRecord,
    SegmentRecord,
    max_networks,
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
        self._offsets: list[int] = []
        self._first_frames: list[int] = []
        self._needs_network = header.color in COLORS_WITH_NETWORK
        self._networks_left = max_networks(header)
        self._finished = False
        self._put(pack_prelude())
        self._put(pack_chunk(header))

    def write_network(self, network: NetworkRecord) -> int:
        """Write a network; returns its bytes, framing included. Only before the first segment."""
        if self._offsets or not self._networks_left:
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
        if (segment.index, segment.first_frame) != (len(self._offsets), self._num_frames):
            raise ValueError(f"expected segment {len(self._offsets)} at frame {self._num_frames}")
        check_segment_pixels(self._header, segment)
        self._offsets.append(self.bytes_written)
        self._first_frames.append(segment.first_frame)
        self._num_frames += segment.num_frames
        return self._put((packed or pack_record(segment)).data)

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
            num_segments=len(self._offsets),
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
