"""One picture as gvc sees it: the gray plane, and beside it two chroma planes.

RGB becomes YCoCg-R on the way in and RGB again on the way out, without loss: H. S. Malvar, G. J. Sullivan,
"YCoCg-R: A Color Space with RGB Reversibility and Low Dynamic Range", JVT-I014r3, 2003. YUV stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

PlaneArray = npt.NDArray[np.uint8]  # samples of a plane, in code values
RgbArray = npt.NDArray[np.uint8]  # R, G and B of 8 bits, last
ChromaArray = npt.NDArray[Any]  # uint8 for U and V, int16 for Co and Cg


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes:
        luma: (height, width) uint8: the source's own Y, or the Y of YCoCg-R.
        chroma: two (rows, columns) planes, uint8 U and V or int16 Co and Cg; None for gray video.
    """

    luma: PlaneArray
    chroma: tuple[ChromaArray, ChromaArray] | None = None

    @classmethod
    def of_planes(cls, planes: Sequence[npt.NDArray[Any]]) -> Picture:
        """The inverse of :meth:`planes`."""
        luma, *chroma = planes
        return cls(luma, (chroma[0], chroma[1]) if chroma else None)

    def planes(self) -> tuple[npt.NDArray[Any], ...]:
        """The gray plane and, if there are any, the two chroma planes."""
        return self.luma, *(self.chroma or ())

    def chroma_planes(self) -> tuple[ChromaArray, ChromaArray]:
        """The two chroma planes of a picture that is known to have them."""
        if self.chroma is None:
            raise ValueError("expected a picture with chroma. Received: a gray picture")
        return self.chroma


@dataclass(frozen=True)
class Frame:
    """A picture and its time: ``pts`` and ``duration`` in units of the source's time base."""

    picture: Picture
    pts: int
    duration: int | None = None


def rgb_to_ycocg_r(rgb: RgbArray) -> Picture:
    """(height, width, 3) uint8 R, G, B to Y (uint8) and Co, Cg (int16 in [-255, 255]), without loss."""
    red, green, blue = (rgb[..., i].astype(np.int16) for i in range(3))
    chroma_orange = red - blue  # Co
    temporary = blue + (chroma_orange >> 1)
    chroma_green = green - temporary  # Cg
    luma = temporary + (chroma_green >> 1)
    return Picture(luma.astype(np.uint8), (chroma_orange, chroma_green))


def in_rgb_gamut(picture: Picture) -> Picture:
    """The nearest chroma, each component by itself, with which this luma is a color in [0, 255].

    The luma stays as it is, and so do chroma planes that came from RGB: R, G and B are in range exactly if G and
    t = Y - (Cg >> 1), which lie to both sides of Y, are, and then R and B, which lie to both sides of t.

    Args:
        picture: luma uint8; Co and Cg int16.
    """
    chroma_orange, chroma_green = picture.chroma_planes()
    luma = picture.luma.astype(np.int16)
    room = _difference_in_range(luma)
    chroma_green = np.clip(chroma_green, -room, room)
    room = _difference_in_range(luma - (chroma_green >> 1))
    return Picture(picture.luma, (np.clip(chroma_orange, -room, room), chroma_green))


def _difference_in_range(middle: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """Largest d, to either sign, with middle - (d >> 1) and middle - (d >> 1) + d both in [0, 255]."""
    return np.minimum(2 * middle + 1, 510 - 2 * middle)


def ycocg_r_to_rgb(picture: Picture) -> RgbArray:
    """The inverse of :func:`rgb_to_ycocg_r`: (height, width, 3) uint8.

    Exact for planes that came from RGB; any other planes are clipped to [0, 255].
    """
    chroma_orange, chroma_green = (plane.astype(np.int16) for plane in picture.chroma_planes())
    temporary = picture.luma.astype(np.int16) - (chroma_green >> 1)
    green = chroma_green + temporary
    blue = temporary - (chroma_orange >> 1)
    red = blue + chroma_orange
    rgb: RgbArray = np.clip(np.stack([red, green, blue], axis=-1), 0, 255).astype(np.uint8)
    return rgb
