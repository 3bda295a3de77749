"""Questions for kernels, with inputs that are made by a formula: generators of random numbers change with versions."""

from __future__ import annotations

import ctypes
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


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
