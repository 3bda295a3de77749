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
