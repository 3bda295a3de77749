"""Samples to bytes and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.errors import StreamError
from codec.lossless.distributions import NUM_SCALES
from codec.lossless.symbols import SymbolDecoder, SymbolEncoder


@given(seed=st.integers(0, 999), counts=st.lists(st.integers(0, 300), min_size=1, max_size=4))
def test_round_trip(seed: int, counts: list[int]) -> None:
    random = np.random.default_rng(seed)
    steps = [
        (
            random.integers(-256, 256, count).astype(np.int32),
            random.integers(-2048, 2048, count).astype(np.int32),
            random.integers(0, NUM_SCALES, count).astype(np.int32),
            int(random.integers(2)),
        )
        for count in counts
    ]
    encoder = SymbolEncoder(2)
    for samples, means, scales, kind in steps:
        encoder.code(samples, means, scales, kind)
        encoder.end_picture()
    decoder = SymbolDecoder(encoder.finish(), 2)
    for samples, means, scales, kind in steps:
        assert np.array_equal(decoder.code(None, means, scales, kind), samples)
        decoder.end_picture()
    decoder.finish()


def test_likely_samples_are_short_and_tables_learn() -> None:
    means, scales = np.full(5000, 80, np.int32), np.full(5000, 20, np.int32)
    sizes = [0]
    encoder = SymbolEncoder(1)
    for _ in range(6):
        encoder.code(np.full(5000, 10, np.int32), means, scales, 0)
        encoder.end_picture()
        sizes.append(encoder.num_bytes)
    assert sizes[1] < 5000 / 2
    assert sizes[6] - sizes[5] < sizes[1] / 10


def test_what_is_left_over_is_noticed() -> None:
    encoder = SymbolEncoder(1)
    values = np.arange(500, dtype=np.int32) % 50
    encoder.code(values, np.zeros(500, np.int32), np.full(500, 30, np.int32), 0)
    data = encoder.finish()
    decoder = SymbolDecoder(data, 1)
    decoder.code(None, np.zeros(100, np.int32), np.full(100, 30, np.int32), 0)
    with pytest.raises(StreamError, match="data for more"):
        decoder.finish()
    with pytest.raises(StreamError, match="words of 4 bytes"):
        SymbolDecoder(data + b"x", 1)
