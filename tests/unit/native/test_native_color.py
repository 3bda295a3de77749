"""R'G'B' from the library equals the reference, whatever the size, the format and the matrix."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from codec.native.color import rgb_of_yuv
from codec.video.color import CONVERSION_MATRICES, ColorConversion
from codec.video.pixel_formats import PIXEL_FORMATS, PixelFormat
from tests.unit.native.random_cases import YUV_FORMATS, convert_alike


@pytest.mark.parametrize("pixel_format", YUV_FORMATS, ids=lambda own: own.name)
def test_every_width_and_height(library: ctypes.CDLL, pixel_format: PixelFormat) -> None:
    conversion, random = ColorConversion(pixel_format, 1, full_range=False), np.random.default_rng(0)
    for side in range(1, 71):
        convert_alike(library, random, conversion, (side, 1 + 37 * side % 70))
        convert_alike(library, random, conversion, (1 + 3 * side % 5, side))


@pytest.mark.parametrize("full_range", [False, True])
@pytest.mark.parametrize("matrix", CONVERSION_MATRICES)
def test_every_matrix_and_range(library: ctypes.CDLL, matrix: int, full_range: bool) -> None:
    random = np.random.default_rng(matrix)
    for name in ("yuv420p", "yuv422p", "yuv444p"):
        convert_alike(library, random, ColorConversion(PIXEL_FORMATS[name], matrix, full_range), (90, 531))


def test_chroma_of_another_size_is_refused(library: ctypes.CDLL) -> None:
    conversion = ColorConversion(PIXEL_FORMATS["yuv420p"], 1, full_range=False).as_native()
    luma, chroma = np.zeros((4, 4), np.uint8), np.zeros((2, 3), np.uint8)
    with pytest.raises(ValueError, match=r"expected chroma for each 2x2 of 4x4 samples\. Received: 2x3"):
        rgb_of_yuv(library, conversion, luma, chroma, chroma)
