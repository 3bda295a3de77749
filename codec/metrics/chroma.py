"""The chroma that the metrics compare: what a picture's color is in 8-bit code values, whatever its color model."""

from __future__ import annotations

import cv2
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
    """The chroma samples of a picture, of which only differences mean anything.

    Args:
        conversion: what the planes of the picture mean.
        picture: the picture.

    Returns:
        YUV: the U and the V plane as they are, (rows, columns) uint8 each. RGB: one (height, width, 2) float32 array,
        Cb and Cr of BT.601, full range, without their offset, in [-127.5, 127.5], computed from the R'G'B' that the
        picture stands for. Gray: nothing.
    """
    if conversion.pixel_format.model is ColorModel.GRAY:
        return ()
    if conversion.pixel_format.model is ColorModel.RGB:
        return (cv2.transform(conversion.rgb(picture).astype(np.float32), _RGB_TO_CB_CR),)  # (height, width, 2)
    return picture.chroma_planes()
