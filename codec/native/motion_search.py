"""Motion search in the native library; the reference is :mod:`codec.lossless.motion_trial`."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from codec.native.arrays import address
from codec.native.library import bind

I16Array = npt.NDArray[np.int16]
U8Array = npt.NDArray[np.uint8]

BLOCK = 8
"""``BLOCK`` in src/motion_search.c."""


class _Kernels:
    """The functions of src/motion_search.c in one library."""

    def __init__(self, library: ctypes.CDLL) -> None:
        pointer, number = ctypes.c_void_p, ctypes.c_int64
        self.margin: int = bind(library, "gvc_search_margin", number)()
        self.search = bind(library, "gvc_search", None, *[pointer] * 2, *[number] * 2, pointer, number, *[pointer] * 4)


@functools.cache
def _kernels(library: ctypes.CDLL) -> _Kernels:
    return _Kernels(library)


def searched(
    library: ctypes.CDLL, luma: U8Array, before: U8Array, starts: Sequence[I16Array], shape: tuple[int, int, int]
) -> I16Array:
    """Search the motion field of a picture.

    Args:
        library: that computes.
        luma: the gray of the picture, (height, width) uint8.
        before: the gray of the previous picture, (height, width) uint8.
        starts: the fields to begin with, besides no motion: (rows, columns, 2) int16 each.
        shape: of the field: a vector for each block of 8x8 samples.

    Returns:
        (rows, columns, 2) int16.

    Raises:
        ValueError: an array has another shape, or lies in memory in another order.
    """
    kernels = _kernels(library)
    height, width = luma.shape
    field, vectors = np.empty(shape, np.int16), np.empty(shape, np.int16)
    errors = np.empty(shape[:2], np.int32)
    copy = np.empty((height + 2 * kernels.margin, width + 2 * kernels.margin), np.uint8)
    begin = np.array(starts, np.int16).reshape(len(starts), *shape)
    kernels.search(
        address(luma, np.uint8, (height, width)),
        address(before, np.uint8, (height, width)),
        *(height, width),
        address(begin, np.int16, (len(starts), -(-height // BLOCK), -(-width // BLOCK), 2)),
        len(starts),
        address(copy, np.uint8, copy.shape),
        address(errors, np.int32, shape[:2]),
        address(vectors, np.int16, shape),
        address(field, np.int16, shape),
    )
    return field
