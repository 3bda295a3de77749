"""What is known of a picture, in the native library; the references are :mod:`codec.lossless.known` and ``history``."""

from __future__ import annotations

import ctypes
import functools
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from codec.native.arrays import address
from codec.native.convolution import MARGIN, Padded, padded_picture
from codec.native.library import bind

I16Array = npt.NDArray[np.int16]
I32Array = npt.NDArray[np.int32]

_SIDE = 2  # of a square of lattice points, in src/known.c
_COMPONENTS, _GRAYS = (1, 2), (0, 1, 2, 4)


class Planes(Protocol):
    """As :class:`codec.lossless.known.Known`."""

    @property
    def gray(self) -> I16Array:
        """(rows, columns, g) int16."""

    @property
    def moved_gray(self) -> I16Array:
        """(rows, columns, g) int16."""

    @property
    def base(self) -> I16Array:
        """(rows, columns, c) int16."""

    @property
    def average(self) -> I16Array:
        """(rows, columns, c) int16."""


class _Planes(ctypes.Structure):
    """``gvc_planes`` in src/known.c."""

    _fields_ = (
        ("first", ctypes.c_void_p),
        *((name, ctypes.c_int64) for name in ("row", "column", "channel")),
    )


class _Known(ctypes.Structure):
    """``gvc_known`` in src/known.c."""

    _fields_ = (
        *((name, _Planes) for name in ("base", "average", "gray", "moved_gray")),
        *((name, ctypes.c_int64) for name in ("rows", "columns", "components", "grays")),
        *((name, ctypes.c_int64) for name in ("neutral", "moved", "level_shift")),
        ("results", ctypes.c_void_p),
        *((name, ctypes.c_int64) for name in ("row_stride", "channels")),
        ("samples", ctypes.c_void_p),
        ("sums", ctypes.c_void_p),
    )


class _Kernels:
    """The functions of src/known.c in one library."""

    def __init__(self, library: ctypes.CDLL) -> None:
        pointer, number = ctypes.c_void_p, ctypes.c_int64
        self.scratch = bind(library, "gvc_known_scratch", number, *[number] * 3)
        self.channels = bind(library, "gvc_known_channels", None, pointer)
        self.between = bind(library, "gvc_between", None, pointer, *[number] * 4, pointer)
        self.remember = {
            name: bind(library, f"gvc_remember_{name}", None, pointer, *[number] * 2, *[pointer] * 3)
            for name in ("uint8", "uint16", "int16", "int32")
        }
        self.on_lattice = {
            name: bind(library, f"gvc_on_lattice_{name}", None, pointer, *[number] * 7, pointer)
            for name in ("uint8", "uint16", "int16", "int32")
        }


@functools.cache
def _kernels(library: ctypes.CDLL) -> _Kernels:
    return _Kernels(library)


