"""Coarse motion in the native library; the reference is :mod:`codec.lossless.block_motion`."""

from __future__ import annotations

import ctypes
import functools

import numpy as np
import numpy.typing as npt

from codec.native.arrays import address
from codec.native.library import bind

I16Array = npt.NDArray[np.int16]
U8Array = npt.NDArray[np.uint8]

_SIDE = 4  # of a block in a reduced picture


class _Kernels:
    """The functions of src/block_motion.c in one library."""

    def __init__(self, library: ctypes.CDLL) -> None:
        pointer, number = ctypes.c_void_p, ctypes.c_int64
        pair = (pointer, pointer, number, number)
        self.coarse = bind(library, "gvc_coarse_motion", None, *pair, *pair, *[pointer] * 2)


@functools.cache
def _kernels(library: ctypes.CDLL) -> _Kernels:
    return _Kernels(library)


def coarse(library: ctypes.CDLL, now: tuple[U8Array, U8Array], before: tuple[U8Array, U8Array]) -> I16Array:
    """Search the coarse motion.

    Args:
        library: that computes.
        now: the picture at half and at a quarter of its size, (height, width) uint8 each.
        before: the previous picture, the same.

    Returns:
        (rows, columns, 2) int16: a vector for each block of 4x4 samples of the larger picture, in its samples.

    Raises:
        ValueError: the pictures have other sizes, or lie in memory in another order.
    """
    pictures: list[int] = []
    for later, earlier in reversed(list(zip(now, before, strict=True))):
        height, width = later.shape
        pictures += [address(picture, np.uint8, (height, width)) for picture in (later, earlier)]
        pictures += [height, width]
    if now[1].shape != tuple(-(-side // 2) for side in now[0].shape):
        raise ValueError(f"expected half of {now[0].shape}. Received: {now[1].shape}")
    large, small = (
        np.empty((-(-picture.shape[0] // _SIDE), -(-picture.shape[1] // _SIDE), 2), np.int16) for picture in now
    )
    _kernels(library).coarse(*pictures, address(small, np.int16, small.shape), address(large, np.int16, large.shape))
    return large
