"""Integer probability tables."""

from __future__ import annotations

import hashlib

import numpy as np

from codec.entropy.tables import TOTAL
from codec.lossless.distributions import (
    FIRST_LOG2_SCALE,
    MEAN_BITS,
    SCALES_PER_OCTAVE,
    AdaptiveTables,
    layout,
    table_numbers,
)


def table_of(scale: int, mean: int) -> tuple[np.ndarray, int]:  # type: ignore[type-arg]
    """Probabilities of the table for a mean in eighths, and how far it reaches."""
    number = int(table_numbers(np.array([scale], np.int32), np.array([mean], np.int32))[0])
    start, stop = layout().offsets[number : number + 2]
    return AdaptiveTables().frequencies[start:stop] / TOTAL, int(layout().reach[number])


def test_every_table_is_complete() -> None:
    tables = AdaptiveTables()
    assert tables.frequencies.min() >= 1
    assert set(np.add.reduceat(tables.frequencies, layout().offsets[:-1]).tolist()) == {TOTAL}


def test_tables_never_change() -> None:
    """Streams are decoded with these numbers."""
    packed = AdaptiveTables().frequencies.astype("<i8").tobytes()
    assert hashlib.sha256(packed).hexdigest() == "2319b239d6b991a5635ed2f53227c972e443434e0428dab07361967b8dca7114"


def test_tables_are_a_mixture_of_logistic_distributions() -> None:
    for scale in (6, 18, 26, 34):
        width = 2.0 ** (FIRST_LOG2_SCALE + scale / SCALES_PER_OCTAVE)
        probabilities, reach = table_of(scale, 0)
        number = int(table_numbers(np.array([scale]), np.array([0]))[0])
        sharing = 1 << int(layout().fraction_shift[scale])
        mean = (sharing - 1) / 2 / (1 << MEAN_BITS)
        edges = np.arange(-reach, reach + 2) - 0.5 - mean
        curve = sum(share / (1 + np.exp(-edges / width / times)) for share, times in ((0.9, 1), (0.1, 3)))
        curve[0], curve[-1] = 0, 1
        assert np.abs(np.diff(curve) - probabilities).max() < 0.004, number


def test_tables_follow_scale_and_fraction() -> None:
    for shift in (0, 2, 3):
        scales = np.flatnonzero(layout().fraction_shift == shift)
        middles = [table[reach] for table, reach in (table_of(scale, 0) for scale in scales.tolist())]
        assert middles == sorted(middles, reverse=True)
    left, reach = table_of(10, 1)
    right, _ = table_of(10, 7)
    assert left[reach] > left[reach + 1]
    assert right[reach] < right[reach + 1]


def test_tables_learn_and_forget() -> None:
    tables = AdaptiveTables()
    number = int(table_numbers(np.array([20]), np.array([0]))[0])
    start, reach = int(layout().offsets[number]), int(layout().reach[number])
    for symbol in (reach + 1, reach - 1):
        for _ in range(40):
            tables.add(np.full(2000, number), np.full(2000, symbol))
            tables.learn()
        assert tables.frequencies[start + symbol] > 0.9 * TOTAL
    assert set(np.add.reduceat(tables.frequencies, layout().offsets[:-1]).tolist()) == {TOTAL}
