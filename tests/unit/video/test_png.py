from __future__ import annotations

import cv2
import numpy as np
import pytest

from codec.video.png import png_bytes


@pytest.mark.parametrize("shape", [(1, 1), (1, 1, 3), (37, 53), (37, 53, 3), (2, 301, 3)])
def test_every_sample_comes_back(shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(len(shape)).integers(0, 256, shape, np.uint8)
    data = np.frombuffer(png_bytes(pixels), np.uint8)
    read = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(read[..., ::-1] if read.ndim == 3 else read, pixels)


def test_a_view_with_reversed_channels() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (5, 4, 3), np.uint8)
    assert png_bytes(pixels[..., ::-1]) == png_bytes(pixels[..., ::-1].copy())
