"""Mutations of whole streams, field by field and chunk by chunk, with checksums, lengths, index and counts repaired.

A flipped bit is caught by a checksum. What is made here gets past the checksums, to the code behind them.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgpack

from codec.networks.declarations import NETWORKS
from codec.video.pixel_formats import PIXEL_FORMATS
from container_format.chunks import CHUNK_HEADER, MAP_LENGTH, PAYLOAD_CHECKSUM, PRELUDE, ChunkFlag, frame_chunk
from container_format.compression import compress, decompress
from container_format.records import Color

_LUMA_CODECS = ("raw", "zstd", "ffv1", "h264", "hevc", "av1", "network")
WORDS = (*_LUMA_CODECS, *Color, *PIXEL_FORMATS, *(network.name for network in NETWORKS), "", "\x1b[2J", "kernels")
_NUMBERS = (0, 1, 2, 3, 4, 7, 8, 16, 17, 24, 63, 64, 127, 128, 255, 256, 1023, 4095, 4096, 65535, 2**24, 2**31 - 1)
NUMBERS = (*_NUMBERS, 2**32 - 1, 2**48, 2**62, 2**63 - 1, -1, -2, -128, -(2**31), -(2**62))
_MAX_ROUNDS = 3
_REPAIR_ODDS = 0.9
_LIKELY_ZSTD = 0.1


@dataclass
class Chunk:
    """A chunk, opened: the map of its record, and the bytes behind it."""

    chunk_id: bytes
    flags: int
    fields: Any
    body: bytearray

    def packed(self) -> bytes:
        """The chunk with right checksums."""
        packed = msgpack.packb(self.fields, use_bin_type=True)
        payload = MAP_LENGTH.pack(len(packed)) + packed + bytes(self.body)
        if self.flags & ChunkFlag.ZSTD:
            payload = compress(payload)
        return frame_chunk(self.chunk_id, ChunkFlag(self.flags), payload)


@dataclass
class Opened:
    """A stream, opened."""

    prelude: bytes
    chunks: list[Chunk]

    @classmethod
    def of(cls, data: bytes) -> Opened:
        """Open a sound stream."""
        offset, chunks = PRELUDE.size, []
        while offset < len(data):
            chunk_id, flags, size, _ = CHUNK_HEADER.unpack_from(data, offset)
            payload = data[offset + CHUNK_HEADER.size : offset + CHUNK_HEADER.size + size]
            if flags & ChunkFlag.ZSTD:
                payload = decompress(payload, max_bytes=2**24)
            (length,) = MAP_LENGTH.unpack_from(payload)
            fields = msgpack.unpackb(payload[MAP_LENGTH.size :][:length], strict_map_key=False)
            chunks.append(Chunk(chunk_id, flags, fields, bytearray(payload[MAP_LENGTH.size + length :])))
            offset += CHUNK_HEADER.size + size + PAYLOAD_CHECKSUM.size
        return cls(data[: PRELUDE.size], chunks)

    def packed(self, *, repair: bool) -> bytes:
        """The stream; with the index and the counts of what is in it, if they are to be repaired."""
        parts, offset, offsets = [self.prelude], len(self.prelude), []
        for chunk in self.chunks:
            if repair and isinstance(chunk.fields, dict):
                self._repair(chunk, offsets)
            parts.append(chunk.packed())
            if chunk.chunk_id == b"SEGM":
                offsets.append(offset)
            offset += len(parts[-1])
        return b"".join(parts)

    def _repair(self, chunk: Chunk, offsets: list[int]) -> None:
        counted = self._counted()
        if counted is None:
            return
        first_frames, (num_segments, num_frames, num_packets) = counted
        if chunk.chunk_id == b"INDX":
            chunk.fields[1] = list(offsets)
            chunk.fields[2] = [_held(first) for first in first_frames[: len(offsets)]]
        elif chunk.chunk_id == b"TEND":
            chunk.fields |= {1: _held(num_segments), 2: _held(num_frames), 3: _held(num_packets)}

    def _counted(self) -> tuple[list[int], tuple[int, int, int]] | None:
        """First frames of the segments; segments, frames and packets to copy. None where a count is no number."""
        first_frames: list[int] = []
        counts = [0, 0, 0]
        for chunk in self.chunks:
            fields = chunk.fields if isinstance(chunk.fields, dict) else {}
            if chunk.chunk_id == b"SEGM":
                first_frames.append(counts[1])
                more = [1, fields.get(3, 0), 0]
            elif chunk.chunk_id == b"COPY":
                packets = fields.get(1)
                more = [0, 0, len(packets) if isinstance(packets, list) else 0]
            elif chunk.chunk_id == b"JOIN" and fields.get(6) is True:  # what was not sent is counted
                counts, more = [fields.get(key, 0) for key in (3, 4, 5)], [0, 0, 0]
            else:
                continue
            if not all(isinstance(number, int) for number in (*counts, *more)):
                return None
            counts = [number + added for number, added in zip(counts, more, strict=True)]
        return first_frames, (counts[0], counts[1], counts[2])


def mutated(data: bytes, others: list[bytes], seed: int) -> bytes:
    """A stream with one to three mutations, the same for the same seed."""
    draw = random.Random(seed)
    if draw.random() < 1 - _REPAIR_ODDS:
        return _plain(data, draw)
    stream = Opened.of(data)
    for _ in range(draw.randint(1, _MAX_ROUNDS)):
        draw.choice(_MUTATIONS)(stream, others, draw)
    return stream.packed(repair=draw.random() < _REPAIR_ODDS)


def _plain(data: bytes, draw: random.Random) -> bytes:
    """Bytes changed anywhere, nothing repaired."""
    changed = bytearray(data)
    _change_bytes(changed, draw)
    return bytes(changed)


def _field(stream: Opened, others: list[bytes], draw: random.Random) -> None:
    """Change a value of a record, at any depth."""
    del others
    chunk = draw.choice(stream.chunks)
    places = list(_places(chunk.fields))
    if places:
        holder, key = draw.choice(places)
        holder[key] = _other_value(holder[key], draw)


def _absent_field(stream: Opened, others: list[bytes], draw: random.Random) -> None:
    """Leave out a value, or add one."""
    del others
    fields = draw.choice(stream.chunks).fields
    if isinstance(fields, dict):
        if fields and draw.random() < 0.5:
            del fields[draw.choice(list(fields))]
        else:
            fields[draw.randint(0, 30)] = _other_value(draw.choice([0, "", [], True, None]), draw)


def _body(stream: Opened, others: list[bytes], draw: random.Random) -> None:
    """Change the bytes behind a record's map, and mostly the length that it states for them."""
    del others
    chunks = [chunk for chunk in stream.chunks if chunk.body]
    if not chunks:
        return
    chunk = draw.choice(chunks)
    before = len(chunk.body)
    _change_bytes(chunk.body, draw)
    lengths = [(h, k) for h, k in _places(chunk.fields) if isinstance(h[k], int) and 0 < h[k] <= before]
    if len(chunk.body) != before and lengths:
        holder, key = draw.choice(lengths)
        holder[key] += len(chunk.body) - before


