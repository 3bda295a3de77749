"""Planes moved by blocks, in whole numbers: the same on every machine.

A motion field has a vector for each block of a plane, in quarters of a sample. Samples between the samples come from a
separable filter of six taps, as video codecs have had since H.264 (ITU-T H.264, 8.4.2.2.1): the sums for all sixteen
positions of a quarter are computed at once, then each sample takes the one it needs.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

F32Array = npt.NDArray[np.float32]
I16Array = npt.NDArray[np.int16]
I64Array = npt.NDArray[np.int64]
Filter = Callable[[F32Array, tuple[int, ...], int], F32Array]

BLOCK = 8
"""Gray samples on a side of a block."""
VECTOR_BITS = 2
"""Vectors are in quarters of a sample."""
SAMPLE_BITS = 2
"""Planes of references are in quarters of a code value."""
MAX_SAMPLE = 1023
"""Largest magnitude of a reference's sample, in quarters of a code value."""
# For a fraction of 0, 1, 2 and 3 quarters. No sum of both passes reaches 2**24, below which float32 is exact.
_TAPS = ((0, 0, 64, 0, 0, 0), (2, -9, 57, 17, -4, 1), (2, -10, 40, 40, -10, 2), (1, -4, 17, 57, -9, 2))
_SUM_BITS = 12
_ANCHOR = 2  # the tap that lies on the sample itself
_TEST_SHAPE, _TEST_SEED = (40, 56), 20_030_530


class MotionCompensation:
    """Moves planes. OpenCV filters them, if it gives the right sums on a known plane; else NumPy does."""

    def __init__(self) -> None:
        test = np.random.default_rng(_TEST_SEED).integers(-MAX_SAMPLE, MAX_SAMPLE + 1, _TEST_SHAPE).astype(np.float32)
        self._is_trusted = np.array_equal(_all_sums(test, _filtered_by_opencv), _all_sums(test, _filtered_by_numpy))

    def distrust_backend(self) -> bool:
        """Filter in NumPy from now on; whether that is new."""
        was_trusted, self._is_trusted = self._is_trusted, False
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
        shape = planes.shape[1], planes.shape[2]
        if not (field & 3).any():
            whole = _places(shape, field, block)
            return np.stack([np.take(plane, whole) for plane in planes])
        places = _places_among_positions(shape, field, block)
        return np.stack([_rounded(np.take(self.positions(plane), places)) for plane in planes])

    def positions(self, plane: I16Array) -> F32Array:
        """Sums of the filters for all positions of a quarter.

        Args:
            plane: (height, width) int16.

        Returns:
            (16, height, width) float32 of whole numbers; the vertical part of a position is the slower index.
        """
        apply = _filtered_by_opencv if self._is_trusted else _filtered_by_numpy
        return _all_sums(plane.astype(np.float32), apply)

    @staticmethod
    def take(positions: F32Array, field: I16Array, block: tuple[int, int]) -> I16Array:
        """Of all positions, what each sample needs: (height, width) int16."""
        shape = positions.shape[1], positions.shape[2]
        return _rounded(np.take(positions, _places_among_positions(shape, field, block)))


def _rounded(sums: F32Array) -> I16Array:
    samples = (sums.astype(np.int32) + (1 << (_SUM_BITS - 1))) >> _SUM_BITS
    rounded: I16Array = np.clip(samples, -MAX_SAMPLE, MAX_SAMPLE).astype(np.int16)
    return rounded


def _all_sums(plane: F32Array, apply: Filter) -> F32Array:
    """(16, height, width) float32 of whole numbers; ``apply`` filters a plane with taps along an axis."""
    found = np.empty((16, *plane.shape), np.float32)
    for down, taps in enumerate(_TAPS):
        column = apply(plane, taps, 0)
        for across, taps_across in enumerate(_TAPS):
            found[4 * down + across] = apply(column, taps_across, 1)
    return found


def _filtered_by_opencv(plane: F32Array, taps: tuple[int, ...], axis: int) -> F32Array:
    kernel = np.array(taps, np.float32).reshape((-1, 1) if axis == 0 else (1, -1))
    anchor = (0, _ANCHOR) if axis == 0 else (_ANCHOR, 0)
    return np.asarray(cv2.filter2D(plane, cv2.CV_32F, kernel, anchor=anchor, borderType=cv2.BORDER_REPLICATE))


def _filtered_by_numpy(plane: F32Array, taps: tuple[int, ...], axis: int) -> F32Array:
    margins = [(0, 0), (0, 0)]
    margins[axis] = (_ANCHOR, len(taps) - 1 - _ANCHOR)
    padded = np.pad(plane.astype(np.int32), margins, mode="edge")
    count = plane.shape[axis]
    filtered = sum(tap * np.take(padded, range(k, k + count), axis=axis) for k, tap in enumerate(taps))
    return np.asarray(filtered, np.float32)


def _places(shape: tuple[int, int], field: I16Array, block: tuple[int, int]) -> I64Array:
    """Index into a flattened plane for each sample, (height, width); fractions of vectors are rounded down."""
    height, width = shape
    down, across = (_per_sample(field[..., part].astype(np.int64), shape, block) for part in (0, 1))
    rows = np.clip(np.arange(height)[:, None] + (down >> VECTOR_BITS), 0, height - 1)
    columns = np.clip(np.arange(width)[None, :] + (across >> VECTOR_BITS), 0, width - 1)
    places: I64Array = rows * width + columns
    return places


def _places_among_positions(shape: tuple[int, int], field: I16Array, block: tuple[int, int]) -> I64Array:
    """The same into flattened positions."""
    fractions = field & 3
    position = _per_sample(4 * fractions[..., 0].astype(np.int64) + fractions[..., 1], shape, block)
    return _places(shape, field, block) + position * (shape[0] * shape[1])


def _per_sample(blocks: I64Array, shape: tuple[int, int], block: tuple[int, int]) -> I64Array:
    return np.repeat(np.repeat(blocks, block[0], axis=0)[: shape[0]], block[1], axis=1)[:, : shape[1]]


def field_shape(height: int, width: int) -> tuple[int, int, int]:
    """Shape of a motion field for gray planes of this size."""
    return -(-height // BLOCK), -(-width // BLOCK), 2
