"""Reduction of chroma planes to hint pictures, and enlargement of hints to the size of the chroma.

A hint picture holds both planes, U above V or Co above Cg, and is coded as a gray picture. The sender reduces planes by
averaging squares. Both sides enlarge them by repeated doubling with the Catmull-Rom spline (E. Catmull, R. Rom, "A
class of local interpolating splines", 1974), whose weights at a quarter of a sample are -9, 111, 29 and -3 parts in
128. The enlargement computes in whole numbers, so it is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from codec.exact.grid import chroma_block, from_grid
from codec.native.hints import Layout, chroma_of_quarters, enlarge_hint
from codec.native.hints import reduce_plane as reduced_natively
from codec.native.library import library
from codec.video.picture import ChromaArray, Picture, PlaneArray, in_rgb_gamut
from codec.video.pixel_formats import ColorModel, PixelFormat

I16Array = npt.NDArray[np.int16]
I32Array = npt.NDArray[np.int32]

SCALES = (1, 2, 4, 8)
"""The possible scales: how many chroma samples, along one side, become one sample of the hints."""
FRACTION_BITS = 2
"""Enlarged samples are in quarters of a code value."""
QUARTERS_MAX = (255 << FRACTION_BITS) + 3
"""The last quarter of the largest code value."""
CHROMA_OFFSET = 256
"""Co and Cg of YCoCg-R, in [-255, 255], are sent as (value + 256) / 2."""
_TAPS = (-9, 111, 29, -3)
_TAP_BITS = 7


def reduced_shape(rows: int, columns: int, scale: int) -> tuple[int, int]:
    """The shape of a plane of (rows, columns) after :func:`reduce_plane`."""
    return -(-rows // scale), -(-columns // scale)


def reduce_plane(plane: ChromaArray, scale: int) -> npt.NDArray[np.float32]:
    """Average squares of ``scale`` x ``scale`` samples; incomplete squares repeat the last sample.

    Args:
        plane: (rows, columns) in code values.
        scale: one of ``SCALES``.

    Returns:
        (ceil(rows / scale), ceil(columns / scale)) float32 in code values.
    """
    rows, columns = plane.shape
    small_rows, small_columns = reduced_shape(rows, columns, scale)
    margins = ((0, small_rows * scale - rows), (0, small_columns * scale - columns))
    padded = np.pad(plane.astype(np.float32), margins, mode="edge")
    squares = padded.reshape(small_rows, scale, small_columns, scale)
    averages: npt.NDArray[np.float32] = squares.mean(axis=(1, 3)).astype(np.float32)
    return averages


def pack_hint(chroma: tuple[ChromaArray, ChromaArray], scale: int) -> PlaneArray:
    """Reduce two chroma planes to one hint picture.

    Args:
        chroma: two planes of one shape: U and V as uint8, or Co and Cg as int16, in code values.
        scale: one of ``SCALES``.

    Returns:
        (2 x rows, columns) uint8, with rows and columns as :func:`reduced_shape` gives them.
    """
    native = library()
    if native is None:
        return np.concatenate([reduced_by_numpy(plane, scale) for plane in chroma])
    return np.concatenate([reduced_natively(native, plane, scale) for plane in chroma])


def reduced_by_numpy(plane: ChromaArray, scale: int) -> PlaneArray:
    """The reference of one half of :func:`pack_hint`."""
    small: npt.NDArray[np.floating] = reduce_plane(plane, scale)
    if plane.dtype != np.uint8:
        small = (small + CHROMA_OFFSET) / 2
    codes: PlaneArray = np.clip(np.rint(small), 0, 255).astype(np.uint8)
    return codes


def unpack_hints(pictures: Sequence[PlaneArray], shape: tuple[int, int], scale: int) -> I16Array:
    """Enlarge hint pictures to the size of the chroma planes.

    Args:
        pictures: n hint pictures, as :func:`pack_hint` makes them; 1 or more.
        shape: (rows, columns) of each chroma plane.
        scale: the scale of the hints, one of ``SCALES``.

    Returns:
        (n, rows, columns, 2) int16, in quarters of a code value of the hint picture. The spline overshoots, but
        even at scale 8 by less than 3 times the range of code values, which int16 holds.
    """
    native = library()
    if native is None:
        return enlarged_by_numpy(pictures, shape, scale)
    return np.stack([enlarge_hint(native, picture, shape, scale) for picture in pictures])


def enlarged_by_numpy(pictures: Sequence[PlaneArray], shape: tuple[int, int], scale: int) -> I16Array:
    """The reference of :func:`unpack_hints`."""
    stacked = np.stack(pictures).astype(np.int32) << FRACTION_BITS
    small_rows = stacked.shape[1] // 2
    planes = np.stack([stacked[:, :small_rows], stacked[:, small_rows:]], axis=-1)
    for _ in range(scale.bit_length() - 1):
        planes = _double(_double(planes, axis=1), axis=2)
    return planes[:, : shape[0], : shape[1]].astype(np.int16)


def neutral_quarters(count: int, shape: tuple[int, int]) -> I16Array:
    """Enlarged hints of pictures without color, in the form that :func:`unpack_hints` returns.

    Args:
        count: number of pictures.
        shape: (rows, columns) of each chroma plane.

    Returns:
        (count, rows, columns, 2) int16.
    """
    return np.full((count, *shape, 2), CHROMA_OFFSET // 2 << FRACTION_BITS, np.int16)


def quarters_of_chroma(chroma: tuple[ChromaArray, ChromaArray]) -> I16Array:
    """Convert chroma planes without loss to the unit of enlarged hints.

    Args:
        chroma: two planes of one shape: U and V as uint8, or Co and Cg as int16, in code values.

    Returns:
        (rows, columns, 2) int16, in quarters of a code value of a hint picture.
    """
    planes = np.stack(chroma, axis=-1).astype(np.int16)
    return planes << FRACTION_BITS if chroma[0].dtype == np.uint8 else (planes + CHROMA_OFFSET) << 1


def layout_of(luma: PlaneArray, quarters: I16Array, pixel_format: PixelFormat) -> Layout:
    """How a picture lies on the network's grid.

    Args:
        luma: (height, width).
        quarters: (rows, columns, 2): its chroma.
        pixel_format: of the video.
    """
    height, width = luma.shape
    rows, columns, _ = quarters.shape
    return Layout((height, width), (rows, columns), chroma_block(pixel_format))


def picture_of_quarters(
    luma: PlaneArray, quarters: I16Array, pixel_format: PixelFormat, residuals: I16Array | None = None
) -> Picture:
    """Make a picture from its gray and from chroma in quarters; the inverse of :func:`quarters_of_chroma`.

    Args:
        luma: (height, width) uint8; the picture has exactly this gray.
        quarters: (rows, columns, 2) int16, in quarters of a code value of a hint picture. Halves are rounded up, and
            values out of range are clipped.
        pixel_format: of the picture, YUV or RGB.
        residuals: (grid rows, grid columns, chroma) int16: what a network adds to the quarters, clipped to those of
            code values before, on its grid (:mod:`codec.exact.grid`); None for nothing.
    """
    layout, native = layout_of(luma, quarters, pixel_format), library()
    is_rgb = pixel_format.model is ColorModel.RGB
    if native is None:
        return picture_by_numpy(luma, with_residuals(quarters, residuals, layout), pixel_format.model)
    return Picture(luma, chroma_of_quarters(native, layout, luma if is_rgb else None, quarters, residuals))


def with_residuals(quarters: I16Array, residuals: I16Array | None, layout: Layout) -> I16Array:
    """Chroma in quarters with what a network adds, (rows, columns, 2) int16; see :func:`picture_of_quarters`."""
    if residuals is None:
        return quarters
    added: I16Array = from_grid(residuals[None], layout.block, layout.chroma)[0]
    return np.clip(quarters, 0, QUARTERS_MAX) + added


def picture_by_numpy(luma: PlaneArray, quarters: I16Array, model: ColorModel) -> Picture:
    """The reference of :func:`picture_of_quarters` without residuals."""
    if model is ColorModel.RGB:
        values = ((quarters + 1) >> 1) - CHROMA_OFFSET
        orange, green = (np.ascontiguousarray(np.clip(values[..., i], -255, 255), np.int16) for i in range(2))
        return in_rgb_gamut(Picture(luma, (orange, green)))
    codes = np.clip((quarters + 2) >> FRACTION_BITS, 0, 255)
    return Picture(luma, (codes[..., 0].astype(np.uint8), codes[..., 1].astype(np.uint8)))


def _double(planes: I32Array, axis: int) -> I32Array:
    """Double the number of samples along an axis; halves are rounded up.

    Each sample becomes two, a quarter of a sample before and after its place.
    """
    margins = [(0, 0)] * planes.ndim
    margins[axis] = (2, 2)
    padded = np.pad(planes, margins, mode="edge")
    count = planes.shape[axis]

    def shifted(by: int) -> I32Array:
        return np.take(padded, range(2 + by, 2 + by + count), axis=axis)

    half = 1 << (_TAP_BITS - 1)
    before = sum(tap * shifted(by) for tap, by in zip(_TAPS, (1, 0, -1, -2), strict=True))
    after = sum(tap * shifted(by) for tap, by in zip(_TAPS, (-1, 0, 1, 2), strict=True))
    both = np.stack([(before + half) >> _TAP_BITS, (after + half) >> _TAP_BITS], axis=axis + 1)
    shape = list(planes.shape)
    shape[axis] *= 2
    doubled: I32Array = both.reshape(shape)
    return doubled
