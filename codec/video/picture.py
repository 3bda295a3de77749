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

from codec.native import ycocg
from codec.native.library import library

PlaneArray = npt.NDArray[Any]  # samples of a plane, in code values: uint8 for 8 bits, uint16 for more
RgbArray = npt.NDArray[Any]  # R, G and B, last; uint8 for 8 bits, uint16 for more
ChromaArray = npt.NDArray[Any]  # as PlaneArray for U and V; signed for Co and Cg, see chroma_dtype
DifferenceArray = npt.NDArray[np.int32]  # Co and Cg; int16 for up to 14 bits


def sample_dtype(depth: int) -> type[np.uint8] | type[np.uint16]:
    """The type of samples of 8 to 16 bits in memory."""
    return np.uint8 if depth == 8 else np.uint16


def difference_dtype(depth: int) -> type[np.int16] | type[np.int32]:
    """The type of Co and Cg, which have one bit more than R, G and B of this depth, and a sign."""
    return np.int16 if depth < 15 else np.int32


@dataclass(frozen=True)
class Picture:
    """One picture. Its samples are uint8 for a depth of 8 bits, and uint16 for 9 to 16 bits.

    Attributes:
        luma: (height, width): the source's own Y, or the Y of YCoCg-R.
        chroma: two (rows, columns) planes: U and V, or Co and Cg of :func:`difference_dtype`; None for gray video.
        alpha: (height, width): how opaque each sample is; None if there is no such plane.
    """

    luma: PlaneArray
    chroma: tuple[ChromaArray, ChromaArray] | None = None
    alpha: PlaneArray | None = None

    @classmethod
    def of_planes(cls, planes: Sequence[npt.NDArray[Any]]) -> Picture:
        """The inverse of :meth:`planes`: of two or four planes, the last is the alpha."""
        luma, *others = planes
        alpha = others.pop() if len(others) % 2 else None
        return cls(luma, (others[0], others[1]) if others else None, alpha)

    def planes(self) -> tuple[npt.NDArray[Any], ...]:
        """The gray plane and, if there are any, the two chroma planes and the alpha."""
        return self.luma, *(self.chroma or ()), *(() if self.alpha is None else (self.alpha,))

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


def rgb_to_ycocg_r(rgb: RgbArray, depth: int = 8) -> Picture:
    """(height, width, 3) R, G, B to Y, and Co and Cg in [-(2**depth - 1), 2**depth - 1], without loss.

    Args:
        rgb: samples of ``depth`` bits.
        depth: 8 to 16 bits.
    """
    return ycocg_r_of(rgb[..., 0], rgb[..., 1], rgb[..., 2], depth)


def ycocg_r_of(red: PlaneArray, green: PlaneArray, blue: PlaneArray, depth: int) -> Picture:
    """As :func:`rgb_to_ycocg_r`, of three planes."""
    colors, loaded = (red, green, blue), library()
    if loaded is None or not ycocg.fits(colors, depth):
        return ycocg_by_numpy(*colors, depth)
    luma, *chroma = ycocg.ycocg_of_rgb(loaded, colors, depth)
    return Picture(luma, (chroma[0], chroma[1]))


def ycocg_by_numpy(red: PlaneArray, green: PlaneArray, blue: PlaneArray, depth: int) -> Picture:
    """The reference of :func:`ycocg_r_of`."""
    kind = difference_dtype(depth)
    first, second, third = _signed(kind, red, green, blue)
    chroma_orange = first - third  # Co
    temporary = third + (chroma_orange >> 1)
    chroma_green = second - temporary  # Cg
    luma = temporary + (chroma_green >> 1)
    return Picture(luma.astype(sample_dtype(depth)), (chroma_orange, chroma_green))


def in_rgb_gamut(picture: Picture, depth: int = 8) -> Picture:
    """The nearest chroma, each component by itself, with which this luma is a color that R, G and B can have.

    The luma stays as it is, and so do chroma planes that came from RGB: R, G and B are in range exactly if G and
    t = Y - (Cg >> 1), which lie to both sides of Y, are, and then R and B, which lie to both sides of t.

    Args:
        picture: luma, and Co and Cg.
        depth: bits of R, G and B.
    """
    luma, chroma_orange, chroma_green = _signed(difference_dtype(depth), picture.luma, *picture.chroma_planes())
    room = _difference_in_range(luma, depth)
    chroma_green = np.clip(chroma_green, -room, room)
    room = _difference_in_range(luma - (chroma_green >> 1), depth)
    return Picture(picture.luma, (np.clip(chroma_orange, -room, room), chroma_green))


def _signed(kind: type[np.int16] | type[np.int32], *planes: PlaneArray) -> list[DifferenceArray]:
    return [plane.astype(kind, copy=False) for plane in planes]


def _difference_in_range(middle: DifferenceArray, depth: int) -> DifferenceArray:
    """Largest d, to either sign, with middle - (d >> 1) and middle - (d >> 1) + d both in [0, 2**depth - 1]."""
    room: DifferenceArray = np.minimum(2 * middle + 1, 2 * ((1 << depth) - 1) - 2 * middle)
    return room


