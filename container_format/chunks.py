"""Framing: a prelude, then chunks.

A chunk is an id, flags, the payload's length, a checksum of these, the payload, and a checksum of everything. The
header has its own checksum, so that the reader trusts a length, and allocates memory for it, only if it is the length
that was written. A payload is a map and a body (:mod:`container_format.fields`), or a zstd frame of both.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from enum import IntFlag
from typing import Any

import msgpack

from container_format.compression import compress, decompress
from container_format.errors import DamagedError, LimitError, NotGvcError, TruncatedError, UnsupportedError
from container_format.fields import Body, packed_items, unpack_fields
from container_format.records import (
    CopyRecord,
    EndRecord,
    HeaderRecord,
    IndexRecord,
    JoinRecord,
    NetworkRecord,
    Record,
    SegmentRecord,
    UpdateRecord,
)

# As in PNG: a byte over 127, line ends of each kind and a control-Z, so that any text-mode transfer damages it.
MAGIC = b"\x89GVC\r\n\x1a\n"
VERSION_MAJOR = 1
VERSION_MINOR = 7
_MINOR_OF_LIVE = 5  # of live streams, and of planes that RGB was made of
_MINOR_OF_FILES = 4  # of streams that need nothing that is newer
_MINOR_OF_PREDICTORS = {259: 6, 260: 7}  # of those that came later
PRELUDE = struct.Struct("<8sBBHI")  # magic, major, minor, zero, CRC-32 of all before
CHUNK_HEADER = struct.Struct("<4sB3xQI")  # id, flags, three zero bytes, payload bytes, CRC-32 of all before
PAYLOAD_CHECKSUM = struct.Struct("<I")  # CRC-32 of chunk header and payload
MAP_LENGTH = struct.Struct("<I")

MAX_PAYLOAD_BYTES = 2**32
MAX_MAP_BYTES = 2**20
_MAX_MAP_ITEMS = 2**16
_WORTH_COMPRESSING = 0.95

CHUNK_RECORDS: dict[bytes, type[Record]] = {
    b"HEAD": HeaderRecord,
    b"NETW": NetworkRecord,
    b"SEGM": SegmentRecord,
    b"COPY": CopyRecord,
    b"INDX": IndexRecord,
    b"TEND": EndRecord,
    b"NETU": UpdateRecord,
    b"JOIN": JoinRecord,
}
_CHUNK_IDS = {record: chunk_id for chunk_id, record in CHUNK_RECORDS.items()}
# Records whose bytes are compressed already gain nothing from zstd.
_TRY_ZSTD = (HeaderRecord, IndexRecord)


class ChunkFlag(IntFlag):
    """The flag bits of a chunk."""

    MAY_SKIP = 1  # a reader that does not know the id may skip the chunk
    ZSTD = 2  # the payload is one zstd frame that states its content size


@dataclass(frozen=True)
class ChunkHeader:
    """The header of a chunk, whose checksum holds."""

    chunk_id: bytes
    flags: ChunkFlag
    payload_bytes: int
    raw: bytes


def minor_of(header: HeaderRecord) -> int:
    """The minor version of a stream with this header."""
    planes = header.planes
    least = _MINOR_OF_LIVE if header.is_live or header.yuv_origin else _MINOR_OF_FILES
    numbers = (planes.luma_predictor, planes.chroma_predictor) if planes else ()
    return max([least, *(_MINOR_OF_PREDICTORS.get(number, least) for number in numbers)])


def pack_prelude(minor: int = _MINOR_OF_FILES) -> bytes:
    """The first bytes of a stream of this minor version."""
    head = PRELUDE.pack(MAGIC, VERSION_MAJOR, minor, 0, 0)[:-4]
    return head + struct.pack("<I", zlib.crc32(head))


def unpack_prelude(data: bytes) -> int:
    """Check the first bytes of a stream, and return its minor version.

    Raises:
        NotGvcError: it is no .gvc stream.
        TruncatedError: it stops within the first bytes.
        DamagedError: it is a .gvc stream whose first bytes were changed.
        UnsupportedError: it has another major version.
    """
    if MAGIC.startswith(data):
        raise TruncatedError(f"the stream stops after {len(data)} bytes")
    if data[: len(MAGIC)] != MAGIC:
        if data[1:4] == b"GVC":
            raise DamagedError("the first bytes of the stream are damaged (a text-mode transfer does this)")
        raise NotGvcError(f"expected a .gvc stream. Received: something that starts with {data[:8]!r}")
    if len(data) < PRELUDE.size:
        raise DamagedError(f"expected {PRELUDE.size} bytes before the first chunk. Received: {len(data)}")
    _, major, minor, zero, checksum = PRELUDE.unpack(data)
    if zlib.crc32(data[:-4]) != checksum or zero != 0:
        raise DamagedError("the version bytes of the stream are damaged")
    if major != VERSION_MAJOR:
        raise UnsupportedError(f"expected format version {VERSION_MAJOR}. Received: version {major}.{minor}")
    return int(minor)


@dataclass(frozen=True)
class PackedChunk:
    """A record as the bytes of its chunk.

    Attributes:
        data: the chunk, framing included.
        field_bytes: for each field that is not at its default, the bytes that it takes: key and value in the record's
            map, and its part of the body. A chunk without some fields is smaller by the sum of their bytes, unless
            zstd compressed it (as it may a header or an index) or the map has more than 15 entries, whose count then
            takes two bytes more.
    """

    data: bytes
    field_bytes: dict[str, int]


def pack_chunk(record: Record) -> bytes:
    """The bytes of a record's chunk; otherwise as :func:`pack_record`."""
    return pack_record(record).data


