"""Least squares of adaptive planes: sums of products over tiles, and the weights that follow from them.

A tile's weights come from its neighbors: from the two rows of tiles above it, or four of low ones, and from the tiles
around it in the picture before, whose samples were themselves predicted from a picture before. All sums are of float32
in an order that is the same everywhere, so that every machine gets the same weights.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from codec.lossless.adaptive.features import Feature, Source
from codec.native.adaptive import AdaptiveLayout, AdaptiveLevel

F32Array = npt.NDArray[np.float32]
I64Array = npt.NDArray[np.int64]

WEIGHT_BITS = 12
_MARGIN, _ROWS_ABOVE, _ROWS_BELOW = 2, 4, 2
_RIDGE, _SHARE = np.float32(2), np.float32(2**-15)
"""What keeps features apart that are equal: more than the products that they lose to rounding."""
_SMALLEST_PIVOT = np.float32(1)
_HALF, _TWO, _THREE, _FOUR = (np.float32(value) for value in (0.5, 2, 3, 4))


def num_pairs(num_features: int) -> int:
    """How many products of two of the features and the sample there are."""
    return (num_features + 1) * (num_features + 2) // 2


class TileProducts:
    """Sums of products of features, for each tile of a component.

    Args:
        layout: of the component.
        features: of a sample; the sample itself comes last.
    """

    def __init__(self, layout: AdaptiveLayout, features: Sequence[Feature]) -> None:
        self._level, self._features, self._num_features = layout.level, features, len(features)
        rows, columns = layout.tile_rows + _ROWS_ABOVE + _ROWS_BELOW, layout.tile_columns + 2 * _MARGIN
        shape = (num_pairs(len(features)), rows, columns)
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
        self._now[:, row + _ROWS_ABOVE, column + _MARGIN] = sums.astype(np.float32)
        self._whole_now += sums

    def weights(self, row: int) -> I64Array:
        """Fit the weights of a row of tiles.

        Args:
            row: of the tiles.

        Returns:
            (tile columns, fits, features), in 1/4096.
        """
        above = [_neighbors(self._now[:, row + _ROWS_ABOVE - up]) for up in range(1, _ROWS_ABOVE + 1)]
        is_max = self._level is AdaptiveLevel.MAX
        wide, close = (_low_tiles if is_max else _square_tiles)(above, self._moved(row))
        whole = np.zeros((len(wide), 1), np.float32)
        if self._has_before:
            whole = self._whole_before.astype(np.float32)[:, None]
        ridge = np.zeros_like(whole)
        share = np.zeros_like(whole)
        squares = [_pair(self._num_features, k, k) for k in range(self._num_features + 1)]
        ridge[squares], share[squares] = _RIDGE, _SHARE
        wide = wide + (whole * np.float32(2**-8) + ridge)
        close = close + (whole * np.float32(2**-12) + ridge)
        systems = [system + share * system for system in (wide, close)[: self._level.num_fits]]
        found = [_solved(system, self._num_features) for system in systems]
        if is_max:
            found += [self._solved_part(systems[0], of_before=of_before) for of_before in (False, True)]
        return np.stack([_as_weights(one) for one in found], axis=1).transpose(2, 1, 0)

    def _moved(self, row: int) -> list[tuple[F32Array, F32Array]]:
        """Of each row of tiles of the picture before, from two above on: the tile at the place, and both beside it."""
        found = []
        for down in range(-2, 3):
            at = row + _ROWS_ABOVE + down
            before = self._before[:, at] if self._has_before else np.zeros_like(self._before[:, 0])
            found.append((before[:, 2:-2], before[:, 1:-3] + before[:, 3:-1]))
        return found

    def _solved_part(self, system: F32Array, *, of_before: bool) -> F32Array:
        """Weights of neighbors in earlier pictures alone, or in this one; of mates in any case. The others are 0."""
        kinds = [feature.source for feature in self._features]
        used = [k for k, kind in enumerate(kinds) if kind is Source.MATE or (kind > Source.ABOVE) == of_before]
        places = [*used, self._num_features]
        pairs = [_pair(self._num_features, i, j) for i, j in itertools.combinations_with_replacement(places, 2)]
        found = np.zeros((self._num_features, system.shape[1]), np.float32)
        found[used] = _solved(system[pairs], len(used))
        return found


def _square_tiles(
    above: list[tuple[F32Array, F32Array, F32Array]], moved: list[tuple[F32Array, F32Array]]
) -> tuple[F32Array, F32Array]:
    """The systems of many tiles, and of near ones: two rows above, three of the picture before."""
    first, second = (_sloping(row) for row in above[:2])
    here = [_level(row) for row in above[:2]]
    up, (middle, beside), down = moved[1:4]
    before = (_TWO * middle + beside) + ((up[0] + up[1]) + (down[0] + down[1]))
    wide: F32Array = ((_TWO * first + second) + before) * _HALF
    return wide, here[0] + here[1]


def _low_tiles(
    above: list[tuple[F32Array, F32Array, F32Array]], moved: list[tuple[F32Array, F32Array]]
) -> tuple[F32Array, F32Array]:
    """The same of tiles that are half as high: four rows above, five of the picture before."""
    weighed, here = [_sloping(row) for row in above], [_level(row) for row in above]
    top, up, (middle, beside), down, bottom = moved
    near: F32Array = (up[0] + up[1]) + (down[0] + down[1])
    far: F32Array = (top[0] + top[1]) + (bottom[0] + bottom[1])
    before = ((_TWO * middle + beside) + near) + _HALF * far
    all_above = ((_THREE * weighed[0] + _TWO * weighed[1]) + weighed[2]) + _HALF * weighed[3]
    wide: F32Array = (all_above + before) * _HALF
    return wide, (here[0] + here[1]) + (here[2] + here[3])


def _sloping(row: tuple[F32Array, F32Array, F32Array]) -> F32Array:
    own, near, far = row
    return (_FOUR * own + _TWO * near) + far


def _level(row: tuple[F32Array, F32Array, F32Array]) -> F32Array:
    own, near, far = row
    return (own + near) + far


def _neighbors(row: F32Array) -> tuple[F32Array, F32Array, F32Array]:
    """Sums over a row of tiles about each tile: of itself, of its neighbors and of theirs."""
    return row[:, 2:-2], row[:, 1:-3] + row[:, 3:-1], row[:, :-4] + row[:, 4:]


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
