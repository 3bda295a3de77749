"""YUV to R'G'B' in the native library; the reference is :class:`codec.video.color.ColorConversion`."""

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

_FLOATS = ("gray_offset", "gray_range", "chroma_scale", "red_of_red", "blue_of_blue")
_SHARES = ("red_share", "blue_share", "green_share")


class _Conversion(ctypes.Structure):
    """``gvc_conversion`` in src/color.c."""

    _fields_ = (
        *((name, ctypes.c_float) for name in (*_FLOATS, *_SHARES)),
        *((name, ctypes.c_int32) for name in ("step_down", "step_across")),
    )


class _Sizes(ctypes.Structure):
    """``gvc_sizes`` in src/color.c."""

    _fields_ = tuple((name, ctypes.c_int64) for name in ("height", "width", "rows", "columns", "channels"))


@dataclass(frozen=True)
class YuvConversion:
    """How planes of YUV become R'G'B'.

    Attributes:
        full_range: code values are 0 to 255; else 16 to 235, and 16 to 240 for chroma.
        red_share: the weight of R' in the luma; Kr of ITU-T H.273.
        blue_share: the weight of B'; Kb.
        step_down, step_across: how many gray samples there are for each chroma sample along a side: 1, 2 or 4.
    """

    full_range: bool
    red_share: float
    blue_share: float
    step_down: int
    step_across: int

    def _as_structure(self) -> _Conversion:
        offset, span, chroma = (0, 255, 255) if self.full_range else (16, 219, 224)
        return _Conversion(
            *(offset, span, 1 / chroma, 2 * (1 - self.red_share), 2 * (1 - self.blue_share)),
            *(self.red_share, self.blue_share, 1 - self.red_share - self.blue_share),
            *(self.step_down, self.step_across),
        )


@functools.cache
def _kernel(library: ctypes.CDLL) -> Callable[..., Any]:
    return bind(library, "gvc_rgb_of_yuv", None, *[ctypes.c_void_p] * 6)


def rgb_of_yuv(
    library: ctypes.CDLL,
    conversion: YuvConversion,
    luma: U8Array,
    first: U8Array,
    second: U8Array,
    *,
    with_opacity: bool = False,
) -> U8Array:
    """A picture as R'G'B'.

    Args:
        library: that computes.
        conversion: of the video.
        luma: (height, width) uint8.
        first: U, (rows, columns) uint8, of which each sample covers ``step_down`` x ``step_across`` of the gray's; the
            last ones may reach over the border.
        second: V, the same.
        with_opacity: add a fourth channel of 255, as a browser's canvas has it.

    Returns:
        (height, width, 3) uint8; or (height, width, 4).

    Raises:
        ValueError: the planes do not cover the picture.
    """
    luma, first, second = (np.ascontiguousarray(plane) for plane in (luma, first, second))
    (height, width), (rows, columns) = luma.shape, first.shape
    down, across = conversion.step_down, conversion.step_across
    if (rows, columns) != (-(-height // down), -(-width // across)) or not {down, across} <= {1, 2, 4}:
        raise ValueError(
            f"expected chroma for each {down}x{across} of {height}x{width} samples. Received: {rows}x{columns}"
        )
    channels = 4 if with_opacity else 3
    results = np.empty((height, width, channels), np.uint8)
    _kernel(library)(
        ctypes.addressof(structure := conversion._as_structure()),
        ctypes.addressof(sizes := _Sizes(height, width, rows, columns, channels)),
        address(luma, np.uint8, (height, width)),
        address(first, np.uint8, (rows, columns)),
        address(second, np.uint8, (rows, columns)),
        address(results, np.uint8, results.shape),
    )
    del structure, sizes  # they had to live until now
    return results
