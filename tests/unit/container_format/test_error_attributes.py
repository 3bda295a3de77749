"""Errors and damage say where they are: which chunk, and which segment."""

from __future__ import annotations

import io
import pickle
from dataclasses import replace

import pytest

from codec.errors import InputError, OutputError, RecoveredError, TrainingError
from container_format import (
    Damage,
    DamagedError,
    EndRecord,
    GvcError,
    LimitError,
    NotGvcError,
    StreamError,
    StreamReader,
    StreamWriter,
    TruncatedError,
    UnsupportedError,
)
from container_format.chunks import CHUNK_HEADER, MAP_LENGTH, PRELUDE, ChunkFlag, frame_chunk, pack_chunk
from tests.conftest import make_header, make_segment, make_stream

STREAM = make_stream()


def places(data: bytes = STREAM) -> list[tuple[str, int]]:
    reader = StreamReader(io.BytesIO(data))
    list(reader.records())
    return [(place.chunk_id, place.offset) for place in reader.places]


def failure(data: bytes) -> StreamError:
    with pytest.raises(StreamError) as caught:
        list(StreamReader(io.BytesIO(data)).records())
    return caught.value


def damages(data: bytes) -> list[Damage]:
    return [item for item in StreamReader(io.BytesIO(data), recover=True).records() if isinstance(item, Damage)]


def flipped(*positions: int) -> bytes:
    damaged = bytearray(STREAM)
    for position in positions:
        damaged[position] ^= 1
    return bytes(damaged)


SEGMENTS = [offset for chunk_id, offset in places() if chunk_id == "SEGM"]
IN_PAYLOAD = CHUNK_HEADER.size + 5


@pytest.mark.parametrize(
    "kind",
    [
        GvcError,
        StreamError,
        NotGvcError,
        DamagedError,
        TruncatedError,
        UnsupportedError,
        LimitError,
        InputError,
        TrainingError,
        OutputError,
        RecoveredError,
    ],
)
def test_attributes_of_every_kind(kind: type[GvcError]) -> None:
    plain = kind("what went wrong")
    assert (str(plain), plain.option, plain.segment, plain.byte_offset) == ("what went wrong", None, None, None)
    full = kind("what went wrong", option="--hints", segment=3, byte_offset=400)
    for same in (pickle.loads(pickle.dumps(full)), full.with_message("what went wrong")):
        assert type(same) is kind
        assert (str(same), same.option, same.segment, same.byte_offset) == ("what went wrong", "--hints", 3, 400)
    assert str(full.with_message("something else")) == "something else"


def test_every_damaged_byte_is_placed_at_its_chunk() -> None:
    starts = [0, *(offset for _, offset in places())]
    for position in range(len(STREAM)):
        expected = max(start for start in starts if start <= position)
        assert failure(flipped(position)).byte_offset == expected, position


def test_a_damaged_segment_is_named() -> None:
    for index, offset in enumerate(SEGMENTS):
        error = failure(flipped(offset + IN_PAYLOAD))
        assert (error.segment, error.byte_offset) == (index, offset)
        in_header = failure(flipped(offset + 9))  # what kind of chunk it is cannot be trusted then
        assert (in_header.segment, in_header.byte_offset) == (None, offset)


def test_only_segments_are_named() -> None:
    for chunk_id, offset in places():
        error = failure(flipped(offset + IN_PAYLOAD))
        assert (error.segment is not None) == (chunk_id == "SEGM")


def test_a_cut_segment_is_named() -> None:
    error = failure(STREAM[: SEGMENTS[1] + 40])
    assert isinstance(error, TruncatedError)
    assert (error.segment, error.byte_offset) == (1, SEGMENTS[1])


def test_a_stream_that_stops_between_chunks() -> None:
    error = failure(STREAM[: SEGMENTS[1]])
    assert (error.segment, error.byte_offset) == (None, SEGMENTS[1])


@pytest.mark.parametrize(
    ("chunk", "kind", "segment"),
    [
        (pack_chunk(replace(make_segment(1), pts_steps=((1, 7),))), DamagedError, 1),
        (pack_chunk(make_segment(2)), DamagedError, 2),
        (pack_chunk(replace(make_segment(1), hint_packets=(b"hint",))), DamagedError, 1),
        (frame_chunk(b"SEGM", ChunkFlag(0), MAP_LENGTH.pack(2**20 + 1)), LimitError, 1),
        (frame_chunk(b"SEGM", ChunkFlag.ZSTD, b"no frame"), DamagedError, 1),
        (frame_chunk(b"NEWS", ChunkFlag(0), b"news"), UnsupportedError, None),
        (pack_chunk(make_header()), DamagedError, None),
        (pack_chunk(EndRecord(num_segments=9, num_frames=9)), DamagedError, None),
    ],
)
def test_records_that_do_not_fit(chunk: bytes, kind: type[StreamError], segment: int | None) -> None:
    error = failure(STREAM[: SEGMENTS[1]] + chunk + STREAM[SEGMENTS[1] :])
    assert isinstance(error, kind)
    assert (error.segment, error.byte_offset) == (segment, SEGMENTS[1])


def test_a_header_that_contradicts_itself() -> None:
    buffer = io.BytesIO()
    StreamWriter(buffer, make_header(color="guided"))
    assert failure(buffer.getvalue()).byte_offset == PRELUDE.size


def test_the_start_of_the_stream() -> None:
    for data in (b"", STREAM[:3], flipped(9)):
        assert failure(data).byte_offset == 0


def test_errors_outside_a_stream_have_no_place() -> None:
    with pytest.raises(DamagedError, match=r"HeaderRecord\.width") as caught:
        pack_chunk(make_header(width=0))
    assert (caught.value.segment, caught.value.byte_offset) == (None, None)


def test_recovered_damage_names_the_segment_while_that_is_certain() -> None:
    first, *others = damages(flipped(SEGMENTS[1] + IN_PAYLOAD))
    assert (first.offset, first.segment) == (SEGMENTS[1], 1)
    assert [other.segment for other in others] == [None] * len(others)
    two = damages(flipped(SEGMENTS[0] + IN_PAYLOAD, SEGMENTS[1] + IN_PAYLOAD))
    assert [(damage.offset, damage.segment) for damage in two[:2]] == [(SEGMENTS[0], 0), (SEGMENTS[1], None)]
    apart = damages(flipped(SEGMENTS[0] + IN_PAYLOAD, SEGMENTS[2] + IN_PAYLOAD))
    assert [(damage.offset, damage.segment) for damage in apart[:2]] == [(SEGMENTS[0], 0), (SEGMENTS[2], 2)]
