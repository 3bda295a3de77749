"""Rates at equal quality: the Bjontegaard delta rate of two codecs, and the rate of one at a given quality.

The Bjontegaard delta rate (G. Bjontegaard, "Calculation of average PSNR differences between RD-curves", VCEG-M33, 2001)
is the mean difference of two curves of log rate over quality, within the range of qualities that both curves have. The
paper fits one cubic to each curve. Here the curves are piecewise cubic and monotone (PCHIP), as in the sheets of the
common test conditions of HEVC (JCTVC-L1100) and VVC (JVET-T2010). SciPy computes them: F. N. Fritsch, J. Butland, "A
Method for Constructing Local Monotone Piecewise Cubic Interpolants", SIAM Journal on Scientific and Statistical
Computing, 1984.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

MIN_POINTS = 4
"""The number of points per codec in the paper and in the common test conditions."""


@dataclass(frozen=True)
class RateCurve:
    """The measured rates and qualities of one codec.

    Attributes:
        rates: bytes, bits per second or any other unit, all above 0; two points or more, in any order.
        qualities: the quality at each rate; higher is better, such as PSNR in dB. (Negate a difference such as
            CIEDE2000.) The quality must rise strictly with the rate and be finite, so a lossless point, whose PSNR is
            infinite, cannot be on a curve.

    Raises:
        ValueError: there are too few points, the numbers of rates and qualities differ, a value is out of range, or the
            quality does not rise.
    """

    rates: Sequence[float]
    qualities: Sequence[float]

    def __post_init__(self) -> None:
        if len(self.rates) != len(self.qualities) or len(self.rates) < 2:
            raise ValueError(
                "expected as many qualities as rates, 2 or more. "
                f"Received: {len(self.rates)} rates and {len(self.qualities)} qualities"
            )
        if not all(0 < rate < math.inf for rate in self.rates):
            raise ValueError(f"expected rates above 0, all finite. Received: {_listed(self.rates)}")
        if not all(math.isfinite(quality) for quality in self.qualities):
            raise ValueError(f"expected finite qualities. Received: {_listed(self.qualities)}")
        rates, qualities = self._by_quality()
        if not all(low < high for values in (rates, qualities) for low, high in itertools.pairwise(values)):
            raise ValueError(
                "expected a quality that rises strictly with the rate. "
                f"Received: rates {_listed(rates)} at qualities {_listed(qualities)}"
            )

    @property
    def quality_range(self) -> tuple[float, float]:
        """The lowest and the highest quality that was measured."""
        return min(self.qualities), max(self.qualities)

    def log10_rate(self) -> PchipInterpolator:
        """The curve: log10 of the rate as a function of the quality, through all points."""
        rates, qualities = self._by_quality()
        return PchipInterpolator(np.array(qualities, np.float64), np.log10(np.array(rates, np.float64)))

    def _by_quality(self) -> tuple[list[float], list[float]]:
        points = sorted(zip(self.qualities, self.rates, strict=True))
        return [rate for _, rate in points], [quality for quality, _ in points]


def quality_overlap(anchor: RateCurve, test: RateCurve) -> tuple[float, float] | None:
    """The range of qualities that both curves have, or None. :func:`bd_rate` compares the curves within this range."""
    (anchor_low, anchor_high), (test_low, test_high) = anchor.quality_range, test.quality_range
    low, high = max(anchor_low, test_low), min(anchor_high, test_high)
    return (low, high) if low < high else None


def bd_rate(anchor: RateCurve, test: RateCurve, *, min_points: int = MIN_POINTS) -> float:
    """How much more rate ``test`` needs than ``anchor`` for the same quality, on average.

    Args:
        anchor: the codec to compare with.
        test: the codec in question, its rates and qualities in the anchor's units.
        min_points: points that each curve must have. Fewer than four are allowed on demand only: a curve through
            two points is a straight line.

    Returns:
        Percent, above -100; -20 means that ``test`` needs 20 % less. The figure holds only for qualities within
        :func:`quality_overlap`, so look at that range, too.

    Raises:
        ValueError: a curve has too few points, or the curves have no common range of qualities.
    """
    for curve in (anchor, test):
        if len(curve.rates) < min_points:
            raise ValueError(f"expected curves of {min_points} points or more. Received: {len(curve.rates)}")
    overlap = quality_overlap(anchor, test)
    if overlap is None:
        (low, high), (test_low, test_high) = anchor.quality_range, test.quality_range
        raise ValueError(
            "expected curves whose qualities overlap. "
            f"Received: {low:g} to {high:g} for the anchor and {test_low:g} to {test_high:g} for the test"
        )
    low, high = overlap
    areas = [float(curve.log10_rate().integrate(low, high)) for curve in (anchor, test)]
    mean_log10_ratio = (areas[1] - areas[0]) / (high - low)
    return float(100 * (10**mean_log10_ratio - 1))


def rate_at_quality(curve: RateCurve, quality: float) -> float | None:
    """The rate at which a codec reaches a quality, on the curve that :func:`bd_rate` integrates.

    Args:
        curve: the points of the codec.
        quality: the quality, in the unit of the curve's qualities.

    Returns:
        The rate, in the unit of the curve's rates; None if the quality is outside the range that was measured.
    """
    low, high = curve.quality_range
    if not low <= quality <= high:
        return None
    return float(10 ** curve.log10_rate()(quality))


def _listed(values: Sequence[float]) -> str:
    return ", ".join(f"{value:g}" for value in values)
