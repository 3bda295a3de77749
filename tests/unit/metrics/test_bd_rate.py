import itertools
import math
import warnings

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from codec.metrics.bd_rate import RateCurve, bd_rate, quality_overlap, rate_at_quality

# Two pairs of curves (kbit/s, PSNR in dB), and the delta rate that piecewise cubic interpolation gives for them:
# JCTVC-E137, as the test suite of Netflix's VMAF has them.
E137 = [
    (
        RateCurve((108048.8736, 61279.976, 33905.6656, 18883.6928), (43.6471, 40.3953, 37.247, 34.2911)),
        RateCurve((108061.2784, 61299.9936, 33928.7472, 18910.912), (43.6768, 40.4232, 37.2761, 34.3147)),
        -0.465215420752807,
    ),
    (
        RateCurve((40433.8848, 7622.7456, 2394.488, 1017.6184), (37.5761, 35.3756, 33.8977, 32.0603)),
        RateCurve((40370.12, 7587.0024, 2390.0944, 1017.0984), (37.5982, 35.4025, 33.9194, 32.0822)),
        -1.8779823450567612,
    ),
]
# x265 with two presets (kbit/s, PSNR in dB), from the README of the PyPI package bjontegaard.
X265 = (
    RateCurve((9487.76, 4593.60, 2486.44, 1358.24), (40.037, 38.615, 36.845, 34.851)),
    RateCurve((9787.80, 4469.00, 2451.52, 1356.24), (40.121, 38.651, 36.970, 34.987)),
)
# Made up, in bytes and dB: a pair that crosses, one that overlaps by half, one with unequal numbers of points.
CROSSING = (
    RateCurve((8500, 13600, 26600, 52000), (38.6, 41.0, 43.5, 45.6)),
    RateCurve((4700, 9500, 26600, 90000), (39.83, 42.07, 44.32, 45.4)),
)
HALF = (RateCurve((1000, 2000, 4000, 8000), (30, 33, 36, 39)), RateCurve((900, 2100, 4500, 9000), (34.5, 37, 41, 44)))
UNEQUAL = (
    RateCurve((100, 140, 200, 290, 410, 600), (35.1, 36.4, 37.9, 39.0, 40.2, 41.1)),
    RateCurve((90, 160, 300, 550), (35.5, 37.7, 40.0, 41.5)),
)
REALISTIC = [*[pair[:2] for pair in E137], X265, CROSSING, HALF, UNEQUAL]


@st.composite
def _curves(draw, min_size=4):
    """Rising curves around the qualities of 30 to 40, whatever their shape."""
    num_points = draw(st.integers(min_size, 8))
    quality_steps = draw(st.lists(st.floats(0.05, 5), min_size=num_points - 1, max_size=num_points - 1))
    rate_steps = draw(st.lists(st.floats(0.005, 1), min_size=num_points - 1, max_size=num_points - 1))
    qualities = draw(st.floats(30, 35)) + np.cumsum([0, *quality_steps])
    rates = 10 ** (draw(st.floats(0, 6)) + np.cumsum([0, *rate_steps]))
    return RateCurve(rates.tolist(), qualities.tolist())


def _published_package(anchor, test):
    import bjontegaard  # not at the top: it imports matplotlib, which takes a second

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return bjontegaard.bd_rate(
            anchor.rates,
            anchor.qualities,
            test.rates,
            test.qualities,
            method="pchip",
            require_matching_points=False,
            min_overlap=0,
        )


def _end_slope(width, next_width, slope, next_slope):
    """The three-point formula at an end, held back where it would overshoot (Fritsch and Carlson, 1980)."""
    derivative = ((2 * width + next_width) * slope - width * next_slope) / (width + next_width)
    return 0.0 if derivative * slope < 0 else derivative


