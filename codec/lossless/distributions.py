"""Adaptive integer probability tables for every mean and scale that the network can predict.

A table starts as a mixture of two logistic distributions, of which the second is wide and has a small weight. It then
counts the symbols that are coded with it, because pictures differ in the shape of their noise. All arithmetic is on
whole numbers, so the tables are the same on every machine.

There is a table for each scale and each fraction of the mean. The symbols of a table are the whole numbers from
``-reach`` to ``reach``, counted from the whole part of the mean. The two outermost symbols also stand for all values
beyond them.
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
"""Weight of the wide distribution in hundredths, and the ratio of its scale to that of the narrow one."""
_STEPS_PER_SCALE = 256
_CURVE_END = 24  # in scales from the mean; the mass beyond is negligible
_CURVE_BITS = 40
_PRIOR_BITS = 30
_MOST_SEEN_BITS = 14


class _Layout(NamedTuple):
    """The places of the tables in flat arrays."""

    first_table: I64Array  # (scales,): the number of the first table of each scale
    fraction_shift: I64Array  # (scales,): how many low bits of the mean's fraction a scale ignores
    reach: I64Array  # (tables,): the largest symbol of each table
    offsets: I64Array  # (tables + 1,): where the symbols of each table begin, and the total number of symbols


@functools.cache
def layout() -> _Layout:
    """The layout, which is the same for all sets of tables."""
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
    """The number of the table that each sample is coded with.

    Args:
        scales: (n,) int32, indices of scales, 0 to ``NUM_SCALES - 1``.
        means: (n,) int32, in eighths of a code value.

    Returns:
        (n,) int64.
    """
    places = layout()
    fraction = (means & ((1 << MEAN_BITS) - 1)) >> places.fraction_shift[scales]
    numbers: I64Array = places.first_table[scales] + fraction
    return numbers


class AdaptiveTables:
    """One set of tables, such as those of one chroma plane.

    Attributes:
        frequencies: int64, the frequencies of all tables, one after another as :func:`layout` says. Those of each
            table sum to ``TOTAL``.
    """

    def __init__(self) -> None:
        self._seen = np.zeros(int(layout().offsets[-1]), np.int64)
        self.frequencies = _normalized(prior())

    def add(self, tables: I64Array, symbols: I64Array) -> None:
        """Count symbols. The frequencies do not change until :meth:`learn`.

        Args:
            tables: (n,) int64, the table of each symbol.
            symbols: (n,) int64, 0 to twice the reach of the table.
        """
        self._seen += np.bincount(layout().offsets[tables] + symbols, minlength=self._seen.size)

    def learn(self) -> None:
        """Compute the frequencies anew from the counts. Large counts are halved, so old symbols lose weight."""
        starts = layout().offsets[:-1]
        totals = np.add.reduceat(self._seen, starts)
        # How many bits each total has above _MOST_SEEN_BITS; frexp is exact for such numbers.
        excess = np.maximum(np.frexp(totals.astype(np.float64))[1].astype(np.int64) - _MOST_SEEN_BITS, 0)
        self._seen >>= np.repeat(excess, np.diff(layout().offsets))
        self.frequencies = _normalized(prior() + (self._seen << (_PRIOR_BITS - _PRIOR_STRENGTH_BITS)))


_PRIOR_STRENGTH_BITS = 6
"""Log2 of the weight of a table's initial distribution, in samples: it counts as much as 64 samples."""


def _normalized(weights: I64Array) -> I64Array:
    """Turn weights into the frequencies of all tables: 1 or more for each symbol, ``TOTAL`` in sum for each table."""
    places = layout()
    starts, sizes = places.offsets[:-1], np.diff(places.offsets)
    totals = np.add.reduceat(weights, starts)
    ends = np.cumsum(weights)
    ends -= np.repeat(ends[starts] - weights[starts], sizes)  # cumulated within each table
    # The sums stay below 2**43 and their factors below 2**17, so int64 does not overflow.
    marks = ends * np.repeat(TOTAL - sizes, sizes) // np.repeat(totals, sizes)
    shares = np.diff(marks, prepend=0) + 1
    shares[starts] = marks[starts] + 1
    frequencies: I64Array = shares
    return frequencies


@functools.cache
def prior() -> I64Array:
    """The initial probability of each symbol of each table, in units of about ``2**-_PRIOR_BITS``: (symbols,) int64."""
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
    """The cumulative logistic distribution at distances from the mean, in units of ``2**-_CURVE_BITS``.

    Args:
        sixteenths: distances from the mean, in sixteenths of a code value.
        scale_in_256ths: the scale of the distribution, in 256ths of a code value.
    """
    steps = sixteenths * (16 * _STEPS_PER_SCALE) // scale_in_256ths
    end = _CURVE_END * _STEPS_PER_SCALE
    half = _half_curve()[np.minimum(np.abs(steps), end)]
    mass: I64Array = np.where(steps < 0, (1 << _CURVE_BITS) - half, half)
    return mass


@functools.cache
def _half_curve() -> I64Array:
    """1 / (1 + exp(-x)) for x from 0 to ``_CURVE_END``, computed in decimals.

    Decimal arithmetic gives the same result on every machine, which ``exp`` in floating point does not.
    """
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
