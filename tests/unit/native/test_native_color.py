"""R'G'B' from the library equals the reference, whatever the size, the format and the matrix."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from codec.native.color import rgb_of_yuv
from codec.video.color import CONVERSION_MATRICES, ColorConversion
from codec.video.picture import Picture
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel

FORMATS = [name for name, own in PIXEL_FORMATS.items() if own.model is ColorModel.YUV]


def _check(library: ctypes.CDLL, conversion: ColorConversion, shape: tuple[int, int], seed: int) -> None:
    random = np.random.default_rng(seed)
    luma = random.integers(0, 256, shape).astype(np.uint8)
    chroma_shape = conversion.pixel_format.chroma_shape(shape[1], shape[0])
    first, second = random.integers(0, 256, (2, *chroma_shape)).astype(np.uint8)
    expected = conversion.rgb_by_numpy(Picture(luma, (first, second)))
    found = rgb_of_yuv(library, conversion.as_native(), luma, first, second)
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("name", FORMATS)
def test_every_width_and_height(library: ctypes.CDLL, name: str) -> None:
    conversion = ColorConversion(PIXEL_FORMATS[name], 1, full_range=False)
    for side in range(1, 71):
        _check(library, conversion, (side, 1 + 37 * side % 70), side)
        _check(library, conversion, (1 + 3 * side % 5, side), side)


@pytest.mark.parametrize("full_range", [False, True])
@pytest.mark.parametrize("matrix", CONVERSION_MATRICES)
def test_every_matrix_and_range(library: ctypes.CDLL, matrix: int, full_range: bool) -> None:
    for name in ("yuv420p", "yuv422p", "yuv444p"):
        _check(library, ColorConversion(PIXEL_FORMATS[name], matrix, full_range), (90, 531), matrix)


def test_chroma_of_another_size_is_refused(library: ctypes.CDLL) -> None:
    conversion = ColorConversion(PIXEL_FORMATS["yuv420p"], 1, full_range=False).as_native()
    luma, chroma = np.zeros((4, 4), np.uint8), np.zeros((2, 3), np.uint8)
    with pytest.raises(ValueError, match=r"expected chroma for each 2x2 of 4x4 samples\. Received: 2x3"):
        rgb_of_yuv(library, conversion, luma, chroma, chroma)