def pack_record(record: Record) -> PackedChunk:
    """Pack a record into a chunk, and count the bytes of its fields.

    Raises:
        DamagedError, LimitError: a field is outside its declared range.
    """
    field_bytes: dict[str, int] = {}
    payload = pack_payload(record, field_bytes)
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise LimitError(f"expected a chunk of at most {MAX_PAYLOAD_BYTES} bytes. Received: {len(payload)}")
    flags = ChunkFlag(0)
    if isinstance(record, _TRY_ZSTD):
        compressed = compress(payload)
        if len(compressed) < _WORTH_COMPRESSING * len(payload):
            payload, flags = compressed, ChunkFlag.ZSTD
    if isinstance(record, IndexRecord) or (isinstance(record, JoinRecord) and not record.leaves_out):
        flags |= ChunkFlag.MAY_SKIP
    return PackedChunk(frame_chunk(_CHUNK_IDS[type(record)], flags, payload), field_bytes)


def pack_payload(record: Any, field_bytes: dict[str, int] | None = None) -> bytes:
    """A record as the length of its map, its map and its body.

    Args:
        record: made of declared fields.
        field_bytes: is given the bytes that each field takes.

    Raises:
        DamagedError, LimitError: a field is outside its declared range.
    """
    body, packer = Body(), msgpack.Packer(use_bin_type=True)
    entries: list[bytes] = []
    body_bytes = 0
    for name, number, stored in packed_items(record, body):
        entries.append(packer.pack(number) + packer.pack(stored))
        if field_bytes is not None:
            field_bytes[name] = len(entries[-1]) + body.num_bytes - body_bytes
        body_bytes = body.num_bytes
    packed: bytes = packer.pack_map_header(len(entries)) + b"".join(entries)
    if len(packed) > MAX_MAP_BYTES:
        raise LimitError(f"expected a record map of at most {MAX_MAP_BYTES} bytes. Received: {len(packed)}")
    return MAP_LENGTH.pack(len(packed)) + packed + body.getvalue()


def frame_chunk(chunk_id: bytes, flags: ChunkFlag, payload: bytes) -> bytes:
    """A chunk: header, payload and both checksums."""
    head = CHUNK_HEADER.pack(chunk_id, flags, len(payload), 0)[:-4]
    head += struct.pack("<I", zlib.crc32(head))
    return b"".join((head, payload, PAYLOAD_CHECKSUM.pack(zlib.crc32(payload, zlib.crc32(head)))))