def ycocg_r_to_rgb(picture: Picture, depth: int = 8) -> RgbArray:
    """The inverse of :func:`rgb_to_ycocg_r`: (height, width, 3) of ``depth`` bits.

    Exact for planes that came from RGB; any other planes are clipped to the range of R, G and B.
    """
    rgb: RgbArray = np.empty((*picture.luma.shape, 3), sample_dtype(depth))
    fill_rgb(picture, (rgb[..., 0], rgb[..., 1], rgb[..., 2]), depth)
    return rgb


def fill_rgb(picture: Picture, colors: Sequence[PlaneArray], depth: int) -> None:
    """As :func:`ycocg_r_to_rgb`, into three planes of :func:`sample_dtype`: red, green and blue, (height, width)."""
    planes, loaded = (picture.luma, *picture.chroma_planes()), library()
    if loaded is not None and ycocg.fits(colors, depth) and _are_of_depth(planes, depth):
        ycocg.rgb_of_ycocg(loaded, planes, colors, depth)
        return
    for color, found in zip(colors, rgb_by_numpy(picture, depth), strict=True):
        color[:] = found


def _are_of_depth(planes: Sequence[ChromaArray], depth: int) -> bool:
    kinds = sample_dtype(depth), difference_dtype(depth), difference_dtype(depth)
    return all(plane.dtype == kind for plane, kind in zip(planes, kinds, strict=True))


def rgb_by_numpy(picture: Picture, depth: int) -> list[PlaneArray]:
    """The reference of :func:`fill_rgb`: red, green and blue."""
    kind = difference_dtype(depth)
    luma, chroma_orange, chroma_green = _signed(kind, picture.luma, *picture.chroma_planes())
    temporary = luma - (chroma_green >> 1)
    green = chroma_green + temporary
    blue = temporary - (chroma_orange >> 1)
    red = blue + chroma_orange
    return [np.clip(color, 0, (1 << depth) - 1).astype(sample_dtype(depth)) for color in (red, green, blue)]


def of_8_bits(picture: Picture, depth: int) -> Picture:
    """A picture without alpha, its samples rounded to 8 bits.

    For analysis and for color that is not exact. The sender and the receiver both compute it from the same gray.

    Args:
        picture: samples of ``depth`` bits.
        depth: 8 to 16 bits.
    """
    if depth == 8:
        return picture if picture.alpha is None else Picture(picture.luma, picture.chroma)
    luma = of_depth(picture.luma, depth, 8)
    if picture.chroma is None:
        return Picture(luma)
    first, second = picture.chroma
    if first.dtype.kind != "i":
        return Picture(luma, (of_depth(first, depth, 8), of_depth(second, depth, 8)))
    first, second = (_rounded(plane, depth - 8, -255, 255).astype(np.int16) for plane in picture.chroma)
    return in_rgb_gamut(Picture(luma, (first, second)))


def of_depth(samples: PlaneArray, depth: int, wanted: int) -> PlaneArray:
    """Samples of ``depth`` bits as samples of ``wanted`` bits: times a power of two, or divided by one and rounded."""
    if wanted >= depth:
        deeper: PlaneArray = np.left_shift(samples.astype(sample_dtype(wanted)), wanted - depth)
        return deeper
    return _rounded(samples, depth - wanted, 0, (1 << wanted) - 1).astype(sample_dtype(wanted))


def _rounded(plane: PlaneArray, shift: int, low: int, high: int) -> npt.NDArray[np.int32]:
    rounded: npt.NDArray[np.int32] = np.clip((plane.astype(np.int32) + (1 << (shift - 1))) >> shift, low, high)
    return rounded


def block_sums(samples: PlaneArray, down: int, across: int, dtype: type[np.generic] = np.int32) -> npt.NDArray[Any]:
    """Sums over blocks of samples, line by line: several times as fast as NumPy's sums over short axes.

    Args:
        samples: (rows, columns, ...), multiples of ``down`` and ``across``.
        down: rows of a block.
        across: columns of it.
        dtype: that the sums fit into.

    Returns:
        (rows / down, columns / across, ...) in C order.
    """
    rows = samples[::down].astype(dtype, order="C")
    for row in range(1, down):
        rows += samples[row::down]
    sums = rows if across == 1 else rows[:, ::across].copy()
    for column in range(1, across):
        sums += rows[:, column::across]
    return sums


def with_color_of(luma: PlaneArray, colored: Picture, depth: int) -> Picture:
    """A picture with this gray and the chroma of one of 8 bits: the chroma of what :func:`of_8_bits` made.

    Args:
        luma: samples of ``depth`` bits, kept to the bit.
        colored: samples of 8 bits.
        depth: 8 to 16 bits.
    """
    if depth == 8 or colored.chroma is None:
        return Picture(luma, colored.chroma)
    is_signed = colored.chroma[0].dtype.kind == "i"
    kind = difference_dtype(depth) if is_signed else sample_dtype(depth)
    first, second = (np.left_shift(plane.astype(kind), depth - 8) for plane in colored.chroma)
    made = Picture(luma, (first, second))
    return in_rgb_gamut(made, depth) if is_signed else made