def _chunks(stream: Opened, others: list[bytes], draw: random.Random) -> None:
    """Lose, repeat, swap or insert a chunk."""
    chunks, place = stream.chunks, draw.randrange(len(stream.chunks))
    kind = draw.randrange(4)
    if kind == 0:
        del chunks[place]
        if not chunks:
            chunks.append(Chunk(b"TEND", 0, {1: 0, 2: 0}, bytearray()))
    elif kind == 1:
        chunks.insert(place, copy.deepcopy(draw.choice(chunks)))
    elif kind == 2:
        other = draw.randrange(len(chunks))
        chunks[place], chunks[other] = chunks[other], chunks[place]
    else:
        chunks.insert(place, draw.choice(Opened.of(draw.choice(others)).chunks))


def _replaced(stream: Opened, others: list[bytes], draw: random.Random) -> None:
    """Take another stream's chunk of the same kind: its header, network or segment."""
    other = Opened.of(draw.choice(others))
    place = draw.randrange(len(stream.chunks))
    same = [chunk for chunk in other.chunks if chunk.chunk_id == stream.chunks[place].chunk_id]
    if same:
        stream.chunks[place] = draw.choice(same)


def _flags(stream: Opened, others: list[bytes], draw: random.Random) -> None:
    """Compress a payload or not, with the flag that says so or another."""
    del others
    chunk = draw.choice(stream.chunks)
    chunk.flags = draw.choice([0, 1, 2, 3])


_Mutation = Callable[[Opened, list[bytes], random.Random], None]
_MUTATIONS: tuple[_Mutation, ...] = (*[_field] * 6, *[_body] * 5, *[_replaced] * 2, _absent_field, _chunks, _flags)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every value in a map, as what holds it and the key there."""
    if isinstance(value, dict):
        keys: list[Any] = list(value)
    elif isinstance(value, list):
        keys = list(range(len(value)))
    else:
        return []
    return [(value, key) for key in keys] + [place for key in keys for place in _places(value[key])]


def _other_value(value: Any, draw: random.Random) -> Any:
    kind = draw.random()
    if kind < 0.1:  # of another type
        return draw.choice([None, True, 0, -1, 2**63, 1.5, "x", [], {}, [1, 2], {"x": 1}, b"x"])
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        near = value + draw.choice([-64, -8, -2, -1, 1, 2, 8, 64])
        other = near if kind < 0.6 else value ^ (1 << draw.randrange(31)) if kind < 0.7 else draw.choice(NUMBERS)
        return _held(other)
    if isinstance(value, float):
        return draw.choice([0.0, -1.0, 1.0, 1e-30, 1e30, float("nan"), float("inf"), value * 2, value / 3])
    if isinstance(value, str):
        return draw.choice(WORDS) if kind < 0.8 else value[: draw.randint(0, len(value))] + "\x00"
    if isinstance(value, list):
        return _other_list(value, draw)
    if isinstance(value, dict):
        return {**value, draw.choice([*WORDS, 99]): draw.choice(NUMBERS)}
    return draw.choice(NUMBERS)


def _held(number: int) -> int:
    """A number that msgpack can hold."""
    return max(-(2**63), min(number, 2**64 - 1))


def _other_list(value: list[Any], draw: random.Random) -> list[Any]:
    changed = copy.deepcopy(value)
    kind = draw.randrange(4)
    if kind == 0 and changed:
        del changed[draw.randrange(len(changed))]
    elif kind == 1 and changed:
        changed.insert(draw.randrange(len(changed) + 1), copy.deepcopy(draw.choice(changed)))
    elif kind == 2:
        draw.shuffle(changed)
    else:
        changed += [draw.choice(NUMBERS)] * draw.choice([1, 2, 5000])
    return changed


def _change_bytes(data: bytearray, draw: random.Random) -> None:
    place = draw.randrange(len(data))
    kind, count = draw.randrange(6), draw.choice([1, 2, 4, 16, 64])
    if kind == 0:
        for _ in range(draw.choice([1, 1, 2, 8])):
            data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    elif kind == 1:
        data[place : place + count] = draw.randbytes(count)
    elif kind == 2:
        data[place : place + count] = draw.choice([b"\0", b"\xff"]) * count
    elif kind == 3:
        del data[place : place + count]
    elif kind == 4:
        data[place:place] = draw.randbytes(count)
    else:
        del data[place:]