def _written_out(curve):
    """The curve as a function, in plain Python: Fritsch and Butland's slopes, then Hermite's cubics."""
    points = sorted(zip(curve.qualities, np.log10(curve.rates), strict=True))
    x, y = [p[0] for p in points], [float(p[1]) for p in points]
    h = [b - a for a, b in itertools.pairwise(x)]
    s = [(b - a) / width for (a, b), width in zip(itertools.pairwise(y), h, strict=True)]
    inner = [
        3 * (h[i - 1] + h[i]) / ((2 * h[i] + h[i - 1]) / s[i - 1] + (h[i] + 2 * h[i - 1]) / s[i])
        for i in range(1, len(h))
    ]
    d = [_end_slope(h[0], h[1], s[0], s[1]), *inner, _end_slope(h[-1], h[-2], s[-1], s[-2])]

    def value(quality):
        i = max(j for j in range(len(h)) if x[j] <= quality)
        t = (quality - x[i]) / h[i]
        return (
            (1 + 2 * t) * (1 - t) ** 2 * y[i]
            + t * (1 - t) ** 2 * h[i] * d[i]
            + t * t * (3 - 2 * t) * y[i + 1]
            + t * t * (t - 1) * h[i] * d[i + 1]
        )

    return value, x


def _written_out_bd_rate(anchor, test):
    """Gauss-Legendre with four nodes between neighboring knots of either curve: exact for cubics."""
    (first, knots), (second, others) = _written_out(anchor), _written_out(test)
    low, high = max(knots[0], others[0]), min(knots[-1], others[-1])
    breaks = sorted({low, high, *(k for k in knots + others if low < k < high)})
    nodes, weights = np.polynomial.legendre.leggauss(4)
    total = 0.0
    for a, b in itertools.pairwise(breaks):
        for node, weight in zip(nodes, weights, strict=True):
            quality = (a + b) / 2 + (b - a) / 2 * node
            total += weight * (b - a) / 2 * (second(quality) - first(quality))
    return 100 * (10 ** (total / (high - low)) - 1)


@pytest.mark.parametrize(("anchor", "test", "percent"), E137)
def test_published_values(anchor, test, percent):
    assert bd_rate(anchor, test) == pytest.approx(percent, abs=1e-10)


@pytest.mark.parametrize(("anchor", "test"), REALISTIC)
def test_agrees_with_the_package_of_the_field(anchor, test):
    assert bd_rate(anchor, test) == pytest.approx(_published_package(anchor, test), rel=1e-10)
    assert bd_rate(test, anchor) == pytest.approx(_published_package(test, anchor), rel=1e-10)


@pytest.mark.parametrize(("anchor", "test"), REALISTIC)
def test_agrees_with_the_formulas_written_out(anchor, test):
    assert bd_rate(anchor, test) == pytest.approx(_written_out_bd_rate(anchor, test), rel=1e-8)


@settings(deadline=None)  # the first example imports matplotlib
@given(_curves(), _curves())
@example(  # less than a ten-millionth of the rate
    RateCurve((1e6, 1e7, 1e8, 1e9, 1e10), (30, 31, 32, 33, 34)),
    RateCurve((1, 1.0746, 1.0941, 10.941, 109.41), (30, 31, 32, 33, 34)),
)
def test_any_rising_curves(anchor, test):
    overlap = quality_overlap(anchor, test)
    if overlap is None:
        with pytest.raises(ValueError, match="overlap"):
            bd_rate(anchor, test)
        return
    percent = bd_rate(anchor, test)
    assert percent > -100
    # Over a sliver of quality, the difference of two nearly equal areas has few digits left.
    tolerance = 1e-10 / (overlap[1] - overlap[0])
    assert percent == pytest.approx(_published_package(anchor, test), rel=tolerance, abs=tolerance)
    assert percent == pytest.approx(_written_out_bd_rate(anchor, test), rel=tolerance, abs=tolerance)
    # The other way around it is the inverse ratio. A percentage near -100 keeps few digits of a small ratio.
    ratio, inverse = 1 + percent / 100, 1 + bd_rate(test, anchor) / 100
    lost = 4 * np.finfo(np.float64).eps * max(ratio, inverse)
    assert ratio * inverse == pytest.approx(1, rel=100 * tolerance + lost)


@given(_curves(), st.floats(0.01, 100))
def test_the_same_curve_at_another_price(curve, factor):
    dearer = RateCurve([rate * factor for rate in curve.rates], curve.qualities)
    assert bd_rate(curve, curve) == 0
    assert bd_rate(curve, dearer) == pytest.approx(100 * (factor - 1), rel=1e-9, abs=1e-9)


