"""Guided color around its network, in the native library.

The references are :mod:`codec.hints.planes` and :func:`codec.networks.compact.network_inputs`.
"""

from __future__ import annotations

import ctypes
import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from codec.native.arrays import address
from codec.native.convolution import Padded
from codec.native.library import bind

U8Array = npt.NDArray[np.uint8]
I16Array = npt.NDArray[np.int16]

GRAY_SIDE = 2
"""Gray samples along a side of a point of the network's grid."""


class _Planes(ctypes.Structure):
    """``gvc_planes`` in src/hints.c."""

    _fields_ = tuple(
        (name, ctypes.c_int64) for name in ("height", "width", "rows", "columns", "block_rows", "block_columns")
    )


class _Kernels:
    """The functions of src/hints.c in one library."""

    def __init__(self, library: ctypes.CDLL) -> None:
        pointer, number = ctypes.c_void_p, ctypes.c_int64
        self.enlarge = bind(library, "gvc_enlarge_hint", None, pointer, *[number] * 3, *[pointer] * 2)
        self.scratch_size = bind(library, "gvc_enlarge_scratch_size", number, *[number] * 2)
        self.reduce = bind(library, "gvc_reduce_plane", None, pointer, *[number] * 4, pointer)
        self.inputs = bind(library, "gvc_network_inputs", None, *[pointer] * 4, *[number] * 2)
        self.yuv = bind(library, "gvc_yuv_of_quarters", None, *[pointer] * 5)
        self.ycocg = bind(library, "gvc_ycocg_of_quarters", None, *[pointer] * 6)


@functools.cache
def _kernels(library: ctypes.CDLL) -> _Kernels:
    return _Kernels(library)


