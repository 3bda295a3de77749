"""Motion compensation by blocks in whole numbers, so that the result is the same on every machine.

A motion field has a vector for each block of a plane, in quarters of a sample. A separable filter of six taps
interpolates between the samples, as in video codecs since H.264 (ITU-T H.264, 8.4.2.2.1). There are sixteen
quarter-sample positions. For each one that some block needs, the filter runs over the whole plane. Each sample is then
taken from the position that its block needs.
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
"""The side of a block, in samples of the gray."""
VECTOR_BITS = 2
"""Fraction bits of a vector: vectors are in quarters of a sample."""
SAMPLE_BITS = 2
"""Fraction bits of a sample: planes are in quarters of a code value."""
MAX_SAMPLE = 1023
"""The largest magnitude of a sample, in quarters of a code value."""
# The taps for a fraction of 0, 1, 2 and 3 quarters. After both passes no sum reaches 2**24, so float32 is exact.
_TAPS = ((0, 0, 64, 0, 0, 0), (2, -9, 57, 17, -4, 1), (2, -10, 40, 40, -10, 2), (1, -4, 17, 57, -9, 2))
_WHOLE_TAP = np.float32(64)
_SUM_BITS = 12
ALL_POSITIONS = range(16)
_ANCHOR = 2  # the tap that lies on the sample itself
_TEST_SHAPE, _TEST_SEED = (40, 56), 20_030_530


class MotionCompensation:
    """Moves planes along motion fields.

    OpenCV filters the planes if it gives the right sums on a test plane; otherwise NumPy does.
    """

    def __init__(self) -> None:
        test = np.random.default_rng(_TEST_SEED).integers(-MAX_SAMPLE, MAX_SAMPLE + 1, _TEST_SHAPE).astype(np.float32)
        self._is_trusted = np.array_equal(_sums(test, _filtered_by_opencv), _sums(test, _filtered_by_numpy))

    def distrust_backend(self) -> bool:
        """Filter in NumPy from now on. Returns whether OpenCV was in use before."""
        was_trusted, self._is_trusted = self._is_trusted, False
        return was_trusted

    def __call__(self, planes: I16Array, field: I16Array, block: tuple[int, int]) -> I16Array:
        """Move planes along a motion field.

        Args:
            planes: (n, height, width) int16 in quarters of a code value, within ``MAX_SAMPLE``.
            field: (rows, columns, 2) int16: the vertical and the horizontal part of each block's vector, in quarters
                of a sample. A vector points from a sample to the place that its value is taken from. Beyond the
                border, the nearest sample of the border is taken.
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
        """The filter's sums at quarter-sample positions.

        Args:
            plane: (height, width) int16, in quarters of a code value.
            wanted: the positions to compute, 0 to 15. A position is four times the vertical fraction of a vector plus
                the horizontal fraction, both in quarters.

        Returns:
            (16, height, width) float32, whole numbers, for each position. Values at other positions are undefined.
        """
        apply = _filtered_by_opencv if self._is_trusted else _filtered_by_numpy
        return _sums(plane.astype(np.float32), apply, wanted)

    def samples(self, plane: I16Array) -> I16Array:
        """Interpolate a plane at all quarter-sample positions: (16, height, width) int16, for :func:`take`."""
        return np.stack([_rounded(sums) for sums in self.positions(plane)])


def take(samples: I16Array, field: I16Array, block: tuple[int, int]) -> I16Array:
    """Move a plane that is already interpolated.

    Args:
        samples: the plane at all positions, as :meth:`MotionCompensation.samples` returns it.
        field: (rows, columns, 2) int16, as in :meth:`MotionCompensation.__call__`.
        block: rows and columns of samples in a block.

    Returns:
        (height, width) int16 in quarters of a code value.
    """
    shape = samples.shape[1], samples.shape[2]
    return np.take(samples, _places_among_positions(shape, field, block))


def _rounded(sums: F32Array) -> I16Array:
    samples = (sums.astype(np.int32) + (1 << (_SUM_BITS - 1))) >> _SUM_BITS
    rounded: I16Array = np.clip(samples, -MAX_SAMPLE, MAX_SAMPLE).astype(np.int16)
    return rounded


def _sums(plane: F32Array, apply: Filter, wanted: Sequence[int] = ALL_POSITIONS) -> F32Array:
    """Filter a plane for the wanted positions; ``apply`` filters along one axis.

    Returns:
        (16, height, width) float32, whole numbers.
    """
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
    """For each sample, the index in the flattened plane that it is taken from, (height, width) int64.

    Fractions of vectors are rounded down.
    """
    return _joined_places(*_rows_and_columns(shape, field, block), block)


def _places_among_positions(shape: tuple[int, int], field: I16Array, block: tuple[int, int]) -> I64Array:
    """For each sample, the index in the flattened (16, height, width) array of positions, (height, width) int64."""
    offsets = _positions_of(field) * (shape[0] * shape[1])
    rows, columns = _rows_and_columns(shape, field, block)
    return _joined_places(rows, columns + np.repeat(offsets, block[1], axis=1)[:, : shape[1]], block)


def _positions_of(field: I16Array) -> I64Array:
    """The quarter-sample position that each block needs: (rows, columns) int64, 0 to 15."""
    fractions = field.astype(np.int64) & 3
    positions: I64Array = 4 * fractions[..., 0] + fractions[..., 1]
    return positions


def _rows_and_columns(shape: tuple[int, int], field: I16Array, block: tuple[int, int]) -> tuple[I64Array, I64Array]:
    """The rows and the columns that samples are taken from.

    Returns:
        The flat index at which each row begins, (height, block columns), and the columns, (block rows, width).
    """
    height, width = shape
    down, across = (field[..., part].astype(np.int64) >> VECTOR_BITS for part in (0, 1))
    rows = np.arange(height)[:, None] + np.repeat(down, block[0], axis=0)[:height]
    columns = np.arange(width) + np.repeat(across, block[1], axis=1)[:, :width]
    # On arrays this small, np.clip takes several times as long.
    return np.minimum(np.maximum(rows, 0), height - 1) * width, np.minimum(np.maximum(columns, 0), width - 1)


def _joined_places(rows: I64Array, columns: I64Array, block: tuple[int, int]) -> I64Array:
    height, width = rows.shape[0], columns.shape[1]
    places: I64Array = np.repeat(rows, block[1], axis=1)[:, :width] + np.repeat(columns, block[0], axis=0)[:height]
    return places


def field_shape(height: int, width: int) -> tuple[int, int, int]:
    """Shape of a motion field for gray planes of this size."""
    return -(-height // BLOCK), -(-width // BLOCK), 2
