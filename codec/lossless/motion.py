"""Planes moved by blocks, in whole numbers: the same on every machine.

A motion field has a vector for each block of a plane, in quarters of a sample. Samples between the samples come from a
separable filter of six taps, as video codecs have had since H.264 (ITU-T H.264, 8.4.2.2.1): for each of the sixteen
positions of a quarter that some block needs, the sums of the whole plane are computed, then each sample takes its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
_WHOLE_TAP = np.float32(64)
_SUM_BITS = 12
ALL_POSITIONS = range(16)
_ANCHOR = 2  # the tap that lies on the sample itself
_TEST_SHAPE, _TEST_SEED = (40, 56), 20_030_530


class MotionCompensation:
    """Moves planes. OpenCV filters them, if it gives the right sums on a known plane; else NumPy does."""

    def __init__(self) -> None:
        test = np.random.default_rng(_TEST_SEED).integers(-MAX_SAMPLE, MAX_SAMPLE + 1, _TEST_SHAPE).astype(np.float32)
        self._is_trusted = np.array_equal(_sums(test, _filtered_by_opencv), _sums(test, _filtered_by_numpy))

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
        wanted = np.unique(_positions_of(field)).tolist()
        return np.stack([_rounded(np.take(self.positions(plane, wanted), places)) for plane in planes])

    def positions(self, plane: I16Array, wanted: Sequence[int] = ALL_POSITIONS) -> F32Array:
        """Sums of the filters for positions of a quarter.

        Args:
            plane: (height, width) int16.
            wanted: positions: four times the vertical fraction of a vector and the horizontal one.

        Returns:
            (16, height, width) float32 of whole numbers, for each position; what is not wanted is undefined.
        """
        apply = _filtered_by_opencv if self._is_trusted else _filtered_by_numpy
        return _sums(plane.astype(np.float32), apply, wanted)

    def samples(self, plane: I16Array) -> I16Array:
        """A plane at all positions of a quarter: (16, height, width) int16, for :func:`take`."""
        return np.stack([_rounded(sums) for sums in self.positions(plane)])


def take(samples: I16Array, field: I16Array, block: tuple[int, int]) -> I16Array:
    """Of a plane at all positions, what each sample needs: (height, width) int16."""
    shape = samples.shape[1], samples.shape[2]
    return np.take(samples, _places_among_positions(shape, field, block))


def _rounded(sums: F32Array) -> I16Array:
    samples = (sums.astype(np.int32) + (1 << (_SUM_BITS - 1))) >> _SUM_BITS
    rounded: I16Array = np.clip(samples, -MAX_SAMPLE, MAX_SAMPLE).astype(np.int16)
    return rounded


def _sums(plane: F32Array, apply: Filter, wanted: Sequence[int] = ALL_POSITIONS) -> F32Array:
    """(16, height, width) float32 of whole numbers; ``apply`` filters a plane with taps along an axis."""
    found = np.empty((16, *plane.shape), np.float32)
    for down in sorted({position >> 2 for position in wanted}):
        column = apply(plane, _TAPS[down], 0) if down else plane * _WHOLE_TAP
        for across in sorted(position & 3 for position in wanted if position >> 2 == down):
            found[4 * down + across] = apply(column, _TAPS[across], 1) if across else column * _WHOLE_TAP
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
    return _joined_places(*_rows_and_columns(shape, field, block), block)


def _places_among_positions(shape: tuple[int, int], field: I16Array, block: tuple[int, int]) -> I64Array:
    """The same into flattened positions."""
    offsets = _positions_of(field) * (shape[0] * shape[1])
    rows, columns = _rows_and_columns(shape, field, block)
    return _joined_places(rows, columns + np.repeat(offsets, block[1], axis=1)[:, : shape[1]], block)


def _positions_of(field: I16Array) -> I64Array:
    """The position of a quarter that each block takes its samples from: (rows, columns), 0 to 15."""
    fractions = field.astype(np.int64) & 3
    positions: I64Array = 4 * fractions[..., 0] + fractions[..., 1]
    return positions


def _rows_and_columns(shape: tuple[int, int], field: I16Array, block: tuple[int, int]) -> tuple[I64Array, I64Array]:
    """Where the rows begin that samples are taken from, (height, block columns), and columns, (block rows, width)."""
    height, width = shape
    down, across = (field[..., part].astype(np.int64) >> VECTOR_BITS for part in (0, 1))
    rows = np.arange(height)[:, None] + np.repeat(down, block[0], axis=0)[:height]
    columns = np.arange(width) + np.repeat(across, block[1], axis=1)[:, :width]
    # np.clip takes several times as long where there is so little to do.
    return np.minimum(np.maximum(rows, 0), height - 1) * width, np.minimum(np.maximum(columns, 0), width - 1)


def _joined_places(rows: I64Array, columns: I64Array, block: tuple[int, int]) -> I64Array:
    height, width = rows.shape[0], columns.shape[1]
    places: I64Array = np.repeat(rows, block[1], axis=1)[:, :width] + np.repeat(columns, block[0], axis=0)[:height]
    return places


def field_shape(height: int, width: int) -> tuple[int, int, int]:
    """Shape of a motion field for gray planes of this size."""
    return -(-height // BLOCK), -(-width // BLOCK), 2
