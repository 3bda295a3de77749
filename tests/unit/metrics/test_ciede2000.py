import math

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from codec.metrics import ColorDifference, ciede2000_map
from codec.metrics.ciede2000 import grid_stride
from codec.metrics.ciede2000_formula import lab_difference, lab_of_rgb

# G. Sharma, W. Wu, E. N. Dalal, "The CIEDE2000 Color-Difference Formula: Implementation Notes, Supplementary Test
# Data, and Mathematical Observations", Color Research and Application, 2005, table 1.
SHARMA = [
    (50, 2.6772, -79.7751, 50, 0, -82.7485, 2.0425),
    (50, 3.1571, -77.2803, 50, 0, -82.7485, 2.8615),
    (50, 2.8361, -74.0200, 50, 0, -82.7485, 3.4412),
    (50, -1.3802, -84.2814, 50, 0, -82.7485, 1.0000),
    (50, -1.1848, -84.8006, 50, 0, -82.7485, 1.0000),
    (50, -0.9009, -85.5211, 50, 0, -82.7485, 1.0000),
    (50, 0, 0, 50, -1, 2, 2.3669),
    (50, -1, 2, 50, 0, 0, 2.3669),
    (50, 2.49, -0.001, 50, -2.49, 0.0009, 7.1792),
    (50, 2.49, -0.001, 50, -2.49, 0.0010, 7.1792),
    (50, 2.49, -0.001, 50, -2.49, 0.0011, 7.2195),
    (50, 2.49, -0.001, 50, -2.49, 0.0012, 7.2195),
    (50, -0.001, 2.49, 50, 0.0009, -2.49, 4.8045),
    (50, -0.001, 2.49, 50, 0.0010, -2.49, 4.8045),
    (50, -0.001, 2.49, 50, 0.0011, -2.49, 4.7461),
    (50, 2.5, 0, 50, 0, -2.5, 4.3065),
    (50, 2.5, 0, 73, 25, -18, 27.1492),
    (50, 2.5, 0, 61, -5, 29, 22.8977),
    (50, 2.5, 0, 56, -27, -3, 31.9030),
    (50, 2.5, 0, 58, 24, 15, 19.4535),
    (50, 2.5, 0, 50, 3.1736, 0.5854, 1.0000),
    (50, 2.5, 0, 50, 3.2972, 0, 1.0000),
    (50, 2.5, 0, 50, 1.8634, 0.5757, 1.0000),
    (50, 2.5, 0, 50, 3.2592, 0.3350, 1.0000),
    (60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644),
    (63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630),
    (61.2901, 3.7196, -5.3901, 61.4292, 2.2480, -4.9620, 1.8731),
    (35.0831, -44.1164, 3.7933, 35.0232, -40.0716, 1.5901, 1.8645),
    (22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373),
    (36.4612, 47.8580, 18.3852, 36.2715, 50.5065, 21.2231, 1.4146),
    (90.8027, -2.0831, 1.4410, 91.1528, -1.6435, 0.0447, 1.4441),
    (90.9257, -0.5406, -0.9208, 88.6381, -0.8985, -0.7239, 1.5381),
    (6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377),
    (2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082),
]
# Of ciede2000_map, which computes in single precision.
FLOAT32_TOLERANCE = 5e-4


@pytest.mark.parametrize("row", SHARMA)
def test_published_pairs(row):
    first, second = np.array(row[:3]), np.array(row[3:6])
    assert float(lab_difference(first, second)) == pytest.approx(row[6], abs=5e-5)
    assert float(lab_difference(second, first)) == pytest.approx(row[6], abs=5e-5)


def _degrees(b, a):
    return math.degrees(math.atan2(b, a)) % 360


