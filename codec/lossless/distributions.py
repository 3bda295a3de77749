"""Integer probability tables for every mean and scale that the network can name, and how they learn.

A table starts as a mixture of two logistic distributions, one wide and rare, and counts what it sees: pictures differ
in the shape of their noise. Everything is whole numbers, so the tables are the same on every machine.

Tables are numbered by scale and by the fraction of the mean. A table's symbols are the whole numbers from ``-reach`` to
``reach`` about the whole part of the mean; the outermost two stand for all that lie beyond, too.
"""

from __future__ import annotations

import functools
from decimal import Decimal, localcontext
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from codec.entropy.tables import TOTAL

I32Array = npt.NDArray[np.int32]
I64Array = npt.NDArray[np.int64]

MEAN_BITS = 3
"""Means are in eighths of a code value."""
NUM_SCALES = 44
SCALES_PER_OCTAVE = 4
FIRST_LOG2_SCALE = -4.5
TAIL_HUNDREDTHS, TAIL_WIDTH = 10, 3
"""Share of the wide part of a distribution, and how many times as wide it is."""
_STEPS_PER_SCALE = 256
_CURVE_END = 24  # scales from the mean; beyond, nothing is left
_CURVE_BITS = 40
_PRIOR_BITS = 30
_MOST_SEEN_BITS = 14


class _Layout(NamedTuple):
    """Where the tables are in flat arrays."""

    first_table: I64Array  # of each scale
    fraction_shift: I64Array  # of each scale: bits of the mean's fraction that do not matter
    reach: I64Array  # of each table
    offsets: I64Array  # of each table, and the end


@functools.cache
def layout() -> _Layout:
    """The layout, which is the same for all."""
    first_table: list[int] = []
    fraction_shift: list[int] = []
    reach: list[int] = []
    offsets = [0]
    for index in range(NUM_SCALES):
        octaves = FIRST_LOG2_SCALE + index / SCALES_PER_OCTAVE
        shift = 0 if octaves < 0.5 else 2 if octaves < 2.5 else 3
        first_table.append(len(reach))
        fraction_shift.append(shift)
        own_reach = min(4 + (_scale_in_256ths(index) * 9 >> 8), 255)
        for _ in range(1 << (MEAN_BITS - shift)):
            reach.append(own_reach)
            offsets.append(offsets[-1] + 2 * own_reach + 1)
    return _Layout(*(np.array(values, np.int64) for values in (first_table, fraction_shift, reach, offsets)))


def table_numbers(scales: I32Array, means: I32Array) -> I64Array:
    """Which table a sample takes.

    Args:
        scales: 0 to ``NUM_SCALES - 1``.
        means: in eighths.
    """
    places = layout()
    fraction = (means & ((1 << MEAN_BITS) - 1)) >> places.fraction_shift[scales]
    numbers: I64Array = places.first_table[scales] + fraction
    return numbers


class AdaptiveTables:
    """All tables of one kind of samples."""

    def __init__(self) -> None:
        self._seen = np.zeros(int(layout().offsets[-1]), np.int64)
        self.frequencies = _normalized(_prior())

    def add(self, tables: I64Array, symbols: I64Array) -> None:
        """Count symbols, 0 to twice the reach, each of its table. Frequencies change at :meth:`learn`."""
        self._seen += np.bincount(layout().offsets[tables] + symbols, minlength=self._seen.size)

    def learn(self) -> None:
        """Take what was seen into the frequencies; what was seen long ago counts less and less."""
        starts = layout().offsets[:-1]
        totals = np.add.reduceat(self._seen, starts)
        # What a total has in bits above those of _MOST_SEEN; frexp is exact for such numbers.
        excess = np.maximum(np.frexp(totals.astype(np.float64))[1].astype(np.int64) - _MOST_SEEN_BITS, 0)
        self._seen >>= np.repeat(excess, np.diff(layout().offsets))
        self.frequencies = _normalized(_prior() + (self._seen << (_PRIOR_BITS - _PRIOR_STRENGTH_BITS)))


_PRIOR_STRENGTH_BITS = 6
"""A table believes its start as much as 64 samples."""


def _normalized(weights: I64Array) -> I64Array:
    """Frequencies of all tables: each symbol 1 or more, each table's sum ``TOTAL``."""
    places = layout()
    starts, sizes = places.offsets[:-1], np.diff(places.offsets)
    totals = np.add.reduceat(weights, starts)
    ends = np.cumsum(weights)
    ends -= np.repeat(ends[starts] - weights[starts], sizes)  # of each table's symbols so far
    # Sums stay below 2**43, and what they are multiplied with below 2**17.
    marks = ends * np.repeat(TOTAL - sizes, sizes) // np.repeat(totals, sizes)
    shares = np.diff(marks, prepend=0) + 1
    shares[starts] = marks[starts] + 1
    frequencies: I64Array = shares
    return frequencies


@functools.cache
def _prior() -> I64Array:
    """Mass of each symbol of each table, in parts of about ``2**_PRIOR_BITS``."""
    places = layout()
    flat = np.zeros(int(places.offsets[-1]), np.int64)
    for index in range(NUM_SCALES):
        scale = _scale_in_256ths(index)
        shift = int(places.fraction_shift[index])
        for part in range(1 << (MEAN_BITS - shift)):
            table = int(places.first_table[index]) + part
            reach = int(places.reach[table])
            # The middle of the fractions that share the table, in sixteenths.
            mean = 2 * (part << shift) + (1 << shift) - 1
            edges = 16 * np.arange(-reach, reach + 2, dtype=np.int64) - 8 - mean
            narrow, wide = _curve_at(edges, scale), _curve_at(edges, TAIL_WIDTH * scale)
            cumulated = (narrow * (100 - TAIL_HUNDREDTHS) + wide * TAIL_HUNDREDTHS) // 100
            cumulated[0], cumulated[-1] = 0, 1 << _CURVE_BITS
            start = int(places.offsets[table])
            flat[start : start + 2 * reach + 1] = np.diff(cumulated) >> (_CURVE_BITS - _PRIOR_BITS)
    return flat


def _curve_at(sixteenths: I64Array, scale_in_256ths: int) -> I64Array:
    """The logistic distribution's cumulated mass up to here, in parts of ``2**_CURVE_BITS``."""
    steps = sixteenths * (16 * _STEPS_PER_SCALE) // scale_in_256ths
    end = _CURVE_END * _STEPS_PER_SCALE
    half = _half_curve()[np.minimum(np.abs(steps), end)]
    mass: I64Array = np.where(steps < 0, (1 << _CURVE_BITS) - half, half)
    return mass


@functools.cache
def _half_curve() -> I64Array:
    """1 / (1 + exp(-x)) from 0 to ``_CURVE_END``. Decimal arithmetic is the same everywhere, that of floats is not."""
    with localcontext() as context:
        context.prec = 30
        ratio = (Decimal(-1) / _STEPS_PER_SCALE).exp()
        power, values = Decimal(1), []
        for _ in range(_CURVE_END * _STEPS_PER_SCALE + 1):
            values.append(int((1 << _CURVE_BITS) / (1 + power)))
            power *= ratio
    return np.array(values, np.int64)


@functools.cache
def _scale_in_256ths(index: int) -> int:
    """The scale with this index, in 256ths of a code value."""
    with localcontext() as context:
        context.prec = 30
        octaves = Decimal(index) / SCALES_PER_OCTAVE + Decimal(str(FIRST_LOG2_SCALE))
        return int((Decimal(2) ** octaves * 256).to_integral_value())
