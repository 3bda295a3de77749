"""Pixel formats that tests go through: all would take long where pictures are made of each."""

from __future__ import annotations

import numpy as np

from codec.video.picture import Picture
from codec.video.pixel_formats import PIXEL_FORMATS, PixelFormat

EIGHT_BITS = {
    name: PIXEL_FORMATS[name]
    for name in (*("rgb24", "bgr24", "gray", "yuv420p", "yuv422p", "yuv444p", "yuv440p", "yuv411p", "yuv410p", "nv12"),)
}
"""One of each chroma shape and layout, of 8 bits without alpha."""

DEEP = {
    name: PIXEL_FORMATS[name]
    for name in (
        *("gray9le", "gray10be", "gray16le", "yuv420p10le", "yuv422p12be", "yuv444p14le", "yuv440p10le"),
        *("gbrp10le", "gbrp12be", "gbrp16le", "rgb48le", "bgr48be", "p010le", "p216be", "y210le"),
    )
}
"""Some of 9 to 16 bits, without alpha."""

WITH_ALPHA = {
    name: PIXEL_FORMATS[name]
    for name in (
        *("rgba", "abgr", "gbrap", "ya8", "yuva420p", "yuva444p"),
        *("ya16le", "rgba64be", "gbrap12le", "yuva422p10le", "yuva444p16be"),
    )
}
"""Some with alpha."""

REPRESENTATIVE = {**EIGHT_BITS, **DEEP, **WITH_ALPHA}


def noise_bytes(own: PixelFormat, width: int, height: int, random: np.random.Generator) -> bytes:
    """The raw bytes of a frame of noise over the whole range of its samples, as gvc writes them again."""
    planes = [
        (random.integers(0, own.peak + 1, shape) << own.padding).astype(own.raw_dtype)
        for shape in own.raw_shapes(width, height)
    ]
    # A filler is not kept, nor the second pixel of a pair that lies beyond the picture.
    return own.pack(own.picture_of(planes, width, height))


def noise_picture(own: PixelFormat, width: int, height: int, random: np.random.Generator) -> Picture:
    """The picture of :func:`noise_bytes`."""
    return own.unpack(noise_bytes(own, width, height, random), width, height)
