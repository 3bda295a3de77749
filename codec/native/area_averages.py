"""A picture reduced to a small square in the native library; the reference is :mod:`codec.keyframes.area_averages`."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from codec.native.arrays import address
from codec.native.library import bind

U8Array = npt.NDArray[np.uint8]
Shares = tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]

CHANNELS = 3
"""Of the pictures that are reduced."""


class _Shares(ctypes.Structure):
    """``gvc_shares_of_parts`` in src/area_averages.c."""

    _fields_ = (("most", ctypes.c_int64), ("places", ctypes.c_void_p), ("weights", ctypes.c_void_p))


@functools.cache
def _kernel(library: ctypes.CDLL) -> Callable[..., Any]:
    pointer, number = ctypes.c_void_p, ctypes.c_int64
    return bind(library, "gvc_area_averages", None, pointer, number, number, number, *[pointer] * 4)


def averaged_areas(library: ctypes.CDLL, picture_u8: U8Array, side: int, across: Shares, down: Shares) -> U8Array:
    """Weighted sums along the rows, then along the columns, rounded half to even.

    Args:
        library: that computes.
        picture_u8: (height, width, 3) uint8, both at least ``side``.
        side: of the square.
        across: which samples of a row lie in each part, (most, side) int32, and how much of each, float32.
        down: the same along the columns.

    Returns:
        (side, side, 3) uint8.

    Raises:
        ValueError: arrays of other types or shapes, or places outside the picture.
    """
    height, width = picture_u8.shape[:2]
    shares = (_Shares * 2)(*(_checked(own, side, length) for own, length in ((across, width), (down, height))))
    row = np.empty(CHANNELS * max(width, side) + 1, np.float32)
    row[-1] = 0
    rows, found = np.empty((height, side, CHANNELS), np.float32), np.empty((side, side, CHANNELS), np.uint8)
    _kernel(library)(
        address(picture_u8, np.uint8, (height, width, CHANNELS)),
        height,
        width,
        side,
        ctypes.addressof(shares),
        *(address(own, own.dtype, own.shape) for own in (row, rows, found)),
    )
    return found


def _checked(shares: Shares, side: int, length: int) -> _Shares:
    places, weights = shares
    if places.size and not 0 <= places.min() <= places.max() < length:
        raise ValueError(f"expected places from 0 to {length - 1}. Received: {places.min()} to {places.max()}")
    shape = (len(places), side)
    return _Shares(len(places), address(places, np.int32, shape), address(weights, np.float32, shape))
