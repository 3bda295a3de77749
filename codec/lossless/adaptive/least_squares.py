"""Least squares of adaptive planes: sums of products over tiles, and the weights that follow from them.

A tile's weights come from its neighbors: from the two rows of tiles above it, and from the tiles around it in the
picture before, whose samples were themselves predicted from a picture before. All sums are of float32 in an order that
is the same everywhere, so that every machine gets the same weights.
"""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

F32Array = npt.NDArray[np.float32]
I64Array = npt.NDArray[np.int64]

WEIGHT_BITS = 12
_MARGIN = 2
_RIDGE, _SHARE = np.float32(2), np.float32(2**-15)
"""What keeps features apart that are equal: more than the products that they lose to rounding."""
_SMALLEST_PIVOT = np.float32(1)


def num_pairs(num_features: int) -> int:
    """How many products of two of the features and the sample there are."""
    return (num_features + 1) * (num_features + 2) // 2


class TileProducts:
    """Sums of products of features, for each tile of a component.

    Args:
        tile_rows, tile_columns: of the component.
        num_features: of a sample; the sample itself comes last.
    """

    def __init__(self, tile_rows: int, tile_columns: int, num_features: int) -> None:
        self._num_features = num_features
        shape = (num_pairs(num_features), tile_rows + 2 * _MARGIN, tile_columns + 2 * _MARGIN)
        self._now, self._before = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        self._whole_now, self._whole_before = np.zeros(shape[0], np.int64), np.zeros(shape[0], np.int64)
        self._has_before = False

    def begin_picture(self, *, has_before: bool) -> None:
        """Begin the next picture.

        Args:
            has_before: the sums of the last picture may be used.
        """
        if self._has_before:
            self._now += self._before * np.float32(0.5)
        self._now, self._before = self._before, self._now
        self._now[:] = 0
        self._whole_now, self._whole_before = np.zeros_like(self._whole_now), self._whole_now
        self._has_before = has_before

    def add(self, row: int, column: int, values: I64Array, weights: I64Array) -> None:
        """Add a tile that is decoded.

        Args:
            row: of the tile.
            column: of the tile.
            values: (features + 1, samples).
            weights: (samples,) of each sample.
        """
        places = itertools.combinations_with_replacement(range(self._num_features + 1), 2)
        sums = np.array([(values[i] * weights * values[j]).sum() for i, j in places], np.int64)
        self._now[:, row + _MARGIN, column + _MARGIN] = sums.astype(np.float32)
        self._whole_now += sums

    def weights(self, row: int, num_fits: int) -> I64Array:
        """Fit the weights of a row of tiles.

        Args:
            row: of the tiles.
            num_fits: 1 or 2: from many samples, and from those near by.

        Returns:
            (tile columns, fits, features), in 1/4096.
        """
        one, two, four, half = (np.float32(value) for value in (1, 2, 4, 0.5))
        first, second = (_neighbors(self._now[:, row + _MARGIN - up]) for up in (1, 2))
        now = [(four * own + two * near) + far for own, near, far in (first, second)]
        here = [(own + near) + far for own, near, far in (first, second)]
        moved = np.zeros_like(first[0])
        whole = np.zeros((len(moved), 1), np.float32)
        if self._has_before:
            up, middle, down = (self._before[:, row + _MARGIN + step] for step in (-1, 0, 1))
            middles = (two * middle[:, 2:-2] + (middle[:, 1:-3] + middle[:, 3:-1])) + (_three(up) + _three(down))
            moved = middles
            whole = self._whole_before.astype(np.float32)[:, None]
        ridge = np.zeros_like(whole)
        share = np.zeros_like(whole)
        squares = [_pair(self._num_features, k, k) for k in range(self._num_features + 1)]
        ridge[squares], share[squares] = _RIDGE, _SHARE
        wide = ((two * now[0] + now[1]) + moved) * half + (whole * (one / np.float32(256)) + ridge)
        close = (here[0] + here[1]) + (whole * (one / np.float32(4096)) + ridge)
        systems = (system + share * system for system in (wide, close)[:num_fits])
        found = [_as_weights(_solved(system, self._num_features)) for system in systems]
        return np.stack(found, axis=1).transpose(2, 1, 0)


def _neighbors(row: F32Array) -> tuple[F32Array, F32Array, F32Array]:
    """Sums over a row of tiles about each tile: of itself, of its neighbors and of theirs."""
    return row[:, 2:-2], row[:, 1:-3] + row[:, 3:-1], row[:, :-4] + row[:, 4:]


def _three(row: F32Array) -> F32Array:
    return row[:, 2:-2] + (row[:, 1:-3] + row[:, 3:-1])


def _pair(num_features: int, i: int, j: int) -> int:
    return i * (num_features + 1) - i * (i - 1) // 2 + j - i


def _solved(system: F32Array, count: int) -> F32Array:
    """Solve systems by elimination without pivots: (pairs, tiles) to (features, tiles)."""
    matrix = system.copy()
    with np.errstate(all="ignore"):  # damaged data may lead to anything
        for k in range(count):
            pivot = _pair(count, k, k)
            inverse = np.float32(1) / np.where(matrix[pivot] > _SMALLEST_PIVOT, matrix[pivot], _SMALLEST_PIVOT)
            for i in range(k + 1, count):
                row, to = _pair(count, k, i), _pair(count, i, i)
                factor = matrix[row] * inverse
                width = count - i + 1
                matrix[to : to + width] -= factor * matrix[row : row + width]
            matrix[pivot] = inverse
        found = np.zeros((count, matrix.shape[1]), np.float32)
        for k in reversed(range(count)):
            row = _pair(count, k, k)
            total = matrix[row + count - k].copy()
            for j in range(k + 1, count):
                total = total - matrix[row + j - k] * found[j]
            found[k] = total * matrix[row]
    return found


def _as_weights(values: F32Array) -> I64Array:
    """As they are used; what is not a number becomes the smallest."""
    with np.errstate(all="ignore"):
        scaled = values * np.float32(1 << WEIGHT_BITS)
        limited = np.where(scaled > -32767, scaled, np.float32(-32767))
        limited = np.where(scaled > 32767, np.float32(32767), limited)
        rounded: I64Array = np.trunc(
            np.where(limited < 0, limited - np.float32(0.5), limited + np.float32(0.5))
        ).astype(np.int64)
    return rounded
