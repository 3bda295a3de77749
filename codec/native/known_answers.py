"""Answers that each kernel must give, computed once by the NumPy references: a library that gives others is not used.

A test compares them with the references. The inputs are made by a formula, because a generator of random numbers may
change with its version.
"""

from __future__ import annotations

import ctypes
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from codec.native.color import YuvConversion, rgb_of_yuv
from codec.native.convolution import Convolution, Convolutions, padded_picture
from codec.native.hints import Layout, chroma_of_quarters, enlarge_hint, fill_inputs, reduce_plane


@dataclass(frozen=True)
class Known:
    """A question and its answer.

    Attributes:
        compute: the CRC-32 of what a library gives.
        crc32: what it must be.
    """

    compute: Callable[[ctypes.CDLL], int]
    crc32: int


def numbers(shape: tuple[int, ...], low: int, high: int, *, seed: int = 1) -> npt.NDArray[np.int64]:
    """Whole numbers from ``low`` to ``high`` that look random, the same on every machine: int64 of this shape."""
    places = np.arange(int(np.prod(shape)), dtype=np.uint64) + np.uint64(seed * 1_000_003)
    mixed = places * np.uint64(0x9E3779B97F4A7C15)  # the fraction of the golden ratio, 64 bits
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    found: npt.NDArray[np.int64] = low + ((mixed >> np.uint64(33)) % np.uint64(high - low + 1)).astype(np.int64)
    return found.reshape(shape)


def checksum(*arrays: npt.NDArray[Any]) -> int:
    """The CRC-32 of arrays, as little-endian int32."""
    total = 0
    for array in arrays:
        total = zlib.crc32(array.astype("<i4").tobytes(), total)
    return total


CONVOLUTION_SHAPE = (9, 17)
CONVOLUTION_INPUTS = (19, 3)


def convolution_layers() -> list[Convolution]:
    """Two layers with odd numbers of channels, that use every value of a register's lanes."""
    kernels = numbers((3, 3, 22, 37), -60, 60), numbers((1, 1, 37, 5), -300, 300, seed=2)
    biases = numbers((37,), -(2**16), 2**16, seed=3), numbers((5,), -(2**16), 2**16, seed=4)
    (first, second), (low, high) = kernels, biases
    return [
        Convolution(first.astype(np.int32), low.astype(np.int32), 9, 0, 2047),
        Convolution(second.astype(np.int32), high.astype(np.int32), 10, -4095, 4095),
    ]


def convolution_pictures() -> list[npt.NDArray[np.int16]]:
    """The pictures that the first layer takes, (height, width, channels) each."""
    pictures = enumerate(CONVOLUTION_INPUTS)
    return [numbers((*CONVOLUTION_SHAPE, count), -2047, 2047, seed=5 + k).astype(np.int16) for k, count in pictures]


def _convolution(library: ctypes.CDLL) -> int:
    network = Convolutions(library, convolution_layers(), CONVOLUTION_INPUTS, 2047)
    pictures = []
    for values in convolution_pictures():
        picture = padded_picture(CONVOLUTION_SHAPE, values.shape[2], network.margin)
        picture.inside[..., : values.shape[2]] = values
        pictures.append(picture)
    return checksum(network.run(pictures))


HINT_SHAPE, HINT_SCALE = (13, 21), 4
HINT_LAYOUT = Layout((13, 41), HINT_SHAPE, (2, 1))


def hint_picture() -> npt.NDArray[np.uint8]:
    """A hint picture of two planes of :data:`HINT_SHAPE`."""
    return numbers((8, 6), 0, 255, seed=20).astype(np.uint8)


def hint_luma() -> npt.NDArray[np.uint8]:
    """The gray of the same picture."""
    return numbers(HINT_LAYOUT.gray, 0, 255, seed=21).astype(np.uint8)


def hint_residuals() -> npt.NDArray[np.int16]:
    """What a network adds."""
    return numbers((*HINT_LAYOUT.grid, HINT_LAYOUT.num_outputs), -1023, 1023, seed=22).astype(np.int16)


def _hints(library: ctypes.CDLL) -> int:
    quarters = enlarge_hint(library, hint_picture(), HINT_SHAPE, HINT_SCALE)
    inputs = padded_picture(HINT_LAYOUT.grid, HINT_LAYOUT.num_inputs, 1)
    fill_inputs(library, HINT_LAYOUT, hint_luma(), quarters, inputs)
    planes = chroma_of_quarters(library, HINT_LAYOUT, None, quarters, hint_residuals())
    small = reduce_plane(library, planes[0], 2)
    return checksum(quarters, inputs.inside, *planes, small)


COLOR_CONVERSION = YuvConversion(full_range=False, red_share=0.2126, blue_share=0.0722, step_down=2, step_across=2)


def color_planes() -> list[npt.NDArray[np.uint8]]:
    """Gray and chroma of a picture in 4:2:0."""
    shapes = (11, 531), (6, 266), (6, 266)
    return [numbers(shape, 0, 255, seed=30 + k).astype(np.uint8) for k, shape in enumerate(shapes)]


def _color(library: ctypes.CDLL) -> int:
    luma, first, second = color_planes()
    return checksum(rgb_of_yuv(library, COLOR_CONVERSION, luma, first, second))


KNOWN_ANSWERS: dict[str, Known] = {
    "convolution": Known(_convolution, 1059779959),
    "hints": Known(_hints, 768453013),
    "color": Known(_color, 2572575025),
}
