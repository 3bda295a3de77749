"""Pictures of noise, in any pixel format."""

from __future__ import annotations

import numpy as np

from codec.video.picture import Picture, rgb_to_ycocg_r
from codec.video.pixel_formats import ColorModel, PixelFormat


def random_picture(pixel_format: PixelFormat, height: int, width: int, *, seed: int) -> Picture:
    """A picture whose every sample is drawn by itself."""
    random = np.random.default_rng(seed)
    if pixel_format.model is ColorModel.RGB:
        return rgb_to_ycocg_r(random.integers(0, 256, (height, width, 3)).astype(np.uint8))
    luma = random.integers(0, 256, (height, width)).astype(np.uint8)
    shape = pixel_format.chroma_shape(width, height)
    first, second = random.integers(0, 256, (2, *shape)).astype(np.uint8)
    return Picture(luma, (first, second))