def unpack_chunk_header(raw: bytes) -> ChunkHeader:
    """Unpack and check the header of a chunk.

    Raises:
        DamagedError: its checksum does not hold.
        LimitError: it states a longer payload than a reader accepts.
        UnsupportedError: it has flags that this version does not know.
    """
    chunk_id, flags, payload_bytes, checksum = CHUNK_HEADER.unpack(raw)
    if zlib.crc32(raw[:-4]) != checksum or raw[5:8] != b"\0\0\0":
        raise DamagedError("the header of a chunk is damaged")
    if payload_bytes > MAX_PAYLOAD_BYTES:
        raise LimitError(f"expected a chunk of at most {MAX_PAYLOAD_BYTES} bytes. Received: {payload_bytes}")
    if flags & ~(ChunkFlag.MAY_SKIP | ChunkFlag.ZSTD):
        raise UnsupportedError(f"chunk {name_of(chunk_id)} has flags {flags:#x} that this version does not know")
    return ChunkHeader(chunk_id, ChunkFlag(flags), payload_bytes, raw)


def check_payload(header: ChunkHeader, payload: bytes, checksum: bytes) -> None:
    """Compare a chunk with its checksum.

    Raises:
        DamagedError: the checksum does not hold.
    """
    if PAYLOAD_CHECKSUM.pack(zlib.crc32(payload, zlib.crc32(header.raw))) != checksum:
        raise DamagedError(f"chunk {name_of(header.chunk_id)} is damaged: its checksum does not hold")


def unpack_record(header: ChunkHeader, payload: bytes, *, allow_unknown: bool) -> Record:
    """Unpack the record in a payload whose checksum holds.

    Args:
        header: the chunk's header.
        payload: its payload.
        allow_unknown: skip fields with unknown numbers, since a newer minor version wrote the stream.

    Raises:
        DamagedError, LimitError: the record is not as declared.
    """
    record = CHUNK_RECORDS[header.chunk_id]
    if header.flags & ChunkFlag.ZSTD:
        payload = decompress(payload, max_bytes=MAX_MAP_BYTES * 4)
    try:
        unpacked: Record = unpack_payload(record, payload, allow_unknown=allow_unknown)
    except (DamagedError, LimitError) as error:
        raise error.with_message(f"chunk {name_of(header.chunk_id)}: {error}") from None
    return unpacked


def unpack_payload(record: type[Any], payload: bytes, *, allow_unknown: bool = False) -> Any:
    """The inverse of :func:`pack_payload`.

    Args:
        record: its class.
        payload: from a stream of unknown origin.
        allow_unknown: skip fields with unknown numbers.

    Raises:
        DamagedError, LimitError: the record is not as declared.
    """
    if len(payload) < MAP_LENGTH.size:
        raise DamagedError(f"{len(payload)} bytes are too few for a record")
    (map_bytes,) = MAP_LENGTH.unpack_from(payload)
    if map_bytes > MAX_MAP_BYTES:
        raise LimitError(f"expected a record map of at most {MAX_MAP_BYTES} bytes. Received: {map_bytes}")
    view = memoryview(payload)[MAP_LENGTH.size :]
    if map_bytes > len(view):
        raise DamagedError("a record ends inside its map")
    body = Body(view[map_bytes:], allow_unknown=allow_unknown)
    unpacked = unpack_fields(record, _unpack_map(view[:map_bytes]), body)
    body.check_empty()
    return unpacked


def name_of(chunk_id: bytes) -> str:
    """A chunk's id as text, for messages."""
    return chunk_id.decode("ascii", "backslashreplace")


def _unpack_map(data: memoryview) -> Any:
    try:
        return msgpack.unpackb(
            data,
            raw=False,
            strict_map_key=False,
            object_pairs_hook=_unique_keys,
            max_array_len=_MAX_MAP_ITEMS,
            max_map_len=_MAX_MAP_ITEMS,
            max_ext_len=0,
        )
    except DamagedError:
        raise
    except (ValueError, TypeError, RecursionError) as error:  # all that msgpack raises is a ValueError
        raise DamagedError(f"a record is no valid msgpack ({type(error).__name__})") from None


def _unique_keys(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise DamagedError("a record has the same key twice")
    return result
