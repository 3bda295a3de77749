import numpy as np
import pytest

from codec.metrics.chroma import chroma_code_values
from codec.video.color import ColorConversion
from codec.video.picture import Picture, rgb_to_ycocg_r
from codec.video.pixel_formats import pixel_format


def _conversion(name):
    return ColorConversion(pixel_format(name), matrix=1, full_range=False)


def test_planes_of_yuv_are_taken_as_they_are():
    planes = (np.full((2, 3), 16, np.uint8), np.full((2, 3), 240, np.uint8))
    assert chroma_code_values(_conversion("yuv420p"), Picture(np.zeros((4, 6), np.uint8), planes)) == planes


@pytest.mark.parametrize(
    ("color", "cb", "cr"),
    [
        # ITU-T T.871 (JFIF), section 7, without the offset of 128.
        ((255, 0, 0), -0.168736 * 255, 0.5 * 255),
        ((0, 255, 0), -0.331264 * 255, -0.418688 * 255),
        ((0, 0, 255), 0.5 * 255, -0.081312 * 255),
        ((255, 255, 255), 0, 0),
        ((90, 90, 90), 0, 0),
    ],
)
def test_rgb_is_seen_as_cb_and_cr(color, cb, cr):
    rgb = np.full((2, 3, 3), color, np.uint8)
    (samples,) = chroma_code_values(_conversion("rgb24"), rgb_to_ycocg_r(rgb))
    assert (samples.shape, samples.dtype) == ((2, 3, 2), np.float32)
    np.testing.assert_allclose(samples, np.broadcast_to([cb, cr], samples.shape), atol=2e-4)


def test_gray_has_none():
    assert chroma_code_values(_conversion("gray"), Picture(np.zeros((4, 4), np.uint8))) == ()


def test_a_picture_that_lost_its_chroma_is_refused():
    with pytest.raises(ValueError, match="expected a picture with chroma"):
        chroma_code_values(_conversion("yuv444p"), Picture(np.zeros((4, 4), np.uint8)))
