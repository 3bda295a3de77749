"""The chroma that the metrics compare, in 8-bit code values for every color model and depth."""

from __future__ import annotations

import numpy as np

from codec.video.color import ColorConversion
from codec.video.picture import ChromaArray, Picture
from codec.video.pixel_formats import ColorModel

# Rows: Cb and Cr of BT.601, full range, from R, G, B in code values; the offset of 128 cancels in a difference.
_RGB_TO_CB_CR = np.array(
    [
        [-0.299 / 1.772, -0.587 / 1.772, 0.886 / 1.772],
        [0.701 / 1.402, -0.587 / 1.402, -0.114 / 1.402],
    ],
    np.float32,
)


def chroma_code_values(conversion: ColorConversion, picture: Picture) -> tuple[ChromaArray, ...]:
    """The chroma samples of a picture. Only differences of these samples are meaningful.

    Args:
        conversion: how the planes of the picture become R'G'B'.
        picture: the picture.

    Returns:
        For YUV, the unchanged U and V planes, (rows, columns) uint8 each; those of more bits times 255 / their largest
        value, as float32. For RGB, one (height, width, 2) float32
        array: Cb and Cr of BT.601, full range, without their offset, in [-127.5, 127.5], computed from the picture's
        R'G'B'. For gray, an empty tuple.
    """
    if conversion.pixel_format.model is ColorModel.GRAY:
        return ()
    unit = np.float32(255 / conversion.pixel_format.peak)
    if conversion.pixel_format.model is ColorModel.RGB:
        rgb = conversion.rgb(picture)
        colors = (rgb.reshape(-1, 3).astype(np.float32) * unit) @ _RGB_TO_CB_CR.T  # (height * width, 2)
        return (colors.reshape(*rgb.shape[:2], 2),)
    if conversion.pixel_format.depth == 8:
        return picture.chroma_planes()
    return tuple(plane * unit for plane in picture.chroma_planes())
