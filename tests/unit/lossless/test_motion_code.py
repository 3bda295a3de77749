"""Motion fields to bytes and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.errors import StreamError
from codec.lossless.motion_code import MotionDecoder, MotionEncoder


def fields(shape: tuple[int, int, int], count: int, seed: int, spread: int) -> list[np.ndarray]:  # type: ignore[type-arg]
    random = np.random.default_rng(seed)
    keep = random.random((count, *shape[:2], 1)) < 0.4
    return list((random.integers(-spread, spread + 1, (count, *shape)) * keep).astype(np.int16))


@given(
    rows=st.integers(1, 9),
    columns=st.integers(1, 9),
    count=st.integers(0, 4),
    seed=st.integers(0, 99),
    spread=st.sampled_from((0, 1, 70, 512)),
)
def test_round_trip(rows: int, columns: int, count: int, seed: int, spread: int) -> None:
    shape = (rows, columns, 2)
    given_fields = fields(shape, count, seed, spread)
    encoder = MotionEncoder()
    for field in given_fields:
        encoder.add(field)
    decoder = MotionDecoder(encoder.finish(), shape)
    assert all(np.array_equal(decoder.next(), field) for field in given_fields)


def test_a_still_picture_costs_next_to_nothing() -> None:
    encoder = MotionEncoder()
    for _ in range(100):
        encoder.add(np.zeros((32, 32, 2), np.int16))
    assert len(encoder.finish()) < 100


@given(data=st.binary(max_size=64))
def test_any_bytes_give_a_field_or_a_stream_error(data: bytes) -> None:
    try:
        decoder = MotionDecoder(data, (4, 5, 2))
        for _ in range(3):
            assert decoder.next().shape == (4, 5, 2)
    except StreamError:
        pass


def test_bytes_come_in_words() -> None:
    with pytest.raises(StreamError, match="words of 4 bytes"):
        MotionDecoder(b"abc", (1, 1, 2))
