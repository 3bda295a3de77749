"""Planes of 4:2:0 that give a picture of R'G'B' again, found in the native library; the sender's alone.

There is no reference: whatever planes are found give the picture again, and the caller may see that they do.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from codec.native.arrays import address
from codec.native.library import bind

U8Array = npt.NDArray[np.uint8]
I16Array = npt.NDArray[np.int16]

CODES = 256


@dataclass(frozen=True, eq=False)
class YuvTables:
    """What each code value of 8 bits adds to R, G and B.

    Attributes:
        values: (5, 256) int16: of Y to all three, up to 1024 from 0; of V to R, U to G, V to G, U to B, up to 512. The
            first, the second and the last rise from each to the next.
    """

    values: I16Array


@functools.cache
def _kernel(library: ctypes.CDLL) -> Callable[..., int]:
    pointer, number = ctypes.c_void_p, ctypes.c_int64
    kernel: Callable[..., Any] = bind(
        library, "gvc_planes_of_rgb", ctypes.c_int32, *[pointer] * 2, *[number] * 2, *[pointer] * 3
    )
    return kernel


def planes_of_rgb(library: ctypes.CDLL, tables: YuvTables, rgb: U8Array) -> tuple[U8Array, U8Array, U8Array] | None:
    """Find planes that give a picture again.

    Args:
        library: that computes.
        tables: of the arithmetic.
        rgb: (height, width, 3) uint8, in C order.

    Returns:
        Y, (height, width) uint8, and U and V, half as high and wide, rounded up; None if no planes give this picture.

    Raises:
        ValueError: an array has another shape, or lies in memory in another order.
    """
    height, width, _ = rgb.shape
    luma = np.empty((height, width), np.uint8)
    first, second = (np.empty((-(-height // 2), -(-width // 2)), np.uint8) for _ in "UV")
    is_found = _kernel(library)(
        address(tables.values, np.int16, (5, CODES)),
        address(rgb, np.uint8, (height, width, 3)),
        height,
        width,
        *(address(plane, np.uint8, plane.shape) for plane in (luma, first, second)),
    )
    return (luma, first, second) if is_found else None
