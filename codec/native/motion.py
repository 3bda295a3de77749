"""Motion compensation in the native library; the reference is :mod:`codec.lossless.motion`."""

from __future__ import annotations

import ctypes
import functools

import numpy as np
import numpy.typing as npt

from codec.native.arrays import address
from codec.native.library import bind

I16Array = npt.NDArray[np.int16]

_TOO_MUCH = 1 << 14  # so that no sum of the filter overflows


class _Kernels:
    """The functions of src/motion.c in one library."""

    def __init__(self, library: ctypes.CDLL) -> None:
        pointer, number = ctypes.c_void_p, ctypes.c_int64
        self.margins: int = bind(library, "gvc_move_margins", number)()
        self.move = bind(library, "gvc_move", None, pointer, *[number] * 3, pointer, *[number] * 3, *[pointer] * 3)


@functools.cache
def _kernels(library: ctypes.CDLL) -> _Kernels:
    return _Kernels(library)


def moved(library: ctypes.CDLL, planes: I16Array, field: I16Array, block: tuple[int, int], most: int) -> I16Array:
    """Move planes along a motion field.

    Args:
        library: that computes.
        planes: (n, height, width) int16.
        field: (rows, columns, 2) int16: a vector for each block.
        block: rows and columns of samples in a block.
        most: the largest magnitude of a sample, below ``2**14``.

    Returns:
        (n, height, width) int16.

    Raises:
        ValueError: the magnitude is out of range, the field does not have a vector for each block, or an array lies in
            memory in another order.
    """
    if not 0 <= most < _TOO_MUCH:
        raise ValueError(f"expected magnitudes below {_TOO_MUCH}. Received: {most}")
    kernels = _kernels(library)
    count, height, width = planes.shape
    field_shape = -(-height // block[0]), -(-width // block[1]), 2
    results = np.empty(planes.shape, np.int16)
    copy = np.empty((height + 1, width + kernels.margins), np.int16)
    sums = np.empty(width + kernels.margins, np.int32)
    kernels.move(
        address(planes, np.int16, planes.shape),
        *(count, height, width),
        address(field, np.int16, field_shape),
        *block,
        most,
        address(copy, np.int16, copy.shape),
        address(sums, np.int32, sums.shape),
        address(results, np.int16, results.shape),
    )
    return results
