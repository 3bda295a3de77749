"""Planes moved by blocks, in whole numbers: the same on every machine.

A motion field has a vector for each block of a plane, in quarters of a sample. Samples between the samples come from a
separable filter of six taps, as video codecs have had since H.264 (ITU-T H.264, 8.4.2.2.1): all sixteen positions of
a quarter are computed at once as a convolution of :mod:`codec.exact`, then each sample takes the one it needs.
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from codec.exact.inference import ExactNetwork
from codec.exact.layers import IntegerConvolution

I16Array = npt.NDArray[np.int16]
I64Array = npt.NDArray[np.int64]

BLOCK = 8
"""Gray samples on a side of a block."""
VECTOR_BITS = 2
"""Vectors are in quarters of a sample."""
SAMPLE_BITS = 2
"""Planes of references are in quarters of a code value."""
MAX_SAMPLE = 1023
"""Largest magnitude of a reference's sample, in quarters of a code value."""
_TAPS = {0: (0, 0, 64, 0, 0, 0), 1: (2, -9, 57, 17, -4, 1), 2: (2, -10, 40, 40, -10, 2), 3: (1, -4, 17, 57, -9, 2)}
_TAP_BITS = 6
_FIRST_TAP = -2
_REACH = 3


class MotionCompensation:
    """Moves planes; holds the filters, compiled for the backend."""

    def __init__(self) -> None:
        layer = IntegerConvolution(_filters(), np.zeros(16, np.int32), 2 * _TAP_BITS, -MAX_SAMPLE, MAX_SAMPLE)
        self._filters = ExactNetwork([layer], [MAX_SAMPLE])

    def distrust_backend(self) -> bool:
        """Compute in NumPy from now on; whether that is new."""
        was_trusted = self._filters.runs_on_backend
        self._filters.distrust_backend()
        return was_trusted

    def __call__(self, planes: I16Array, field: I16Array, block: tuple[int, int]) -> I16Array:
        """Each plane as seen through the field.

        Args:
            planes: (n, height, width) int16 in quarters of a code value, within ``MAX_SAMPLE``.
            field: (rows, columns, 2) int16: vertical and horizontal part of each block's vector, in quarters of a
                sample; from a sample to the place it is taken from. Beyond the border, the border's sample is taken.
            block: rows and columns of samples in a block.

        Returns:
            (n, height, width) int16 in quarters of a code value.
        """
        return self.take(self.positions(planes, needs_fractions=bool((field & 3).any())), field, block)

    def positions(self, planes: I16Array, *, needs_fractions: bool = True) -> I16Array:
        """All positions of a quarter: (n, height, width, 16) int16, or (..., 1) if only whole ones are needed."""
        if not needs_fractions:
            return planes[..., None]
        padded = np.pad(planes, ((0, 0), (_REACH, _REACH), (_REACH, _REACH)), mode="edge")
        found = [self._filters(plane[None, ..., None])[0] for plane in padded]
        inside = slice(_REACH, -_REACH)
        return np.stack([plane[inside, inside].astype(np.int16) for plane in found])

    @staticmethod
    def take(positions: I16Array, field: I16Array, block: tuple[int, int]) -> I16Array:
        """Of all positions, what each sample needs."""
        n, height, width, kinds = positions.shape
        places = _places((height, width), field, block, kinds)
        return np.take(positions.reshape(n, -1), places, axis=1).reshape(n, height, width)


def _places(shape: tuple[int, int], field: I16Array, block: tuple[int, int], kinds: int) -> I64Array:
    """Index into flattened positions for each sample, in C order."""
    height, width = shape
    down, across = (_per_sample(field[..., part].astype(np.int64), shape, block) for part in (0, 1))
    rows = np.clip(np.arange(height)[:, None] + (down >> VECTOR_BITS), 0, height - 1)
    columns = np.clip(np.arange(width)[None, :] + (across >> VECTOR_BITS), 0, width - 1)
    places: I64Array = (rows * width + columns) * kinds
    if kinds > 1:
        places += ((down & 3) << 2) + (across & 3)
    return places.ravel()


def _per_sample(blocks: I64Array, shape: tuple[int, int], block: tuple[int, int]) -> I64Array:
    return np.repeat(np.repeat(blocks, block[0], axis=0)[: shape[0]], block[1], axis=1)[:, : shape[1]]


def field_shape(height: int, width: int) -> tuple[int, int, int]:
    """Shape of a motion field for gray planes of this size."""
    return -(-height // BLOCK), -(-width // BLOCK), 2


@functools.cache
def _filters() -> npt.NDArray[np.int32]:
    """(7, 7, 1, 16) int32: a filter for each position; the vertical part is the slower index."""
    size = 2 * _REACH + 1
    kernel = np.zeros((size, size, 1, 16), np.int32)
    for down in range(4):
        for across in range(4):
            taps = np.outer(_TAPS[down], _TAPS[across])
            first = _REACH + _FIRST_TAP
            kernel[first : first + 6, first : first + 6, 0, 4 * down + across] = taps
    return kernel
