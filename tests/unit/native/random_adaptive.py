"""A random question for the kernels of adaptive planes; ``random_cases.py`` has the table."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import numpy.typing as npt

from codec.errors import StreamError
from codec.lossless.adaptive.bits import ReferenceBits
from codec.lossless.adaptive.reference import ReferencePlanes
from codec.lossless.adaptive.symbols import ReferenceSymbols
from codec.lossless.adaptive.tables import tables
from codec.native.adaptive import AdaptiveLayout, AdaptiveLevel, NativeBits, NativePlanes

I16Array = npt.NDArray[np.int16]
I32Array = npt.NDArray[np.int32]
Pictures = list[tuple[I16Array | None, I32Array | None, list[I32Array]]]
_BLOCKS = ((8, 8), (4, 4), (8, 4), (4, 8), (8, 2), (2, 2))


def adaptive_planes(library: ctypes.CDLL, random: np.random.Generator) -> None:
    """One to three small pictures of gray or chroma: written, read, and read again with damage."""
    depth = int(random.choice([8, 10, 16]))
    low = int(random.choice([0, -(1 << depth)]))
    rows, columns = (int(side) for side in random.integers(1, [12, 20]))
    components, unit = int(random.integers(1, 3)), int(random.integers(0, depth - 7))
    block = (8, 8) if components == 1 else _BLOCKS[random.integers(len(_BLOCKS))]
    level = AdaptiveLevel(int(random.integers(len(AdaptiveLevel))))
    layout = AdaptiveLayout(rows, columns, components, block, low, (1 << depth) - 1, unit, level)
    pictures: Pictures = []
    for number in range(random.integers(1, 4)):
        vectors = random.integers(-30, 31, (*layout.num_blocks, 2)) if random.random() < 0.3 else None
        if vectors is None and (number and random.random() < 0.8):
            vectors = random.integers(-1, 2, (*layout.num_blocks, 2))
        gray = _plane(layout, random) if components > 1 else None
        own = [_plane(layout, random) for _ in range(components)]
        pictures.append((None if vectors is None else vectors.astype(np.int16), gray, own))
    written, own_planes = _native(library, layout, pictures, None)
    expected_bytes, expected = _reference(layout, pictures, None)
    assert written == expected_bytes
    assert own_planes[-1].tolist() == expected[-1].tolist()  # the sizes that choices look at
    for data in (written, _damaged(random, written)):
        (end, read), (expected_end, expected) = (
            _native(library, layout, pictures, data),
            _reference(layout, pictures, data),
        )
        assert (end, len(read)) == (expected_end, len(expected))
        assert all(np.array_equal(one, other) for one, other in zip(read, expected, strict=True))


def _plane(layout: AdaptiveLayout, random: np.random.Generator) -> I32Array:
    shape = layout.rows, layout.columns
    kind = random.choice(["noise", "slopes", "flat"])
    if kind == "noise":
        return random.integers(layout.low, layout.high + 1, shape).astype(np.int32)
    steps = random.integers(-2, 3, shape) * (kind == "slopes")
    middle = random.integers(layout.low, layout.high + 1)
    return np.clip(middle + (steps << layout.unit).cumsum(axis=1), layout.low, layout.high).astype(np.int32)


def _damaged(random: np.random.Generator, data: bytes) -> bytes:
    kind = random.choice(["cut off", "changed", "noise"])
    if kind == "cut off":
        return data[: random.integers(len(data) + 1)]
    noise = random.integers(0, 256, len(data), np.uint8)
    if kind == "changed":
        noise = np.where(random.random(len(data)) < 0.1, noise, np.frombuffer(data, np.uint8))
    return noise.astype(np.uint8).tobytes()


def _native(
    library: ctypes.CDLL, layout: AdaptiveLayout, pictures: Pictures, data: bytes | None
) -> tuple[bytes, list[I32Array]]:
    return _coded(
        NativePlanes(library, layout, tables()), NativeBits(library, data, is_symbols=layout.level.is_symbols), pictures
    )


def _reference(layout: AdaptiveLayout, pictures: Pictures, data: bytes | None) -> tuple[bytes, list[I32Array]]:
    bits = ReferenceSymbols(data) if layout.level.is_symbols else ReferenceBits(data)
    return _coded(ReferencePlanes(layout, tables()), bits, pictures)


def _coded(planes: Any, bits: Any, pictures: Pictures) -> tuple[bytes, list[I32Array]]:
    """What one engine writes, or reads as far as it can: planes and bits are both of it."""
    found: list[I32Array] = []
    sizes = []
    for vectors, gray, own in pictures:
        planes.begin_picture(vectors, gray)
        for component, samples in enumerate(own):
            found.append(samples.copy() if bits.is_writing else np.zeros_like(samples))
            try:
                planes.code(bits, component, found[-1])
            except StreamError:
                return b"", found[:-1]
        sizes.append(bits.num_bytes)
    found.append(np.array(sizes, np.int32))
    return bits.end() if bits.is_writing else bytes([bits.ends_well()]), found
