import numpy as np
import pytest
from skimage import color

from codec.networks.lab import ab_of_rgb, lightness_of_luma, rgb_of_lab, rgb_of_luma_and_ab
from codec.video.color import ColorConversion
from codec.video.picture import rgb_to_ycocg_r
from codec.video.pixel_formats import PIXEL_FORMATS

RGB = ColorConversion(PIXEL_FORMATS["rgb24"], 6, True)
LIMITED = ColorConversion(PIXEL_FORMATS["yuv444p"], 1, False)
FULL = ColorConversion(PIXEL_FORMATS["yuv444p"], 6, True)


@pytest.fixture
def rgb_u8() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (40, 50, 3), dtype=np.uint8)


def test_ab_as_scikit_image(rgb_u8: np.ndarray) -> None:
    expected = color.rgb2lab(rgb_u8)[..., 1:]
    received = ab_of_rgb(rgb_u8)
    assert received.dtype == np.float32
    assert np.abs(received - expected).max() < 0.01  # white points differ in the fifth digit
    grays = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    assert np.abs(ab_of_rgb(grays)).max() < 0.001


def test_rgb_as_scikit_image(rgb_u8: np.ndarray) -> None:
    lab = color.rgb2lab(rgb_u8).astype(np.float32)
    assert np.abs(rgb_of_lab(lab[..., 0], lab[..., 1:]) - rgb_u8 / 255).max() < 0.001


def test_lightness_of_a_neutral_gray() -> None:
    codes = np.arange(256, dtype=np.uint8)
    expected = color.rgb2lab(np.repeat(codes[:, None], 3, axis=1))[:, 0]
    assert np.abs(lightness_of_luma(RGB, codes) - expected).max() < 0.001
    assert np.abs(lightness_of_luma(FULL, codes) - expected).max() < 0.001
    limited = lightness_of_luma(LIMITED, np.array([[0, 16, 126, 235, 255]], np.uint8))
    assert limited.shape == (1, 5)
    assert limited[0, [0, 1, 3, 4]] == pytest.approx([0, 0, 100, 100], abs=1e-3)
    assert 50 < limited[0, 2] < 57


def test_luma_weights() -> None:
    assert LIMITED.luma_weights() == pytest.approx([0.2126, 0.7152, 0.0722])
    assert FULL.luma_weights() == pytest.approx([0.299, 0.587, 0.114])
    assert RGB.luma_weights() == pytest.approx([0.25, 0.5, 0.25])


@pytest.mark.parametrize("conversion", [RGB, FULL])
def test_true_ab_give_nearly_the_true_color(conversion: ColorConversion) -> None:
    ramp = np.linspace(60, 200, 48)
    rgb_u8 = np.stack(np.broadcast_arrays(ramp[:, None], ramp[None, ::-1], 130.0), axis=-1).round().astype(np.uint8)
    if conversion is RGB:
        luma = rgb_to_ycocg_r(rgb_u8).luma
    else:
        luma = np.rint(rgb_u8 @ conversion.luma_weights()).astype(np.uint8)
    neutral = rgb_of_lab(lightness_of_luma(conversion, luma), ab_of_rgb(rgb_u8))
    corrected = rgb_of_luma_and_ab(conversion, luma, ab_of_rgb(rgb_u8))
    assert np.abs(corrected * 255 - rgb_u8).mean() < 2
    assert np.abs(neutral * 255 - rgb_u8).mean() > 4
