"""R, G and B as YCoCg-R and back in the native library; the references are in :mod:`codec.video.picture`."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from codec.native.arrays import address
from codec.native.library import bind

Plane = npt.NDArray[Any]


class _Layout(ctypes.Structure):
    """``gvc_rgb_layout`` in src/ycocg.c."""

    _fields_ = tuple((name, ctypes.c_int64) for name in ("height", "width", "sample_step", "row_step", "depth"))


class _Kernels:
    """The functions of src/ycocg.c in one library."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self.ycocg_of_rgb, self.rgb_of_ycocg = (
            bind(library, name, None, *[ctypes.c_void_p] * 7) for name in ("gvc_ycocg_of_rgb", "gvc_rgb_of_ycocg")
        )


@functools.cache
def _kernels(library: ctypes.CDLL) -> _Kernels:
    return _Kernels(library)


def ycocg_of_rgb(library: ctypes.CDLL, colors: Sequence[Plane], depth: int) -> tuple[Plane, Plane, Plane]:
    """R, G and B to Y, Co and Cg.

    Args:
        library: that computes.
        colors: red, green and blue, (height, width) uint8 for 8 bits, else uint16. They may be parts of one array, with
            the same strides.
        depth: 8 to 16 bits.

    Returns:
        Y as the colors, and Co and Cg, int16 for up to 14 bits, else int32.

    Raises:
        ValueError: arrays of other types, shapes or strides.
    """
    layout = _layout(colors, depth)
    sample, difference = _types(depth)
    luma, orange, green = (np.empty(colors[0].shape, kind) for kind in (sample, difference, difference))
    _kernels(library).ycocg_of_rgb(
        ctypes.addressof(layout),
        *map(_first, colors),
        *(address(plane, plane.dtype, plane.shape) for plane in (luma, orange, green)),
    )
    return luma, orange, green


def rgb_of_ycocg(library: ctypes.CDLL, planes: Sequence[Plane], colors: Sequence[Plane], depth: int) -> None:
    """Y, Co and Cg to R, G and B, clipped to their range.

    Args:
        library: that computes.
        planes: what :func:`ycocg_of_rgb` returns.
        colors: red, green and blue, to be filled: as that function takes them.
        depth: 8 to 16 bits.

    Raises:
        ValueError: arrays of other types, shapes or strides.
    """
    layout = _layout(colors, depth)
    sample, difference = _types(depth)
    whole = [np.ascontiguousarray(plane) for plane in planes]
    kinds = sample, difference, difference
    _kernels(library).rgb_of_ycocg(
        ctypes.addressof(layout),
        *(address(plane, kind, colors[0].shape) for plane, kind in zip(whole, kinds, strict=True)),
        *map(_first, colors),
    )


def fits(colors: Sequence[Plane], depth: int) -> bool:
    """Whether arrays are as :func:`ycocg_of_rgb` takes them."""
    kind, first = _types(depth)[0], colors[0]
    return first.ndim == 2 and all(
        color.dtype == kind and color.flags.aligned and (color.shape, color.strides) == (first.shape, first.strides)
        for color in colors
    )


def _types(depth: int) -> tuple[type[np.generic], type[np.generic]]:
    """Of samples, and of Co and Cg."""
    return np.uint8 if depth == 8 else np.uint16, np.int16 if depth < 15 else np.int32


def _layout(colors: Sequence[Plane], depth: int) -> _Layout:
    if not fits(colors, depth):
        raise ValueError(
            f"expected three alike planes of {depth} bits. Received: "
            + ", ".join(f"{color.dtype.name} {color.shape} {color.strides}" for color in colors)
        )
    (height, width), (down, across), size = colors[0].shape, colors[0].strides, colors[0].itemsize
    return _Layout(height, width, across // size, down // size, depth)


def _first(color: Plane) -> int:
    return color.__array_interface__["data"][0]  # type: ignore[no-any-return]
