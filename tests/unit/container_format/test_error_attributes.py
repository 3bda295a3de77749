"""Errors say what they are about, beside their message."""

from __future__ import annotations

import io
import pickle
from dataclasses import replace

import pytest

from codec.errors import InputError
from container_format import DamagedError, StreamReader, StreamWriter, TruncatedError
from container_format.chunks import PRELUDE
from tests.conftest import make_header, make_segment, make_stream


def test_attributes_are_kept_by_pickle() -> None:
    error = pickle.loads(pickle.dumps(InputError("expected less", option="--hints", segment=3, byte_offset=9)))
    assert (str(error), error.option, error.segment, error.byte_offset) == ("expected less", "--hints", 3, 9)
    assert isinstance(error, InputError)


def test_an_error_without_them_has_none() -> None:
    error = DamagedError("bad")
    assert (error.option, error.segment, error.byte_offset) == (None, None, None)


def read_all(data: bytes) -> StreamReader:
    reader = StreamReader(io.BytesIO(data))
    list(reader.records())
    return reader


def test_damage_says_where_its_chunk_begins() -> None:
    data = make_stream()
    place = next(place for place in read_all(data).places if place.chunk_id == "SEGM")
    damaged = bytearray(data)
    damaged[place.offset + place.num_bytes // 2] ^= 1
    with pytest.raises(DamagedError) as caught:
        read_all(bytes(damaged))
    assert caught.value.byte_offset == place.offset
    with pytest.raises(TruncatedError) as cut:
        read_all(data[: place.offset + 30])
    assert cut.value.byte_offset == place.offset
    with pytest.raises(DamagedError) as header:
        read_all(data[:20] + b"X" + data[21:])
    assert header.value.byte_offset == PRELUDE.size
    with pytest.raises(TruncatedError) as empty:
        read_all(b"")
    assert empty.value.byte_offset == 0


def test_an_error_of_a_segment_names_it() -> None:
    buffer = io.BytesIO()
    writer = StreamWriter(buffer, make_header(color="none"))
    writer.write_segment(replace(make_segment(0), shot_starts=(500,)))
    writer.finish()
    data = buffer.getvalue()
    with pytest.raises(DamagedError, match="shots that begin later") as caught:
        read_all(data)
    assert caught.value.segment == 0
