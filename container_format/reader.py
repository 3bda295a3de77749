"""Reads a stream front to back, from a file or a pipe, with every check and every limit.

Damage is found here, before any decoder sees it. A recovering reader reports and skips it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from container_format.byte_source import ByteSource
from container_format.chunks import (
    CHUNK_HEADER,
    CHUNK_RECORDS,
    MAGIC,
    PAYLOAD_CHECKSUM,
    PRELUDE,
    VERSION_MINOR,
    ChunkFlag,
    ChunkHeader,
    check_payload,
    name_of,
    unpack_chunk_header,
    unpack_payload,
    unpack_prelude,
    unpack_record,
)
from container_format.consistency import check_copy, check_parts, check_segment
from container_format.errors import DamagedError, StreamError, TruncatedError, UnsupportedError, about
from container_format.limits import DEFAULT_LIMITS, Limits
from container_format.records import (
    COLORS_WITH_NETWORK,
    CopyRecord,
    EndRecord,
    HeaderRecord,
    IndexRecord,
    JoinRecord,
    NetworkRecord,
    Record,
    SegmentRecord,
    UpdateRecord,
    max_networks,
    may_have_updates,
)

_SCAN_BYTES = 2**16
_MAX_INDEXED = 2**16  # segments of an index; a live stream may have more


@dataclass(frozen=True)
class Damage:
    """Something that a recovering reader could not use.

    Attributes:
        offset: where it starts, in bytes from the start of the stream.
        reason: one line for a person.
        segment: index of the segment that is damaged; None if this is unknown or no segment.
    """

    offset: int
    reason: str
    segment: int | None = None


class _SecondHeaderError(DamagedError):
    """Another stream begins here."""


@dataclass(frozen=True)
class ChunkPlace:
    """Offset and size of a chunk that was read, framing included, in bytes."""

    chunk_id: str
    offset: int
    num_bytes: int


class StreamReader:
    """Reads a stream's records in order, each checked.

    Args:
        stream: a binary file or pipe.
        recover: continue after damage; :meth:`records` then yields a :class:`Damage` in its place. The prelude and
            the header must be whole in any case, since nothing can be decoded without them.
        join: where the bytes begin in the middle of a live stream, begin at the next place where that can be done.
        keeps_places: fill :attr:`places`; a live stream may have any number of chunks.
        limits: of the pictures that this reader takes.

    Attributes:
        header: the stream's header, read by the constructor.
        end: the record of the end chunk; None until it was read.
        places: the chunks read so far.
        joined: where a reading begins that joins a live stream; None if it begins with the stream.

    Raises:
        NotGvcError, DamagedError, TruncatedError, UnsupportedError, LimitError: the stream cannot be read.
    """

    def __init__(
        self,
        stream: BinaryIO,
        *,
        recover: bool = False,
        join: bool = False,
        keeps_places: bool = True,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._source = ByteSource(stream)
        self._recover = recover
        self._num_segments = 0
        self._num_frames = 0
        self._num_copy_packets = 0
        self._num_networks = 0
        self._offsets, self._first_frames = array("Q"), array("Q")  # of the segments that an index can list
        self._chunk_offset = 0
        self._update: UpdateRecord | None = None
        self._has_index = False
        self._is_in_step = True  # nothing was lost since the last whole segment
        self._is_whole = True  # nothing was left out on purpose
        self._keeps_places = keeps_places
        self.end: EndRecord | None = None
        self.places: list[ChunkPlace] = []
        self.joined: JoinRecord | None = None
        with about(byte_offset=0):
            prelude = self._source.read(PRELUDE.size)
            if not prelude:
                raise TruncatedError("expected a .gvc stream. Received: no bytes at all")
            is_inside = join and prelude[: len(MAGIC)] != MAGIC
            self._minor = VERSION_MINOR if is_inside else unpack_prelude(prelude)
        with about(byte_offset=PRELUDE.size):
            first = self._find_header(prelude) if is_inside else self._read_chunk()
            if not isinstance(first, HeaderRecord):
                raise DamagedError("expected the header as the first chunk of the stream")
            self.header = first
            self._needs_network = first.color in COLORS_WITH_NETWORK
            check_parts(first)
            limits.check_header(first)
            self._max_networks = max_networks(first)

    @property
    def allows_unknown(self) -> bool:
        """Whether fields with unknown numbers are skipped, since a newer minor version wrote the stream."""
        return self._minor > VERSION_MINOR

    def records(self) -> Iterator[NetworkRecord | SegmentRecord | CopyRecord | UpdateRecord | JoinRecord | Damage]:
        """The records behind the header, in order, up to the end chunk, whose counts are compared with what was read.

        Of the places where others may join, those are among them before which segments were left out.

        Raises:
            DamagedError, TruncatedError, UnsupportedError, LimitError: unless recovering.
        """
        while True:
            offset = self._source.offset
            try:
                with about(byte_offset=offset):
                    record = self._read_chunk()
                    if record is not None:
                        self._check_order(record)
                        if self.end is not None:
                            self._check_nothing_follows()
                            return
            except StreamError as error:
                if not self._recover:
                    raise
                self._is_in_step = False
                yield Damage(offset, str(error), error.segment)
                if self.end is not None or isinstance(error, (TruncatedError, _SecondHeaderError)):
                    return  # what follows would be another stream's
                if not self._find_next_chunk():
                    return
                continue
            if isinstance(record, (NetworkRecord, SegmentRecord, CopyRecord, UpdateRecord)) or (
                isinstance(record, JoinRecord) and record.leaves_out
            ):
                yield record

    def _read_chunk(self) -> Record | None:
        """The next chunk's record; None for an index, or an unknown chunk that may be skipped."""
        offset = self._source.offset
        raw = self._source.read(CHUNK_HEADER.size)
        if len(raw) < CHUNK_HEADER.size:
            raise TruncatedError(f"the stream stops at byte {offset + len(raw)}, before its end chunk")
        try:
            header = unpack_chunk_header(raw)
        except StreamError as error:
            self._source.give_back(raw[1:])  # so that a search for the next chunk starts right behind
            raise error.with_message(f"{error} (at byte {offset})") from None
        is_next_segment = CHUNK_RECORDS.get(header.chunk_id) is SegmentRecord and self._is_in_step
        with about(segment=self._num_segments if is_next_segment else None):
            payload = self._read_payload(header, offset)
            self._chunk_offset = offset
            if self._keeps_places:
                self.places.append(ChunkPlace(name_of(header.chunk_id), offset, self._source.offset - offset))
            if header.chunk_id in CHUNK_RECORDS:
                return unpack_record(header, payload, allow_unknown=self.allows_unknown)
        if header.flags & ChunkFlag.MAY_SKIP:
            return None
        raise UnsupportedError(f"the stream needs a newer gvc: unknown chunk {name_of(header.chunk_id)}")

    def _read_payload(self, header: ChunkHeader, offset: int) -> bytes:
        """The checked payload of the chunk that starts at ``offset``; given back to the source if it is damaged."""
        payload = self._source.read(header.payload_bytes)
        checksum = self._source.read(PAYLOAD_CHECKSUM.size)
        try:
            if len(payload) < header.payload_bytes or len(checksum) < PAYLOAD_CHECKSUM.size:
                self._fail_short(header, payload + checksum)
            check_payload(header, payload, checksum)
        except StreamError as error:
            self._source.give_back(payload + checksum)
            raise error.with_message(f"{error} (at byte {offset})") from None
        return payload

    def _fail_short(self, header: ChunkHeader, received: bytes) -> None:
        message = f"the stream stops inside chunk {name_of(header.chunk_id)}, after {len(received)} of its bytes"
        # While recovering, whole chunks may follow inside what this one claims to own (bytes were lost before).
        raise (DamagedError if self._recover and received else TruncatedError)(message)

    def _check_order(self, record: Record) -> None:
        if isinstance(record, HeaderRecord):
            raise _SecondHeaderError("the stream has a second header")
        if self._has_index and not isinstance(record, EndRecord):
            raise DamagedError("the stream goes on behind its index")
        if isinstance(record, NetworkRecord):
            if self._num_networks >= self._max_networks or self._num_segments:
                raise DamagedError("the stream has a network where none may stand")
            self._num_networks += 1
        elif isinstance(record, IndexRecord):
            self._has_index = True
            self._check_index(record)
        elif isinstance(record, CopyRecord):
            self._num_copy_packets += len(record.packets)
            check_copy(self.header, record)
        elif isinstance(record, UpdateRecord):
            self._check_update(record)
        elif isinstance(record, JoinRecord):
            self._check_join(record)
        elif isinstance(record, SegmentRecord):
            with about(segment=record.index):
                self._check_segment(record)
        elif isinstance(record, EndRecord):
            self.end = record
            if self._needs_network and not self._num_networks and not self._recover:
                raise DamagedError("the stream has no network, which its color needs")
            counted = (self._num_segments, self._num_frames, self._num_copy_packets)
            if (record.num_segments, record.num_frames, record.num_copy_packets) != counted:
                raise DamagedError(
                    f"expected {record.num_segments} segments, {record.num_frames} frames and "
                    f"{record.num_copy_packets} audio and subtitle packets. "
                    f"Received: {counted[0]}, {counted[1]} and {counted[2]}"
                )

    def _check_segment(self, segment: SegmentRecord) -> None:
        if self._needs_network and not self._num_networks and not self._recover:
            raise DamagedError("expected the network before the first segment")
        check_segment(self.header, segment)
        in_step = (segment.index, segment.first_frame) == (self._num_segments, self._num_frames)
        is_later = segment.index > self._num_segments and segment.first_frame >= self._num_frames
        if not in_step and not (self._recover and is_later):
            raise DamagedError(f"expected segment {self._num_segments}. Received: segment {segment.index}")
        if segment.network and (self._update is None or self._update.number != segment.network):
            raise DamagedError(f"segment {segment.index} needs network {segment.network}, which is not there")
        self._is_in_step = True
        if len(self._offsets) <= _MAX_INDEXED:
            self._offsets.append(self._chunk_offset)
            self._first_frames.append(segment.first_frame)
        self._num_segments = segment.index + 1
        self._num_frames = segment.first_frame + segment.num_frames

    def _check_update(self, update: UpdateRecord) -> None:
        if not may_have_updates(self.header):
            raise DamagedError("the stream has a network where none may stand")
        last = self._update
        if last is not None and (update.number < last.number or (update.number == last.number and update != last)):
            raise DamagedError(f"expected network {last.number} again, or a later one. Received: {update.number}")
        self._update = update

    def _check_join(self, join: JoinRecord) -> None:
        """Check that a place where others may join is the one where this reader is."""
        if not self.header.is_live or self._header_of(join) != self.header:
            raise DamagedError("the stream has another header where one may join it")
        place = (join.segment, join.frame, join.num_copy_packets)
        counted = (self._num_segments, self._num_frames, self._num_copy_packets)
        if place == counted:
            return
        is_later = all(later >= earlier for later, earlier in zip(place, counted, strict=True))
        if not is_later or not (join.leaves_out or self._recover):
            raise DamagedError(f"expected segment {counted[0]}, frame {counted[1]}. Received: {place[0]}, {place[1]}")
        if join.leaves_out:
            if not self._num_segments:
                self.joined = join
            self._is_whole = False
            self._num_segments, self._num_frames, self._num_copy_packets = place

    def _header_of(self, join: JoinRecord) -> HeaderRecord:
        header: HeaderRecord = unpack_payload(HeaderRecord, join.header, allow_unknown=join.minor > VERSION_MINOR)
        return header

    def _find_header(self, first_bytes: bytes) -> HeaderRecord:
        """Begin in the middle of a live stream."""
        self._source.give_back(first_bytes)
        while self._find_next_chunk():
            try:
                record = self._read_chunk()
                if isinstance(record, JoinRecord):
                    header = self._header_of(record)
                    self.joined, self._minor, self._is_whole = record, record.minor, False
                    self._num_segments, self._num_frames = record.segment, record.frame
                    self._num_copy_packets = record.num_copy_packets
                    return header
            except TruncatedError:
                break
            except StreamError:
                continue
        raise TruncatedError("expected a place where a live stream may be joined. Received: none before the end")

    def _check_index(self, index: IndexRecord) -> None:
        places = (index.offsets, index.first_frames)
        if self._is_whole and not self._recover and places != (tuple(self._offsets), tuple(self._first_frames)):
            raise DamagedError("the stream's index does not say where its segments are")

    def _check_nothing_follows(self) -> None:
        offset = self._source.offset
        if self._source.read(1):
            raise DamagedError(f"bytes follow the end of the stream (at byte {offset})")

    def _find_next_chunk(self) -> bool:
        """Move to the next whole chunk header; False if there is none."""
        window = b""
        while True:
            piece = self._source.read_some(_SCAN_BYTES)
            window += piece
            for place in _candidates(window):
                try:
                    unpack_chunk_header(window[place : place + CHUNK_HEADER.size])
                except StreamError:
                    continue
                self._source.give_back(window[place:])
                return True
            if not piece:
                return False
            window = window[-(CHUNK_HEADER.size - 1) :]


def _candidates(window: bytes) -> list[int]:
    """Places of known chunk ids in ``window`` that have room for a whole chunk header."""
    places: list[int] = []
    for chunk_id in CHUNK_RECORDS:
        place = window.find(chunk_id)
        while 0 <= place <= len(window) - CHUNK_HEADER.size:
            places.append(place)
            place = window.find(chunk_id, place + 1)
    return sorted(places)