@given(_curves(min_size=2), st.floats(0, 1))
def test_rate_at_a_quality(curve, share):
    low, high = curve.quality_range
    quality = min(low + share * (high - low), high)
    rate = rate_at_quality(curve, quality)
    below = max(r for r, q in zip(curve.rates, curve.qualities, strict=True) if q <= quality)
    above = min(r for r, q in zip(curve.rates, curve.qualities, strict=True) if q >= quality)
    assert below * (1 - 1e-9) <= rate <= above * (1 + 1e-9)
    if len(curve.rates) > 2:
        assert math.log10(rate) == pytest.approx(_written_out(curve)[0](quality), abs=1e-9)
    for measured, at in zip(curve.rates, curve.qualities, strict=True):
        assert rate_at_quality(curve, at) == pytest.approx(measured, rel=1e-12)


def test_rate_by_hand():
    # Two points: log rate is linear, so that half the way is the geometric mean.
    assert rate_at_quality(RateCurve((100, 10_000), (40, 44)), 42) == pytest.approx(1000)
    # A straight line through four points stays one: 10 dB a decade.
    line = RateCurve((10, 100, 1000, 10_000), (30, 40, 50, 60))
    assert rate_at_quality(line, 42) == pytest.approx(10**2.2)


@pytest.mark.parametrize("quality", [39.99, 44.01, -math.inf, math.inf, math.nan])
def test_no_rate_outside_what_was_measured(quality):
    assert rate_at_quality(RateCurve((100, 10_000), (40, 44)), quality) is None


def test_order_of_points_and_unit_of_quality_do_not_matter():
    anchor, test = X265
    shuffled = RateCurve(tuple(anchor.rates[i] for i in (2, 0, 3, 1)), tuple(anchor.qualities[i] for i in (2, 0, 3, 1)))
    assert bd_rate(shuffled, test) == bd_rate(anchor, test)
    scaled = [RateCurve(curve.rates, [q / 100 - 1 for q in curve.qualities]) for curve in (anchor, test)]
    assert bd_rate(*scaled) == pytest.approx(bd_rate(anchor, test), rel=1e-9)


def test_overlap_is_reported():
    assert quality_overlap(*HALF) == (34.5, 39)
    apart, touching = (RateCurve((1, 2, 3, 4), (q, q + 1, q + 2, q + 3)) for q in (40, 39))
    for other in (apart, touching):
        assert quality_overlap(HALF[0], other) is None
        with pytest.raises(ValueError, match=r"overlap\. Received: 30 to 39 for the anchor"):
            bd_rate(HALF[0], other)


def test_few_points_only_on_demand():
    anchor, test = RateCurve((100, 200), (30, 40)), RateCurve((50, 80, 100), (30, 36, 40))
    with pytest.raises(ValueError, match=r"4 points or more\. Received: 2"):
        bd_rate(anchor, test)
    with pytest.raises(ValueError, match=r"4 points or more\. Received: 3"):
        bd_rate(RateCurve((1, 2, 3, 4), (30, 31, 32, 33)), test)
    assert bd_rate(anchor, RateCurve((50, 100), (30, 40)), min_points=2) == pytest.approx(-50)
    assert bd_rate(anchor, test, min_points=2) == pytest.approx(_published_package(anchor, test), rel=1e-10)


@pytest.mark.parametrize(
    ("rates", "qualities", "message"),
    [
        ((1, 2, 3), (30, 31), "Received: 3 rates and 2 qualities"),
        ((1,), (30,), "2 or more"),
        ((), (), "2 or more"),
        ((0, 1), (30, 31), "above 0, all finite. Received: 0, 1"),
        ((1, math.inf), (30, 31), "above 0, all finite"),
        ((1, math.nan), (30, 31), "above 0, all finite"),
        ((1, 2), (30, math.inf), "finite qualities. Received: 30, inf"),
        ((1, 2), (math.nan, 30), "finite qualities"),
        ((1, 2, 3), (30, 32, 31), "rises strictly with the rate. Received: rates 1, 3, 2 at qualities 30, 31, 32"),
        ((1, 2, 2), (30, 31, 32), "rises strictly"),
        ((1, 2, 3), (30, 31, 31), "rises strictly"),
    ],
)
def test_what_is_no_curve_is_refused(rates, qualities, message):
    with pytest.raises(ValueError, match="expected .*" + message):
        RateCurve(rates, qualities)
