import math

import numpy as np
import pytest

from codec.metrics import colorfulness_m3


def test_gray_is_not_colorful():
    gray = np.repeat(np.random.default_rng(0).integers(0, 256, (8, 9, 1), np.uint8), 3, axis=-1)
    assert colorfulness_m3(gray) == 0


def test_one_flat_color_by_hand():
    # Red: rg = 255 and yb = 127.5 everywhere; no deviation.
    red = np.zeros((4, 4, 3), np.uint8)
    red[..., 0] = 255
    assert colorfulness_m3(red) == pytest.approx(0.3 * np.sqrt(255**2 + 127.5**2), rel=1e-6)


def test_half_red_half_blue_by_hand():
    # rg is 255 and 0: mean and deviation 127.5. yb is 127.5 and -255: mean -63.75, deviation 191.25.
    picture = np.zeros((2, 6, 3), np.uint8)
    picture[:, :3, 0] = 255
    picture[:, 3:, 2] = 255
    expected = np.hypot(127.5, 191.25) + 0.3 * np.hypot(127.5, 63.75)
    assert colorfulness_m3(picture) == pytest.approx(expected, rel=1e-6)


def test_formula_on_noise():
    rgb = np.random.default_rng(1).integers(0, 256, (21, 13, 3), np.uint8)
    red, green, blue = np.moveaxis(rgb.astype(np.float64), -1, 0)
    rg, yb = red - green, (red + green) / 2 - blue
    expected = np.sqrt(rg.var() + yb.var()) + 0.3 * np.sqrt(rg.mean() ** 2 + yb.mean() ** 2)
    assert colorfulness_m3(rgb) == pytest.approx(expected, rel=1e-5)


def _written_out(rgb):
    """Section 7 of the paper."""
    red, green, blue = (rgb[..., i].astype(np.float64).ravel() for i in range(3))
    rg, yb = red - green, 0.5 * (red + green) - blue
    deviation = np.sqrt(np.mean((rg - rg.mean()) ** 2) + np.mean((yb - yb.mean()) ** 2))
    return deviation + 0.3 * np.sqrt(rg.mean() ** 2 + yb.mean() ** 2)


def test_formula_on_natural_pictures(natural_rgb):
    for rgb in natural_rgb:
        assert colorfulness_m3(rgb) == pytest.approx(_written_out(rgb), rel=1e-6)


def test_formula_on_a_large_picture_with_a_large_mean():
    # Single precision sums would lose the deviation: yb is -255 almost everywhere.
    rgb = np.zeros((1080, 1920, 3), np.uint8)
    rgb[..., 2] = 255
    rgb[::100, ::100, 2] = 254
    assert colorfulness_m3(rgb) == pytest.approx(_written_out(rgb), rel=1e-6)


@pytest.mark.parametrize(
    ("colors", "expected"),
    [
        # One color, by hand: 0.3 times the length of (rg, yb).
        ([(0, 0, 255)], 0.3 * 255),
        ([(255, 255, 0)], 0.3 * 255),
        ([(0, 255, 0)], 0.3 * math.hypot(255, 127.5)),
        # Opposite colors in equal parts: the mean cancels, the deviation is the length.
        ([(0, 0, 255), (255, 255, 0)], 255),
        ([(255, 0, 0), (0, 255, 255)], math.hypot(255, 127.5)),
        # The eight corners of the cube: var(rg) = 255^2 / 2, var(yb) = 255^2 * 3 / 8, no mean.
        ([(r, g, b) for r in (0, 255) for g in (0, 255) for b in (0, 255)], 255 * math.sqrt(7 / 8)),
    ],
)
def test_mixtures_by_hand(colors, expected):
    picture = np.repeat(np.array([colors], np.uint8), 5, axis=0)
    assert colorfulness_m3(picture) == pytest.approx(expected, rel=1e-6)


def test_order_of_saturations(natural_rgb):
    original = natural_rgb[0].astype(np.float64)
    gray = original.mean(axis=-1, keepdims=True)
    values = [colorfulness_m3((gray + s * (original - gray)).astype(np.uint8)) for s in (0, 0.25, 0.5, 0.75, 1)]
    assert values[0] == 0
    assert values == sorted(set(values))