def _written_out(first, second):
    """The paper's equations 2 to 22 in plain Python, of one pair of L*, a*, b*."""
    (l1, a1, b1), (l2, a2, b2) = (tuple(map(float, color)) for color in (first, second))
    mean_chroma = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 0.5 * (1 - math.sqrt(mean_chroma**7 / (mean_chroma**7 + 25**7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = _degrees(b1, a1), _degrees(b2, a2)
    turn, mean_h = 0.0, h1 + h2  # if one of the two is gray
    if c1 * c2 != 0:
        turn = (h2 - h1 + 180) % 360 - 180
        mean_h = (h1 + h2) / 2
        if abs(h1 - h2) > 180:
            mean_h += 180 if h1 + h2 < 360 else -180
    delta_l, delta_c = l2 - l1, c2 - c1
    delta_h = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2))
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    t = 1 - 0.17 * math.cos(math.radians(mean_h - 30)) + 0.24 * math.cos(math.radians(2 * mean_h))
    t += 0.32 * math.cos(math.radians(3 * mean_h + 6)) - 0.20 * math.cos(math.radians(4 * mean_h - 63))
    s_l = 1 + 0.015 * (mean_l - 50) ** 2 / math.sqrt(20 + (mean_l - 50) ** 2)
    s_c, s_h = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t
    rotation = -math.sin(math.radians(60 * math.exp(-(((mean_h - 275) / 25) ** 2))))
    rotation *= 2 * math.sqrt(mean_c**7 / (mean_c**7 + 25**7))
    parts = delta_l / s_l, delta_c / s_c, delta_h / s_h
    return math.sqrt(sum(part**2 for part in parts) + rotation * parts[1] * parts[2])


@pytest.mark.parametrize("row", SHARMA)
def test_published_pairs_check_the_formulas_written_out_too(row):
    assert _written_out(row[:3], row[3:6]) == pytest.approx(row[6], abs=5e-5)


def test_formulas_written_out_on_random_colors():
    rng = np.random.default_rng(5)
    low, high = np.array([[0, -128, -128], [100, 127, 127]])
    first = rng.uniform(low, high, (2000, 3))
    # Half are close to each other, as in a decoded video; half are anywhere.
    second = rng.uniform(low, high, (2000, 3))
    second[:1000] = first[:1000] + rng.normal(0, 2, (1000, 3))
    expected = [_written_out(*pair) for pair in zip(first, second, strict=True)]
    np.testing.assert_allclose(lab_difference(first, second), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("sigma", [0.7, 3, 20])
def test_pictures_agree_with_scikit_image_in_double_precision(natural_rgb, sigma):
    rng = np.random.default_rng(6)
    for original in natural_rgb[:2]:
        decoded = np.clip(np.rint(original + rng.normal(0, sigma, original.shape)), 0, 255).astype(np.uint8)
        direct = deltaE_ciede2000(rgb2lab(original), rgb2lab(decoded))
        ours = ciede2000_map(original, decoded)
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, direct, atol=FLOAT32_TOLERANCE)
        meter = ColorDifference(stride=1)
        meter.add(original, decoded)
        assert meter.mean == pytest.approx(direct.mean(), rel=1e-5)
        assert meter.percentile(95) == pytest.approx(np.percentile(direct, 95), abs=0.0051)


@pytest.mark.parametrize("sigma", [0, 1, 20, 300])
def test_every_bit_is_that_of_scikit_image(natural_rgb, sigma):
    """The encoder's choices depend on the result: streams must not change."""
    rng = np.random.default_rng(7)
    first = natural_rgb[0].copy()
    first[:4] = first[:4, :, :1]  # gray
    second = np.clip(np.rint(first + rng.normal(0, sigma, first.shape)), 0, 255).astype(np.uint8)
    labs = [rgb2lab(rgb.astype(np.float32) / np.float32(255)) for rgb in (first, second)]
    np.testing.assert_array_equal(lab_of_rgb(first), labs[0])
    np.testing.assert_array_equal(ciede2000_map(first, second), deltaE_ciede2000(*labs))
    doubles = [lab.astype(np.float64) for lab in labs]
    np.testing.assert_array_equal(lab_difference(*doubles), deltaE_ciede2000(*doubles))


def test_grows_with_the_damage(natural_rgb):
    original = natural_rgb[0].astype(np.float64)
    gray = original.mean(axis=-1, keepdims=True)
    means = []
    for saturation in (1, 0.9, 0.7, 0.4, 0):
        meter = ColorDifference()
        meter.add(natural_rgb[0], np.rint(gray + saturation * (original - gray)).astype(np.uint8))
        means.append(meter.mean)
    assert means[0] == 0
    assert means == sorted(set(means))


def _lab(rgb_u8):
    """CIE 15 and IEC 61966-2-1, written out."""
    encoded = rgb_u8.astype(np.float64) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    relative = linear @ matrix.T / [0.95047, 1, 1.08883]
    x, y, z = np.moveaxis(np.where(relative > (6 / 29) ** 3, np.cbrt(relative), relative * 841 / 108 + 4 / 29), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def test_pictures_go_through_srgb_and_d65():
    rng = np.random.default_rng(0)
    first, second = (rng.integers(0, 256, (20, 30, 3), np.uint8) for _ in range(2))
    # The standard rounds the matrix to four digits, scikit-image has six.
    np.testing.assert_allclose(ciede2000_map(first, second), lab_difference(_lab(first), _lab(second)), atol=0.03)


def test_black_against_white_and_equal_pictures():
    black, white = np.zeros((3, 4, 3), np.uint8), np.full((3, 4, 3), 255, np.uint8)
    assert ciede2000_map(black, white) == pytest.approx(100, abs=0.01)
    assert not ciede2000_map(white, white).any()


def test_mean_and_percentile_over_pictures():
    rng = np.random.default_rng(2)
    meter = ColorDifference(stride=1)
    differences = []
    for _ in range(3):
        first = rng.integers(0, 256, (15, 20, 3), np.uint8)
        second = np.clip(first + rng.integers(-8, 9, first.shape), 0, 255).astype(np.uint8)
        meter.add(first, second)
        differences.append(ciede2000_map(first, second))
    everything = np.sort(np.concatenate(differences, axis=None))
    assert meter.num_pixels == 900
    assert meter.mean == pytest.approx(everything.mean(dtype=np.float64), rel=1e-6)
    assert meter.percentile(95) == pytest.approx(everything[855 - 1], abs=0.0051)
    assert meter.percentile(100) == pytest.approx(everything[-1], abs=0.0051)


def test_equal_pictures_have_exactly_zero():
    picture = np.random.default_rng(4).integers(0, 256, (9, 9, 3), np.uint8)
    meter = ColorDifference()
    meter.add(picture, picture)
    assert (meter.mean, meter.percentile(95)) == (0, 0)


def test_larger_differences_than_the_histogram_count_as_its_end():
    # The largest differences within sRGB are a little over 100.
    blue, yellow = (np.full((2, 2, 3), color, np.uint8) for color in ((0, 0, 255), (255, 255, 0)))
    meter = ColorDifference()
    meter.add(blue, yellow)
    assert meter.mean > 100
    assert meter.percentile(95) == 100


def test_stride_compares_a_grid():
    first = np.zeros((7, 10, 3), np.uint8)
    second = first.copy()
    second[1::2] = 255  # odd rows are not on the grid
    meter = ColorDifference(stride=2)
    meter.add(first, second)
    assert meter.num_pixels == 4 * 5
    assert meter.mean == 0


def test_default_stride_bounds_the_work_and_is_odd():
    assert grid_stride(256, 256) == 1
    assert grid_stride(720, 1280) == 5
    for height, width in [(1, 1), (257, 257), (1080, 1920), (4320, 7680)]:
        stride = grid_stride(height, width)
        assert stride % 2 == 1
        assert height * width / stride**2 <= 65_536


def test_bad_arguments():
    with pytest.raises(ValueError, match="one shape"):
        ColorDifference().add(np.zeros((2, 2, 3), np.uint8), np.zeros((2, 3, 3), np.uint8))
    with pytest.raises(ValueError, match="stride of at least 1"):
        ColorDifference(stride=0)
    with pytest.raises(ValueError, match="none"):
        _ = ColorDifference().mean