def known_channels(
    library: ctypes.CDLL, known: Planes, neutral: int, moved: int, *, level_shift: int = 0, into: Padded | None = None
) -> Padded:
    """The channels of a trunk's input, with the margin that the trunk needs.

    Args:
        library: that computes.
        known: the planes; every other layout in memory is taken as well, without a copy.
        neutral: the middle of the range of the planes to be coded, in quarters of a unit.
        moved: the value of the channel that says whether there is a previous picture.
        level_shift: how many low bits the levels lose.
        into: results of an earlier picture of the same size and kind, to be overwritten; None for new memory.

    Returns:
        ``into``, or new: the channels as :meth:`codec.lossless.known.Known.channels` has them, and a filler if their
        number is odd.

    Raises:
        ValueError: the planes do not fit together, or ``into`` has another shape.
    """
    kernels = _kernels(library)
    rows, columns, components = known.base.shape
    grays = known.gray.shape[2]
    if components not in _COMPONENTS or grays not in _GRAYS or not rows * columns:
        raise ValueError(f"expected 1 or 2 components and 0, 1, 2 or 4 grays. Received: {known.base.shape} and {grays}")
    grid = -(-rows // _SIDE), -(-columns // _SIDE)
    channels = components + 2 * components * _SIDE**2 + 1 + (1 + 2 * grays * _SIDE**2 if grays else 0)
    channels += channels % 2
    shape = grid[0] + 2 * MARGIN, grid[1] + 2 * MARGIN, channels
    if into is None:
        into = padded_picture(grid, channels, MARGIN)
    elif into.values.shape != shape or into.margin != MARGIN:
        raise ValueError(f"expected memory for {shape}. Received: {into.values.shape}")
    samples = np.empty(kernels.scratch(grid[1], channels, 0), np.int16)
    sums = np.empty(kernels.scratch(grid[1], channels, 1), np.int32)
    for_c = _Known(
        _planes(known.base, known.base.shape),
        _planes(known.average, known.base.shape),
        _planes(known.gray, (rows, columns, grays)),
        _planes(known.moved_gray, (rows, columns, grays)),
        *(rows, columns, components, grays, neutral, moved, level_shift),
        into.first,
        *(shape[1] * channels, channels),
        address(samples, np.int16, samples.shape),
        address(sums, np.int32, sums.shape),
    )
    kernels.channels(ctypes.addressof(for_c))
    return into


def _planes(planes: npt.NDArray[Any], shape: tuple[int, ...], dtype: Any = np.int16) -> _Planes:
    """The same for C, which takes any strides that are whole samples."""
    size = planes.itemsize
    if planes.dtype != dtype or planes.shape != shape or any(stride % size for stride in planes.strides):
        raise ValueError(
            f"expected an {np.dtype(dtype).name} array {shape}. Received: {planes.dtype.name} {planes.shape}"
        )
    row, column, channel = (stride // size for stride in planes.strides)
    return _Planes(planes.__array_interface__["data"][0], row, column, channel)


def between(library: ctypes.CDLL, corners: I32Array, shape: tuple[int, int], unit_bits: int) -> I16Array:
    """As :func:`codec.lossless.known.between`."""
    rows, columns = shape
    channels = corners.shape[2]
    results = np.empty((rows, columns, channels), np.int16)
    for_c = _planes(corners, (-(-rows // _SIDE), -(-columns // _SIDE), channels), np.int32)
    _kernels(library).between(
        ctypes.addressof(for_c),
        *(rows, columns, channels, unit_bits),
        address(results, np.int16, results.shape),
    )
    return results


def remembered(
    library: ctypes.CDLL,
    samples: npt.NDArray[Any],
    unit_bits: int,
    moved: I16Array | None,
    into: tuple[I16Array, I16Array],
) -> None:
    """Convert a plane to quarters of a unit, and update the running average.

    Args:
        library: that computes.
        samples: (height, width) uint8, uint16, int16 or int32 in code values.
        unit_bits: a unit is ``2**unit_bits`` code values.
        moved: (height, width) int16: the average so far, moved to this picture; None for the first one.
        into: two (height, width) int16 arrays, to be overwritten with the plane in quarters and the new average.

    Raises:
        ValueError: the arrays do not fit together.
    """
    samples, (before, average) = np.ascontiguousarray(samples), into
    _kernels(library).remember[samples.dtype.name](
        address(samples, samples.dtype, before.shape),
        *(samples.size, unit_bits),
        None if moved is None else address(moved, np.int16, before.shape),
        address(before, np.int16, before.shape),
        address(average, np.int16, before.shape),
    )


def on_lattice(
    library: ctypes.CDLL, gray: npt.NDArray[Any], block: tuple[int, int], step: int, unit_bits: int, neutral: int
) -> I16Array:
    """Put a gray plane on the lattice of the chroma.

    Args:
        library: that computes.
        gray: (height, width), uint8, uint16 or int32 in code values, or int16 in quarters of a unit.
        block: rows and columns of gray samples for one point of the lattice.
        step: from one row or column of a point that is taken to the next.
        unit_bits: a unit is ``2**unit_bits`` code values.
        neutral: the middle of the range, in quarters of a unit.

    Returns:
        (rows, columns, g) int16 in quarters of a unit, less ``neutral``. The channels lie in memory as planes.
    """
    gray = np.ascontiguousarray(gray)
    (height, width), (down, across) = gray.shape, block
    lattice = -(-height // down), -(-width // across)
    results = np.empty((-(-down // step) * -(-across // step), *lattice), np.int16)
    _kernels(library).on_lattice[gray.dtype.name](
        address(gray, gray.dtype, gray.shape),
        *(height, width, down, across, step, unit_bits if gray.dtype != np.int16 else 0, neutral),
        address(results, np.int16, results.shape),
    )
    return results.transpose(1, 2, 0)
