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

from codec.native.convolution import Convolution, Convolutions, padded_picture


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


KNOWN_ANSWERS: dict[str, Known] = {
    "convolution": Known(_convolution, 1059779959),
}
