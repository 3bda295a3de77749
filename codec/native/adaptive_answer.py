"""The question for the kernels of adaptive planes: :mod:`codec.native.known_answers`."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from codec.native.adaptive import AdaptiveLayout, AdaptiveLevel, AdaptiveTables, NativeBits, NativePlanes
from codec.native.made_up import checksum, numbers

I32Array = npt.NDArray[np.int32]

LAYOUTS = (
    AdaptiveLayout(13, 19, 1, (8, 8), 0, 255, 0, AdaptiveLevel.FIRST),
    AdaptiveLayout(10, 17, 2, (4, 4), 0, 255, 0, AdaptiveLevel.FIRST),
    AdaptiveLayout(9, 11, 2, (8, 8), -4096, 4095, 2, AdaptiveLevel.FIRST),
    AdaptiveLayout(13, 19, 1, (8, 8), 0, 255, 0, AdaptiveLevel.STANDARD),
    AdaptiveLayout(9, 11, 2, (8, 8), -4096, 4095, 2, AdaptiveLevel.STANDARD),
    AdaptiveLayout(11, 15, 1, (8, 8), 0, 65535, 3, AdaptiveLevel.FIRST_SWIFT),
    AdaptiveLayout(10, 17, 2, (4, 4), 0, 255, 0, AdaptiveLevel.FIRST_SWIFT),
    AdaptiveLayout(14, 19, 1, (8, 8), 0, 255, 0, AdaptiveLevel.MAX),
    AdaptiveLayout(9, 11, 2, (8, 8), -4096, 4095, 2, AdaptiveLevel.MAX),
    AdaptiveLayout(11, 15, 1, (8, 8), 0, 65535, 3, AdaptiveLevel.SWIFT),
    AdaptiveLayout(9, 11, 2, (8, 8), -4096, 4095, 2, AdaptiveLevel.SWIFT),
    AdaptiveLayout(10, 17, 2, (4, 4), 0, 255, 0, AdaptiveLevel.SWIFT),
)
NUM_PICTURES = 4


def tables() -> AdaptiveTables:
    """Tables made by formulas of whole numbers, which need not be good ones."""
    places = np.arange(4096)
    return AdaptiveTables(
        np.clip(places - 2048, -2047, 2047).astype(np.int16),
        np.clip(16 * places, 16, 65520).astype(np.uint16),
        (40960 // (10 * np.arange(128) + 16)).astype(np.int32),
        (32 >> np.arange(26) // 5).astype(np.int32),
        ((2 * np.arange(2560) + 1) / 5120).astype(np.float32),
    )


def gray(layout: AdaptiveLayout, picture: int) -> I32Array | None:
    """The gray beside chroma: slopes with noise, which move; None of gray itself."""
    return _slopes(layout, 0, picture) if layout.components > 1 else None


def samples(layout: AdaptiveLayout, component: int, picture: int) -> I32Array:
    """The samples of a component of a picture."""
    return _slopes(layout, 1 + component, picture)


def vectors(layout: AdaptiveLayout, picture: int) -> npt.NDArray[np.int16] | None:
    """The vectors of a picture, of which some lead far beyond the border; None of the first."""
    if picture == 0:
        return None
    far = np.where(numbers((*layout.num_blocks, 1), 0, 4, seed=30 + picture) == 0, 40, 1)
    return (numbers((*layout.num_blocks, 2), -1, 2, seed=40 + picture) * far).astype(np.int16)


def _slopes(layout: AdaptiveLayout, seed: int, picture: int) -> I32Array:
    step = 1 << layout.unit
    steps = step * numbers((layout.rows + 8, layout.columns + 8), -3, 3, seed=50 + seed)
    noise = step * numbers((layout.rows, layout.columns), -2, 2, seed=60 + 10 * seed + picture)
    whole = steps.cumsum(axis=1)[picture : picture + layout.rows, picture : picture + layout.columns]
    middle = (layout.low + layout.high) // 2
    return np.clip(middle + whole + noise, layout.low, layout.high).astype(np.int32)


def adaptive_planes(library: ctypes.CDLL) -> int:
    """The checksum of what a library writes, and of what it reads from that."""

    def coded(layout: AdaptiveLayout, data: bytes | None) -> tuple[bytes, list[I32Array]]:
        bits = NativeBits(library, data, is_symbols=layout.level.is_symbols)
        return coded_pictures(layout, NativePlanes(library, layout, tables()), bits)

    return checksum_of(coded)


def checksum_of(coded: Callable[[AdaptiveLayout, bytes | None], tuple[bytes, list[I32Array]]]) -> int:
    """The checksum of what an engine writes, and of what it reads from that."""
    found: list[I32Array] = []
    for layout in LAYOUTS:
        data, _ = coded(layout, None)
        found += [np.frombuffer(data, np.uint8).astype(np.int32), *coded(layout, data)[1]]
    return checksum(*found)


def coded_pictures(layout: AdaptiveLayout, planes: Any, bits: Any) -> tuple[bytes, list[I32Array]]:
    """Code all pictures; planes and bits are both of one engine.

    Returns:
        The bytes that were written, and the planes that were written or read.
    """
    decoded = []
    for picture in range(NUM_PICTURES):
        planes.begin_picture(vectors(layout, picture), gray(layout, picture))
        for component in range(layout.components):
            own = samples(layout, component, picture)
            decoded.append(own if bits.is_writing else np.zeros_like(own))
            planes.code(bits, component, decoded[-1])
    return bits.end() if bits.is_writing else b"", decoded
