"""Streams with right checksums and wrong contents: each is refused, in little memory."""

from __future__ import annotations

import io
import tracemalloc

import msgpack
import pytest
import zstandard

from container_format import DamagedError, LimitError, StreamError, StreamReader
from container_format.chunks import MAP_LENGTH, VERSION_MINOR, ChunkFlag, frame_chunk, pack_prelude
from container_format.compression import compress, decompress
from container_format.fields import Body, pack_fields
from tests.conftest import make_header, make_segment, make_stream


def stream_of(chunk_id: bytes, packed: bytes, body: bytes = b"") -> bytes:
    """A stream that starts as the small one, then has one hostile chunk."""
    good = make_stream(1)
    reader = StreamReader(io.BytesIO(good))
    list(reader.records())
    start = reader.places[2].offset if chunk_id != b"HEAD" else len(pack_prelude())
    return good[:start] + frame_chunk(chunk_id, ChunkFlag(0), MAP_LENGTH.pack(len(packed)) + packed + body)


def read_all(data: bytes) -> None:
    list(StreamReader(io.BytesIO(data)).records())


def segment_map() -> tuple[dict[int, object], bytes]:
    body = Body()
    return pack_fields(make_segment(0), body), body.getvalue()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({3: 0}, "num_frames"),
        ({3: 5}, "times"),
        ({3: 2.5}, "num_frames"),
        ({3: True}, "num_frames"),
        ({4: 2**63}, "pts"),
        ({5: [[0, 2]]}, "pts_steps"),
        ({7: None}, "luma_crc32"),
        ({9: [10**6] * 3}, "body"),
        ({9: [0, 0, 0]}, "none of its fields"),
        ({9: {}}, "luma_packets"),
        ({77: 1}, "unknown field"),
    ],
)
def test_wrong_segment_fields(changes: dict[int, object], message: str) -> None:
    fields, body = segment_map()
    with pytest.raises(StreamError, match=message):
        read_all(stream_of(b"SEGM", msgpack.packb({**fields, **changes}), body))


def test_missing_field() -> None:
    fields, body = segment_map()
    del fields[7]
    with pytest.raises(DamagedError, match="lacks its field luma_crc32"):
        read_all(stream_of(b"SEGM", msgpack.packb(fields), body))


def test_duplicate_key() -> None:
    with pytest.raises(DamagedError, match="twice"):
        read_all(stream_of(b"SEGM", b"\x82\x01\x00\x01\x00"))


@pytest.mark.parametrize("packed", [b"", b"\xc1", b"\x93\x01", b"\xa5hello", b"\x81\x91\x01\x02", b"\xd4\x01\x00"])
def test_no_map(packed: bytes) -> None:
    with pytest.raises(DamagedError):
        read_all(stream_of(b"SEGM", packed))


def test_nan_step_is_refused() -> None:
    packed = msgpack.packb({1: "x", 3: [{1: "a", 2: [1], 3: float("nan"), 4: 0, 5: 0}]})
    good = make_stream(1)
    reader = StreamReader(io.BytesIO(good))
    list(reader.records())
    start = reader.places[1].offset
    with pytest.raises(DamagedError, match="step"):
        read_all(good[:start] + frame_chunk(b"NETW", ChunkFlag(0), MAP_LENGTH.pack(len(packed)) + packed))


def test_nested_empty_arrays_take_little_memory() -> None:
    bomb = b"\xdc\xff\xff" + b"\x90" * 65535
    packed = b"\xdc\x00\x0f" + bomb * 15
    tracemalloc.start()
    with pytest.raises(DamagedError):
        read_all(stream_of(b"SEGM", packed))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100e6


def test_large_map_is_refused() -> None:
    with pytest.raises(LimitError, match="map"):
        read_all(stream_of(b"SEGM", b"\xc4" * (2**20 + 1)))


def test_claimed_length_takes_no_memory() -> None:
    import struct
    import zlib

    head = struct.pack("<4sB3xQ", b"HEAD", 0, 2**32)
    head += struct.pack("<I", zlib.crc32(head))
    tracemalloc.start()
    with pytest.raises(StreamError, match="stops inside chunk HEAD"):
        read_all(pack_prelude() + head + b"few bytes")
    assert tracemalloc.get_traced_memory()[1] < 10e6
    tracemalloc.stop()


def test_zstd_bomb_is_refused() -> None:
    bomb = zstandard.ZstdCompressor(level=1).compress(bytes(10**8))
    assert len(bomb) < 20_000
    with pytest.raises(LimitError):
        read_all(pack_prelude() + frame_chunk(b"HEAD", ChunkFlag.ZSTD, bomb))


@pytest.mark.parametrize("change", [lambda f: f[:-2], lambda f: f + b"x", lambda f: b"x" + f, lambda f: f[:4] + f[6:]])
def test_wrong_zstd_frames(change: object) -> None:
    frame = compress(b"some text that is long enough " * 10)
    with pytest.raises(DamagedError):
        decompress(change(frame), max_bytes=10_000)  # type: ignore[operator]


def test_zstd_frame_without_a_size_is_refused() -> None:
    frame = zstandard.ZstdCompressor(write_content_size=False).compress(b"text" * 100)
    with pytest.raises(DamagedError, match="states its content size"):
        decompress(frame, max_bytes=10_000)


def test_header_in_a_later_version_may_have_new_fields() -> None:
    import zlib

    body = Body()
    fields = {**pack_fields(make_header(color="none", copy_streams=()), body), 200: "news"}
    packed = msgpack.packb(fields)
    prelude = bytearray(pack_prelude(VERSION_MINOR))
    prelude[9] += 1
    prelude[-4:] = zlib.crc32(bytes(prelude[:-4])).to_bytes(4, "little")
    chunk = frame_chunk(b"HEAD", ChunkFlag(0), MAP_LENGTH.pack(len(packed)) + packed + body.getvalue())
    assert StreamReader(io.BytesIO(bytes(prelude) + chunk)).header.width == 16
    with pytest.raises(DamagedError, match="unknown field"):
        StreamReader(io.BytesIO(pack_prelude() + chunk))
