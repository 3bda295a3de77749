"""Motion compensation by blocks in whole numbers, so that the result is the same on every machine.

A motion field has a vector for each block of a plane, in quarters of a sample. A separable filter of six taps
interpolates between the samples, as in video codecs since H.264 (ITU-T H.264, 8.4.2.2.1). There are sixteen
quarter-sample positions.

The native library computes it (:mod:`codec.native.motion`), or else NumPy, whose code here is the reference: for each
position that some block needs, the filter runs over the whole plane; each sample is then taken from the position that
its block needs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from codec.native import motion as native
from codec.native.library import library

I16Array = npt.NDArray[np.int16]
I32Array = npt.NDArray[np.int32]
I64Array = npt.NDArray[np.int64]

BLOCK = 8
"""The side of a block, in samples of the gray."""
VECTOR_BITS = 2
"""Fraction bits of a vector: vectors are in quarters of a sample."""
SAMPLE_BITS = 2
"""Fraction bits of a sample: planes are in quarters of a code value, or of a unit of several."""
MAX_SAMPLE = 1023
"""The largest magnitude of a sample of 8 bits, in quarters of a code value."""
# The taps for a fraction of 0, 1, 2 and 3 quarters. Their magnitudes add up to 104 or less, so that the sums of both
# passes stay below 2**14 times the samples: below 2**28.
_TAPS = ((0, 0, 64, 0, 0, 0), (2, -9, 57, 17, -4, 1), (2, -10, 40, 40, -10, 2), (1, -4, 17, 57, -9, 2))
_SUM_BITS = 12
ALL_POSITIONS = range(16)
_ANCHOR = 2  # the tap that lies on the sample itself


def moved(planes: I16Array, field: I16Array, block: tuple[int, int], most: int = MAX_SAMPLE) -> I16Array:
    """Move planes along a motion field.

    Args:
        planes: (n, height, width) int16 in quarters of a unit, -2**14 to 2**14 - 1.
        field: (rows, columns, 2) int16: the vertical and the horizontal part of each block's vector, in quarters of a
            sample. A vector points from a sample to the place that its value is taken from. Beyond the border, the
            nearest sample of the border is taken.
        block: rows and columns of samples in a block.
        most: the largest magnitude of a sample between others, below 2**14.

    Returns:
        (n, height, width) int16 in quarters of a unit.
    """
    loaded = library()
    if loaded is not None:
        return native.moved(loaded, np.ascontiguousarray(planes), np.ascontiguousarray(field), block, most)
    return moved_by_numpy(planes, field, block, most)


def moved_by_numpy(planes: I16Array, field: I16Array, block: tuple[int, int], most: int = MAX_SAMPLE) -> I16Array:
    """The reference of :func:`moved`."""
    shape = planes.shape[1], planes.shape[2]
    if not (field & 3).any():
        whole = _places(shape, field, block)
        return np.stack([np.take(plane, whole) for plane in planes])
    places = _places_among_positions(shape, field, block)
    wanted = np.unique(_positions_of(field)).tolist()
    return np.stack([_rounded(np.take(_sums(plane, wanted), places), most) for plane in planes])


def interpolated(plane: I16Array) -> I16Array:
    """Interpolate a plane at all quarter-sample positions.

    Args:
        plane: (height, width) int16, in quarters of a code value, within ``MAX_SAMPLE``.

    Returns:
        (16, height, width) int16, for :func:`take`. A position is four times the vertical fraction of a vector plus the
        horizontal fraction, both in quarters of a sample.
    """
    return np.stack([_rounded(sums, MAX_SAMPLE) for sums in _sums(plane, ALL_POSITIONS)])


def take(samples: I16Array, field: I16Array, block: tuple[int, int]) -> I16Array:
    """Move a plane that is already interpolated.

    Args:
        samples: the plane at all positions, as :func:`interpolated` returns it.
        field: (rows, columns, 2) int16, as in :func:`moved`.
        block: rows and columns of samples in a block.

    Returns:
        (height, width) int16 in quarters of a code value.
    """
    shape = samples.shape[1], samples.shape[2]
    return np.take(samples, _places_among_positions(shape, field, block))


def _rounded(sums: I32Array, most: int) -> I16Array:
    samples = (sums + (1 << (_SUM_BITS - 1))) >> _SUM_BITS
    rounded: I16Array = np.clip(samples, -most, most).astype(np.int16)
    return rounded


def _sums(plane: I16Array, wanted: Sequence[int]) -> I32Array:
    """The filter's sums at the wanted positions: (16, height, width) int32. Values at other positions are undefined."""
    found = np.empty((16, *plane.shape), np.int32)
    for down in sorted({position >> 2 for position in wanted}):
        column = _filtered(plane.astype(np.int32), down, 0)
        for across in sorted(position & 3 for position in wanted if position >> 2 == down):
            found[4 * down + across] = _filtered(column, across, 1)
    return found


def _filtered(plane: I32Array, fraction: int, axis: int) -> I32Array:
    """Filter a plane along one axis."""
    taps = _TAPS[fraction]
    if not fraction:
        return plane * np.int32(taps[_ANCHOR])
    margins = [(0, 0), (0, 0)]
    margins[axis] = (_ANCHOR, len(taps) - 1 - _ANCHOR)
    padded = np.pad(plane, margins, mode="edge")
    count = plane.shape[axis]
    beside = (padded[k : k + count] if axis == 0 else padded[:, k : k + count] for k in range(len(taps)))
    sums = np.zeros(plane.shape, np.int32)
    for tap, samples in zip(taps, beside, strict=True):
        sums += np.int32(tap) * samples
    return sums


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
