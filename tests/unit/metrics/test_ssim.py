import cv2
import numpy as np
import pytest
from skimage.metrics import structural_similarity

from codec.metrics.ssim import mean_ssim
from tests.unit.metrics.conftest import compare_with_ffmpeg

C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
# FFmpeg's filter slides an 8x8 box in steps of 4 where the paper has a Gaussian of 11x11 at every sample. Both average
# the same formula, so they stay near each other while the picture is good; noise tells the windows apart.
GOOD = 0.93
GOOD_TOLERANCE = 0.02
BAD_TOLERANCE = 0.12


def _u8(values):
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _noise(plane, sigma):
    return _u8(plane + np.random.default_rng(0).normal(0, sigma, plane.shape))


def _blur(plane, sigma):
    return cv2.GaussianBlur(plane, (0, 0), sigma)


def _jpeg(plane, quality):
    _, data = cv2.imencode(".jpg", plane, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)


def _contrast(plane, factor):
    return _u8(128 + (plane - 128.0) * factor)


def _offset(plane, amount):
    return _u8(plane.astype(np.float64) + amount)


# Each from the smallest to the largest damage.
DEGRADATIONS = {
    _noise: (1, 3, 8, 20, 40),
    _blur: (0.5, 0.8, 1.5, 3, 6),
    _jpeg: (95, 80, 50, 20, 5),
    _contrast: (0.9, 0.8, 0.6, 0.3),
    _offset: (5, 15, 40),
}


def _ffmpeg_ssim(original, decoded):
    height, width = original.shape
    (figures,) = compare_with_ffmpeg("ssim", "gray", [(decoded.tobytes(), original.tobytes())], (width, height))
    return figures["Y"]


def _paper_ssim(original, decoded):
    """Equations 13 to 17 of Wang et al. in plain NumPy, on every window that lies within the picture."""
    offsets = np.arange(11) - 5
    window = np.exp(-(offsets[:, None] ** 2 + offsets[None] ** 2) / (2 * 1.5**2))
    window /= window.sum()

    def mean(values):
        windows = np.lib.stride_tricks.sliding_window_view(values, (11, 11))  # (height - 10, width - 10, 11, 11)
        return np.einsum("ijkl,kl->ij", windows, window)

    x, y = original.astype(np.float64), decoded.astype(np.float64)
    mean_x, mean_y = mean(x), mean(y)
    variance_x, variance_y = mean(x * x) - mean_x**2, mean(y * y) - mean_y**2
    covariance = mean(x * y) - mean_x * mean_y
    numerator = (2 * mean_x * mean_y + C1) * (2 * covariance + C2)
    return (numerator / ((mean_x**2 + mean_y**2 + C1) * (variance_x + variance_y + C2))).mean()


@pytest.mark.parametrize("degrade", DEGRADATIONS)
def test_agrees_with_the_papers_formula(natural_luma, degrade):
    original = natural_luma[0][:64, :96]
    for strength in DEGRADATIONS[degrade]:
        decoded = degrade(original, strength)
        assert mean_ssim(original, decoded) == pytest.approx(_paper_ssim(original, decoded), abs=1e-9)


@pytest.mark.parametrize("size", [(11, 11), (11, 40), (31, 12)])
def test_agrees_with_the_papers_formula_on_noise_of_small_sizes(size):
    first, second = np.random.default_rng(1).integers(0, 256, (2, *size), np.uint8)
    assert mean_ssim(first, second) == pytest.approx(_paper_ssim(first, second), abs=1e-9)


def test_settings_of_scikit_image(natural_luma):
    original, decoded = natural_luma[0], natural_luma[3]
    settings = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, "K1": 0.01, "K2": 0.03}
    direct = structural_similarity(original.astype(np.float64), decoded.astype(np.float64), data_range=255, **settings)
    assert mean_ssim(original, decoded) == pytest.approx(direct, abs=1e-12)


@pytest.mark.parametrize("degrade", DEGRADATIONS)
def test_near_ffmpegs_box_window_and_in_the_same_order(natural_luma, degrade):
    for original in (natural_luma[0], natural_luma[-1]):
        decoded = [degrade(original, strength) for strength in DEGRADATIONS[degrade]]
        ours = [mean_ssim(original, plane) for plane in decoded]
        theirs = [_ffmpeg_ssim(original, plane) for plane in decoded]
        assert ours == sorted(ours, reverse=True)
        assert theirs == sorted(theirs, reverse=True)
        for value, expected in zip(ours, theirs, strict=True):
            assert value == pytest.approx(expected, abs=GOOD_TOLERANCE if value > GOOD else BAD_TOLERANCE)


def test_ranks_the_kinds_of_damage_as_ffmpeg_does(natural_luma):
    original = natural_luma[0]
    decoded = [degrade(original, strength) for degrade, strengths in DEGRADATIONS.items() for strength in strengths]
    ours, theirs = np.array([[mean_ssim(original, d), _ffmpeg_ssim(original, d)] for d in decoded]).T
    # What FFmpeg sees clearly apart is in the same order here.
    apart = theirs[:, None] - theirs[None] > 0.1
    assert apart.sum() > 100
    assert (ours[:, None] > ours[None])[apart].all()


def test_equal_planes(natural_luma):
    assert mean_ssim(natural_luma[0], natural_luma[0]) == 1


def test_order_of_the_planes_does_not_matter(natural_luma):
    first, second = natural_luma[:2]
    assert mean_ssim(first, second) == pytest.approx(mean_ssim(second, first), abs=1e-12)


def test_a_negative_is_dissimilar():
    plane = np.random.default_rng(2).integers(0, 256, (40, 40), np.uint8)
    assert -1 <= mean_ssim(plane, 255 - plane) < -0.5


@pytest.mark.parametrize("shapes", [((20, 20), (20, 21)), ((10, 40), (10, 40))])
def test_bad_shapes_are_refused(shapes):
    with pytest.raises(ValueError, match="11 samples or more"):
        mean_ssim(*(np.zeros(shape, np.uint8) for shape in shapes))
