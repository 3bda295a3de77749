"""Reads single segments of a stream that can seek: random access.

The index at the end of the stream says where the segments are. It is found from the end, so that of the rest only the
header and the networks are read. A stream without an index is read once, front to back. Nothing that an index says is
trusted: every chunk that it leads to is checked as :class:`~container_format.reader.StreamReader` checks it, and must
be the segment that it should be.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import BinaryIO

from container_format.byte_source import ByteSource
from container_format.chunks import (
    CHUNK_HEADER,
    CHUNK_RECORDS,
    MAX_MAP_BYTES,
    PAYLOAD_CHECKSUM,
    ChunkFlag,
    ChunkHeader,
    check_payload,
    name_of,
    unpack_chunk_header,
    unpack_record,
)
from container_format.consistency import check_copy, check_segment
from container_format.errors import DamagedError, StreamError, TruncatedError, UnsupportedError, about
from container_format.limits import DEFAULT_LIMITS, Limits
from container_format.reader import StreamReader
from container_format.records import (
    COLORS_WITH_NETWORK,
    CopyRecord,
    EndRecord,
    IndexRecord,
    NetworkRecord,
    Record,
    SegmentRecord,
    UpdateRecord,
    max_networks,
)

_TAIL_BYTES = 2**16
_FRAMING_BYTES = CHUNK_HEADER.size + PAYLOAD_CHECKSUM.size
_MAX_INDEX_BYTES = MAX_MAP_BYTES + _TAIL_BYTES  # an index is one map, and the end behind it is small
_WRONG_INDEX = "the stream's index does not say where its segments are"


@dataclass(frozen=True)
class SegmentPlace:
    """Where a segment is.

    Attributes:
        offset: of its chunk, in bytes from the start of the stream.
        limit: the chunk ends there, or before.
        first_frame: index of its first frame in the video.
        num_frames: frames in the segment.
    """

    offset: int
    limit: int
    first_frame: int
    num_frames: int


class SeekingReader:
    """Reads any segment of a stream, each checked. Threads may share it.

    Args:
        stream: a binary file that can seek, at its start; nobody else may move in it.
        limits: of the pictures that this reader takes.

    Attributes:
        header: the stream's header.
        networks: the stream's networks, in order.
        segments: where each segment is.
        num_frames: frames in all segments.
        allows_unknown: a newer minor version wrote the stream, and fields and chunks that are not known were skipped.
        has_index: the stream has an index; others were read once, or have one segment.
        source_md5: of the source's frames, if the stream's end has it.

    Raises:
        NotGvcError, DamagedError, TruncatedError, UnsupportedError, LimitError: the stream cannot be read. What is
            wrong inside a segment is found when that segment is read.
        OSError: the file cannot be read.
    """

    def __init__(self, stream: BinaryIO, *, limits: Limits = DEFAULT_LIMITS) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        reader = StreamReader(stream, limits=limits)
        self.header = reader.header
        self.allows_unknown = reader.allows_unknown
        self._numbers: tuple[tuple[int, int], ...] | None = (
            None  # of segments and first frames, where some are left out
        )
        self._body = body = reader.places[0].offset + reader.places[0].num_bytes
        found = self._find_end()
        index = self._find_index(found[1]) if found is not None and found[0].num_segments > 1 else None
        self.has_index = index is not None
        if found is None or (found[0].num_segments > 1 and index is None):
            stream.seek(body)
            self.networks, self.segments, self._numbers = _scanned(reader)
            self.num_frames = sum(place.num_frames for place in self.segments)
            self.source_md5 = None if reader.end is None else reader.end.source_md5
            self._stop = min(place.offset for place in reader.places if place.chunk_id in ("INDX", "TEND"))
            return
        end, end_offset = found
        self.num_frames, self.source_md5 = end.num_frames, end.source_md5
        self._stop = end_offset if index is None else index[1]
        if index is None:
            self.networks, self.segments = self._single(body, end_offset, end)
        else:
            self.segments = _places(*index, end, body)
            self.networks = self._networks(body, self.segments[0].offset)
        if self.header.color in COLORS_WITH_NETWORK and not self.networks:
            raise DamagedError("the stream has no network, which its color needs")

    def read(self, index: int) -> SegmentRecord:
        """Read a segment.

        Args:
            index: 0 to the number of segments, less 1.

        Raises:
            DamagedError, TruncatedError, UnsupportedError, LimitError: it is damaged, or not where the index says.
            OSError: the file cannot be read.
        """
        place = self.segments[index]
        with about(byte_offset=place.offset, segment=index):
            record = self._read_chunk(place.offset, place.limit)
            if not isinstance(record, SegmentRecord):
                raise DamagedError(_WRONG_INDEX)
            check_segment(self.header, record)
            number, first_frame = (index, place.first_frame) if self._numbers is None else self._numbers[index]
            expected = (number, first_frame, place.num_frames)
            received = (record.index, record.first_frame, record.num_frames)
            if received != expected:
                raise DamagedError(
                    f"expected segment {number} with {place.num_frames} frames from frame {first_frame} on. "
                    f"Received: segment {record.index} with {record.num_frames} from {record.first_frame} on"
                )
        return record

    def update(self, index: int, number: int) -> UpdateRecord:
        """The network of a live stream that a segment names.

        Args:
            index: of the segment.
            number: that it names.

        Raises:
            DamagedError, TruncatedError, UnsupportedError, LimitError: a chunk is damaged, or it is not there.
            OSError: the file cannot be read.
        """
        for segment in range(index, -1, -1):
            start, stop = self.segments[segment - 1].offset if segment else self._body, self.segments[segment].offset
            for offset, header in self._chunks(start, stop):
                if CHUNK_RECORDS.get(header.chunk_id) is UpdateRecord:
                    with about(byte_offset=offset):
                        record = self._read_chunk(offset, stop)
                    if isinstance(record, UpdateRecord) and record.number == number:
                        return record
        raise DamagedError(f"segment {index} needs network {number}, which is not there")

    def records_from(self, index: int) -> Iterator[NetworkRecord | CopyRecord | SegmentRecord]:
        """What a decode needs that starts at a segment, in order.

        These are the networks, the packets before the first segment (attached files are there), the segment, and
        everything behind it. Only for a stream with an index.

        Args:
            index: of the segment.

        Raises:
            DamagedError, TruncatedError, UnsupportedError, LimitError: a chunk is damaged.
            OSError: the file cannot be read.
        """
        yield from self.networks
        yield from self._run(self._body, self.segments[0].offset, 0)
        yield from self._run(self.segments[index].offset, self.segments[-1].limit, index)

    def packets(self, following: int) -> Iterator[CopyRecord]:
        """The packets that stand right before a segment, in order.

        Args:
            following: index of that segment; the number of segments for packets behind the last one.

        Raises:
            DamagedError, TruncatedError, UnsupportedError, LimitError: a chunk is damaged.
            OSError: the file cannot be read.
        """
        start = self.segments[following - 1].offset if following else self._body
        stop = self.segments[following].offset if following < len(self.segments) else self._stop
        for offset, header in self._chunks(start, stop):
            kind = CHUNK_RECORDS.get(header.chunk_id)
            if kind is CopyRecord:
                yield from self._copied(offset, stop)
            elif kind is SegmentRecord and (offset != start or not following):
                raise DamagedError(_WRONG_INDEX, byte_offset=offset)

    def _run(self, start: int, stop: int, number: int) -> Iterator[CopyRecord | SegmentRecord]:
        """Packets and segments between two offsets; the first segment is that of ``number``."""
        for offset, header in self._chunks(start, stop):
            kind = CHUNK_RECORDS.get(header.chunk_id)
            if kind is SegmentRecord:
                if number >= len(self.segments) or self.segments[number].offset != offset:
                    raise DamagedError(_WRONG_INDEX, byte_offset=offset)
                yield self.read(number)
                number += 1
            elif kind is CopyRecord:
                yield from self._copied(offset, stop)

    def _copied(self, offset: int, stop: int) -> Iterator[CopyRecord]:
        """The packets of a chunk."""
        with about(byte_offset=offset):
            record = self._read_chunk(offset, stop)
            if isinstance(record, CopyRecord):
                check_copy(self.header, record)
                yield record

    def _find_end(self) -> tuple[EndRecord, int] | None:
        """The end chunk and its offset; None if the stream does not end with one."""
        start = max(0, self._size - _TAIL_BYTES)
        offset = _last_chunk(self._bytes(start, self._size), b"TEND")
        if offset is None:
            return None
        record = self._read_chunk(start + offset, self._size)
        return (record, start + offset) if isinstance(record, EndRecord) else None

    def _find_index(self, end_offset: int) -> tuple[IndexRecord, int] | None:
        """The index right before the end chunk, and its offset; None if there is none."""
        num_bytes = _TAIL_BYTES
        while True:
            start = max(0, end_offset - num_bytes)
            offset = _last_chunk(self._bytes(start, end_offset), b"INDX")
            if offset is not None:
                with about(byte_offset=start + offset):
                    record = self._read_chunk(start + offset, end_offset)
                return (record, start + offset) if isinstance(record, IndexRecord) else None
            if start == 0 or num_bytes >= _MAX_INDEX_BYTES:
                return None
            num_bytes = min(_MAX_INDEX_BYTES, num_bytes * 8)

    def _single(
        self, start: int, stop: int, end: EndRecord
    ) -> tuple[tuple[NetworkRecord, ...], tuple[SegmentPlace, ...]]:
        """The networks and the places of the segments, from the headers of all chunks; of one segment at most."""
        for offset, header in self._chunks(start, stop):
            if CHUNK_RECORDS.get(header.chunk_id) is SegmentRecord:
                if end.num_segments != 1 or not end.num_frames:
                    break
                return self._networks(start, offset), (SegmentPlace(offset, stop, 0, end.num_frames),)
        else:
            if end.num_segments == 0 and end.num_frames == 0:
                return self._networks(start, stop), ()
        raise DamagedError(
            f"expected {end.num_segments} segments with {end.num_frames} frames, as the end says. Received: others"
        )

    def _networks(self, start: int, stop: int) -> tuple[NetworkRecord, ...]:
        """The networks between the header and the first segment."""
        found: list[NetworkRecord] = []
        for offset, header in self._chunks(start, stop):
            kind = CHUNK_RECORDS.get(header.chunk_id)
            if kind is NetworkRecord:
                if len(found) >= max_networks(self.header):
                    raise DamagedError("the stream has a network where none may stand", byte_offset=offset)
                with about(byte_offset=offset):
                    record = self._read_chunk(offset, stop)
                if isinstance(record, NetworkRecord):
                    found.append(record)
            elif kind is SegmentRecord:
                raise DamagedError(_WRONG_INDEX, byte_offset=offset)
        return tuple(found)

    def _chunks(self, start: int, stop: int) -> Iterator[tuple[int, ChunkHeader]]:
        """Offsets and headers of the chunks between two offsets, which must fill the bytes between them."""
        offset = start
        while offset < stop:
            with about(byte_offset=offset):
                header = self._chunk_header(offset, stop)
                if header.chunk_id not in CHUNK_RECORDS and not header.flags & ChunkFlag.MAY_SKIP:
                    raise UnsupportedError(f"the stream needs a newer gvc: unknown chunk {name_of(header.chunk_id)}")
                if header.chunk_id in (b"HEAD", b"INDX", b"TEND"):
                    raise DamagedError(f"the stream has a chunk {name_of(header.chunk_id)} where none may stand")
            yield offset, header
            offset += _FRAMING_BYTES + header.payload_bytes

    def _chunk_header(self, offset: int, limit: int) -> ChunkHeader:
        raw = self._bytes(offset, min(limit, offset + CHUNK_HEADER.size))
        if len(raw) < CHUNK_HEADER.size:
            raise DamagedError(f"expected the header of a chunk at byte {offset}. Received: {len(raw)} bytes")
        header = unpack_chunk_header(raw)
        if offset + _FRAMING_BYTES + header.payload_bytes > limit:
            raise DamagedError(f"chunk {name_of(header.chunk_id)} goes on where the next one begins (at byte {offset})")
        return header

    def _read_chunk(self, offset: int, limit: int) -> Record:
        """The record of a chunk of a known kind."""
        header = self._chunk_header(offset, limit)
        if header.chunk_id not in CHUNK_RECORDS:
            raise DamagedError(_WRONG_INDEX)
        begin = offset + CHUNK_HEADER.size
        payload = self._bytes(begin, begin + header.payload_bytes + PAYLOAD_CHECKSUM.size)
        if len(payload) < header.payload_bytes + PAYLOAD_CHECKSUM.size:
            raise TruncatedError(f"the stream stops inside chunk {name_of(header.chunk_id)}")
        checksum = payload[header.payload_bytes :]
        payload = payload[: header.payload_bytes]
        try:
            check_payload(header, payload, checksum)
            return unpack_record(header, payload, allow_unknown=self.allows_unknown)
        except StreamError as error:
            raise error.with_message(f"{error} (at byte {offset})") from None

    def _bytes(self, start: int, stop: int) -> bytes:
        """Bytes of the file, or fewer where it has become shorter."""
        with self._lock:
            self._stream.seek(start)
            return ByteSource(self._stream).read(max(0, stop - start))


def _last_chunk(tail: bytes, chunk_id: bytes) -> int | None:
    """Where the chunk of this kind starts that ends where ``tail`` ends; None if there is none."""
    place = tail.rfind(chunk_id)
    while place >= 0:
        raw = tail[place : place + CHUNK_HEADER.size]
        if len(raw) == CHUNK_HEADER.size:
            try:
                header = unpack_chunk_header(raw)
            except StreamError:
                pass  # these bytes only look like an id
            else:
                if place + _FRAMING_BYTES + header.payload_bytes == len(tail):
                    return place
        place = tail.rfind(chunk_id, 0, place + len(chunk_id) - 1)
    return None


def _places(index: IndexRecord, index_offset: int, end: EndRecord, body: int) -> tuple[SegmentPlace, ...]:
    """The places of segments that an index states, as far as they can be.

    Raises:
        DamagedError: they cannot.
    """
    limits = (*index.offsets[1:], index_offset)
    frames = (*index.first_frames, end.num_frames)
    if (
        not len(index.offsets) == len(index.first_frames) == end.num_segments
        or index.offsets[0] < body
        or index.first_frames[0] != 0
        or any(before >= after for before, after in pairwise((*index.offsets, index_offset)))
        or any(before >= after for before, after in pairwise(frames))
    ):
        raise DamagedError(_WRONG_INDEX, byte_offset=index_offset)
    return tuple(
        SegmentPlace(offset, limit, first, stop - first)
        for offset, limit, (first, stop) in zip(index.offsets, limits, pairwise(frames), strict=True)
    )


def _scanned(
    reader: StreamReader,
) -> tuple[tuple[NetworkRecord, ...], tuple[SegmentPlace, ...], tuple[tuple[int, int], ...] | None]:
    """Networks and places of segments of a stream that is read to its end.

    Frames are counted from 0. Where segments were left out, the last value has their own numbers and first frames.
    """
    networks: list[NetworkRecord] = []
    found: list[tuple[int, int, int]] = []
    for record in reader.records():
        if isinstance(record, NetworkRecord):
            networks.append(record)
        elif isinstance(record, SegmentRecord):
            found.append((record.index, record.first_frame, record.num_frames))
    chunks = [place for place in reader.places if place.chunk_id == "SEGM"]
    first_frames = accumulate((count for _, _, count in found), initial=0)
    places = tuple(
        SegmentPlace(chunk.offset, chunk.offset + chunk.num_bytes, first, count)
        for chunk, first, (_, _, count) in zip(chunks, first_frames, found, strict=False)
    )
    numbers = tuple((index, first) for index, first, _ in found)
    is_whole = all(
        number == (index, place.first_frame) for index, (number, place) in enumerate(zip(numbers, places, strict=True))
    )
    return tuple(networks), places, None if is_whole else numbers
