"""Axes of a plot: which numbers they span, where the ticks stand, and where a value falls."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.number_text import tick as tick_text

PADDING = 0.05
MANTISSAS = ((1,), (1, 2, 5), tuple(range(1, 10)))
FEWEST_TICKS, MOST_TICKS = 4, 9


@dataclass(frozen=True)
class Axis:
    """A span of values laid over a stretch of the picture.

    Attributes:
        low, high: the values at both ends; ``low < high``, and above 0 where the axis is logarithmic.
        start, end: where they stand in the picture; ``start`` may be the larger one, as upward.
        is_log: equal ratios take equal lengths.
    """

    low: float
    high: float
    start: float
    end: float
    is_log: bool = False

    def __call__(self, value: float) -> float:
        """Where a value stands."""
        return self.start + (self.end - self.start) * self._share(value)

    @property
    def ticks(self) -> tuple[float, ...]:
        """Round values inside the axis, ascending."""
        return log_ticks(self.low, self.high) if self.is_log else nice_ticks(self.low, self.high)

    def labels(self, character_width: float, gap: float) -> list[tuple[float, str]]:
        """Position and text of the ticks along a horizontal axis; a text that would touch the one before is empty."""
        placed, free_from = [], -math.inf
        for value in self.ticks:
            place, text = self(value), tick_text(value)
            half = len(text) * character_width / 2
            if place - half < free_from:
                text = ""
            else:
                free_from = place + half + gap
            placed.append((place, text))
        return placed

    def _share(self, value: float) -> float:
        if self.is_log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def axis_over(values: Sequence[float], start: float, end: float, *, is_log: bool = False) -> Axis:
    """An axis that holds all the values, with some room at both ends.

    Raises:
        ValueError: a value is infinite or NaN, or not above 0 on a logarithmic axis.
    """
    for value in values:
        if not math.isfinite(value) or (is_log and value <= 0):
            kind = "positive numbers on a logarithmic axis" if is_log else "finite numbers on an axis"
            raise ValueError(f"expected {kind}. Received: {value}")
    low, high = min(values), max(values)
    if is_log:
        factor = (high / low) ** PADDING if high > low else 2.0
        return Axis(low / factor, high * factor, start, end, is_log=True)
    room = (high - low) * PADDING or abs(high) * PADDING or 1.0
    return Axis(low - room, high + room, start, end)


def nice_ticks(low: float, high: float) -> tuple[float, ...]:
    """Four to eight multiples of 1, 2 or 5 times a power of ten."""
    raw = (high - low) / 7.5
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw)
    return tuple(index * step for index in range(math.ceil(low / step), math.floor(high / step) + 1))


def log_ticks(low: float, high: float) -> tuple[float, ...]:
    """Powers of ten, with as many values between as it takes; a narrow span is divided like a linear one."""
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for mantissas in MANTISSAS:
        ticks = [m * 10.0**exponent for exponent in exponents for m in mantissas if low <= m * 10.0**exponent <= high]
        if len(ticks) > MOST_TICKS:
            return tuple(ticks[:: math.ceil(len(ticks) / MOST_TICKS)])
        if len(ticks) >= FEWEST_TICKS:
            return tuple(ticks)
    return nice_ticks(low, high)