@dataclass(frozen=True)
class Layout:
    """How the planes of a picture lie on the network's grid.

    Attributes:
        gray: height and width.
        chroma: rows and columns of each chroma plane.
        block: rows and columns of chroma samples in a point of the grid; 0 where a sample covers several points, so
            that there is no network for such pictures.
    """

    gray: tuple[int, int]
    chroma: tuple[int, int]
    block: tuple[int, int]

    def check_grid(self) -> None:
        """Make sure that gray and chroma lie on one grid.

        Raises:
            ValueError: they do not.
        """
        chroma = tuple(-(-side // own) if own else 0 for side, own in zip(self.chroma, self.block, strict=True))
        if self.grid != chroma:
            raise ValueError(f"expected gray and chroma on one grid. Received: {self}")

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of the network's grid."""
        return -(-self.gray[0] // GRAY_SIDE), -(-self.gray[1] // GRAY_SIDE)

    @property
    def num_inputs(self) -> int:
        """Values that a point gives to the network."""
        return GRAY_SIDE**2 + self.num_outputs

    @property
    def num_outputs(self) -> int:
        """Values that the network gives for a point."""
        return 2 * self.block[0] * self.block[1]

    def _as_structure(self) -> _Planes:
        return _Planes(*self.gray, *self.chroma, *self.block)


def enlarge_hint(library: ctypes.CDLL, picture: U8Array, shape: tuple[int, int], scale: int) -> I16Array:
    """One picture of :func:`codec.hints.planes.unpack_hints`.

    Args:
        library: that computes.
        picture: (2 x small rows, small columns) uint8.
        shape: (rows, columns) of each chroma plane.
        scale: 1, 2, 4 or 8.

    Returns:
        (rows, columns, 2) int16.
    """
    kernels, (rows, columns) = _kernels(library), shape
    picture = np.ascontiguousarray(picture)
    results = np.empty((rows, columns, 2), np.int16)
    scratch = np.empty(kernels.scratch_size(rows, columns), np.int16)
    kernels.enlarge(
        address(picture, np.uint8, (2 * -(-rows // scale), -(-columns // scale))),
        *(rows, columns, scale),
        address(results, np.int16, results.shape),
        address(scratch, np.int16, scratch.shape),
    )
    return results


def reduce_plane(library: ctypes.CDLL, plane: npt.NDArray[Any], scale: int) -> U8Array:
    """One plane of :func:`codec.hints.planes.pack_hint`.

    Args:
        library: that computes.
        plane: (rows, columns) uint8, or int16 in [-255, 255].
        scale: 1, 2, 4 or 8.

    Returns:
        (ceil(rows / scale), ceil(columns / scale)) uint8.
    """
    plane = np.ascontiguousarray(plane)
    (rows, columns), is_wide = plane.shape, plane.dtype != np.uint8
    results = np.empty((-(-rows // scale), -(-columns // scale)), np.uint8)
    _kernels(library).reduce(
        address(plane, np.int16 if is_wide else np.uint8, (rows, columns)),
        *(int(is_wide), rows, columns, scale.bit_length() - 1),
        address(results, np.uint8, results.shape),
    )
    return results


def fill_inputs(library: ctypes.CDLL, layout: Layout, luma: U8Array, quarters: I16Array, into: Padded) -> None:
    """One picture of :func:`codec.networks.compact.network_inputs`, where the network takes it.

    Args:
        library: that computes.
        layout: of the picture.
        luma: (height, width) uint8.
        quarters: (rows, columns, 2) int16, enlarged hints.
        into: a picture of the grid's size, with ``num_inputs`` channels or more.

    Raises:
        ValueError: an array has another size.
    """
    layout.check_grid()
    _, row, channels = into.values.shape
    if into.shape != layout.grid or channels < layout.num_inputs:
        raise ValueError(
            f"expected a picture {layout.grid} of {layout.num_inputs} channels. Received: {into.shape}, {channels}"
        )
    luma, quarters = np.ascontiguousarray(luma), np.ascontiguousarray(quarters)
    structure = layout._as_structure()
    _kernels(library).inputs(
        ctypes.addressof(structure),
        address(luma, np.uint8, layout.gray),
        address(quarters, np.int16, (*layout.chroma, 2)),
        *(into.first, row * channels, channels),
    )


def chroma_of_quarters(
    library: ctypes.CDLL,
    layout: Layout,
    luma: U8Array | None,
    quarters: I16Array,
    residuals: I16Array | None,
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Chroma planes as :func:`codec.hints.planes.picture_of_quarters` makes them, of hints and what a network adds.

    Args:
        library: that computes.
        layout: of the picture.
        luma: (height, width) uint8 if the planes are Co and Cg; None for U and V.
        quarters: (rows, columns, 2) int16, enlarged hints.
        residuals: (grid rows, grid columns, ``num_outputs``) int16; None for the hints alone.

    Returns:
        Two planes (rows, columns), uint8 or int16.

    Raises:
        ValueError: an array has another size.
    """
    if luma is not None and layout.gray != layout.chroma:
        raise ValueError(f"expected Co and Cg at the size of the gray. Received: {layout}")
    if residuals is not None:
        layout.check_grid()
    kernels, structure = _kernels(library), layout._as_structure()
    quarters = np.ascontiguousarray(quarters)
    added = None if residuals is None else address(residuals, np.int16, (*layout.grid, layout.num_outputs))
    colors = address(quarters, np.int16, (*layout.chroma, 2)), added
    if luma is None:
        first, second = (np.empty(layout.chroma, np.uint8) for _ in range(2))
        planes = (address(plane, np.uint8, layout.chroma) for plane in (first, second))
        kernels.yuv(ctypes.addressof(structure), *colors, *planes)
        return first, second
    luma = np.ascontiguousarray(luma)
    orange, green = (np.empty(layout.chroma, np.int16) for _ in range(2))
    planes = (address(plane, np.int16, layout.chroma) for plane in (orange, green))
    kernels.ycocg(ctypes.addressof(structure), address(luma, np.uint8, layout.gray), *colors, *planes)
    return orange, green
