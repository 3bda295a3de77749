import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.networks.yuv import rgb_of_luma_and_uv, uv_of_rgb
from codec.video.color import ColorConversion
from codec.video.pixel_formats import PIXEL_FORMATS

BT601 = ColorConversion(PIXEL_FORMATS["yuv444p"], 6, True)


def test_pure_colors_are_the_corners() -> None:
    rgb = np.array([[0, 0, 255], [255, 0, 0], [255, 255, 0], [128, 128, 128]], np.uint8)
    uv = uv_of_rgb(BT601, rgb)
    assert uv.dtype == np.float32
    assert uv[0] == pytest.approx([0.5, -0.081312], abs=1e-5)
    assert uv[1] == pytest.approx([-0.168736, 0.5], abs=1e-5)
    assert uv[2] == pytest.approx([-0.5, 0.081312], abs=1e-5)
    assert uv[3] == pytest.approx([0, 0], abs=1e-6)


@pytest.mark.parametrize("name", ["rgb24", "yuv444p", "yuv420p"])
@given(color=st.tuples(*[st.integers(0, 255)] * 3))
def test_colors_there_and_back(name: str, color: tuple[int, int, int]) -> None:
    conversion = ColorConversion(PIXEL_FORMATS[name], 1, True)
    rgb = np.full((2, 2, 3), color, np.uint8)
    gray = float(conversion.luma_weights() @ (rgb[0, 0] / 255))
    luma = np.full((2, 2), round(gray * 255), np.uint8)
    back = rgb_of_luma_and_uv(conversion, luma, uv_of_rgb(conversion, rgb))
    assert back.dtype == np.float32
    assert np.abs(back - rgb / 255).max() <= 0.51 / 255 + 1e-6  # the luma's rounding


def test_luma_is_kept_and_colors_are_clipped() -> None:
    luma = np.full((3, 4), 100, np.uint8)
    rgb = rgb_of_luma_and_uv(BT601, luma, np.full((3, 4, 2), 0.1, np.float32))
    assert rgb @ BT601.luma_weights() == pytest.approx(np.full((3, 4), 100 / 255), abs=1e-6)
    assert rgb_of_luma_and_uv(BT601, luma, np.full((3, 4, 2), 0.5, np.float32)).max() == 1
