"""A coarse motion search on reduced pictures: what motion search starts from.

Blocks are compared without their mean difference: where a scene becomes lighter or darker, that is no motion. The
pictures are reduced to a quarter and to half of their size. On the smallest, each block tries every vector within a
range. On the next one it tries the vectors found for its place and around it, and then those beside the best.
"""

from __future__ import annotations

import numpy as np

from codec.lossless.motion import BLOCK, VECTOR_BITS, I16Array, I32Array, I64Array
from codec.native import block_motion as native
from codec.native.library import library
from codec.video.picture import PlaneArray, block_sums

SIDE = BLOCK // 2
"""Of a block in a reduced picture, in samples."""
MARGIN = 2
"""Samples around a block that are compared too."""
_SAMPLES = (SIDE + 2 * MARGIN) ** 2
RANGE = 7
"""The largest part of a vector on the smallest picture, in samples of that picture."""
COST_OF_LENGTH = 16
"""For each sample of a vector's length, in units of absolute difference: it keeps blocks without texture in place."""


def coarse_field(luma: PlaneArray, before: PlaneArray) -> I16Array:
    """Find the coarse motion from a picture to the previous one.

    Args:
        luma: the gray of the picture, (height, width) uint8 in C order.
        before: the gray of the previous picture, (height, width) uint8 in C order.

    Returns:
        (rows, columns, 2) int16: a vector for each block of 8x8 samples, in quarters of a sample.
    """
    half, half_before = reduced(luma), reduced(before)
    fourth, fourth_before = reduced(half), reduced(half_before)
    loaded = library()
    if loaded is None:
        field = coarse_by_numpy((half, fourth), (half_before, fourth_before))
    else:
        field = native.coarse(loaded, (half, fourth), (half_before, fourth_before))
    return field << np.int16(VECTOR_BITS + 1)


def reduced(plane: PlaneArray) -> PlaneArray:
    """Average squares of 2x2 samples; incomplete ones repeat the last sample."""
    if plane.shape[0] % 2 or plane.shape[1] % 2:
        plane = np.pad(plane, ((0, plane.shape[0] % 2), (0, plane.shape[1] % 2)), mode="edge")
    averages: PlaneArray = ((block_sums(plane, 2, 2, np.uint16) + np.uint16(2)) >> np.uint16(2)).astype(np.uint8)
    return averages


def coarse_by_numpy(now: tuple[PlaneArray, PlaneArray], before: tuple[PlaneArray, PlaneArray]) -> I16Array:
    """The reference of :func:`codec.native.block_motion.coarse`.

    Args:
        now: the picture at half and at a quarter of its size.
        before: the previous picture, the same.

    Returns:
        (rows, columns, 2) int16: a vector for each block of the larger picture, in its samples.
    """
    small = _Level(now[1], before[1])
    for down in range(-RANGE, RANGE + 1):
        for across in range(-RANGE, RANGE + 1):
            small.offer(np.broadcast_to(np.array([down, across], np.int16), small.field.shape))
    level = _Level(now[0], before[0])
    rows, columns = (np.arange(count) // 2 for count in level.field.shape[:2])
    for down, across in ((0, 0), (0, 1), (1, 0), (0, -1), (-1, 0)):
        places = np.ix_(_limited(rows + down, small.field.shape[0]), _limited(columns + across, small.field.shape[1]))
        level.offer(2 * small.field[places])
    best = level.field
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            level.offer(best + np.array([down, across], np.int16))
    return level.field


class _Level:
    """The best vectors so far on one reduced picture, in its samples."""

    def __init__(self, now: PlaneArray, before: PlaneArray) -> None:
        self._before = before
        rows, columns = (-(-count // SIDE) for count in now.shape)
        around = np.arange(-MARGIN, SIDE + MARGIN)
        self._rows = (SIDE * np.arange(rows)[:, None] + around)[:, None, :, None]
        self._columns = (SIDE * np.arange(columns)[:, None] + around)[None, :, None, :]
        places = _limited(self._rows, now.shape[0]), _limited(self._columns, now.shape[1])
        self._windows = now[places].astype(np.int16)
        self.field = np.zeros((rows, columns, 2), np.int16)
        self._costs = self._costs_of(self.field)

    def offer(self, candidate: I16Array) -> None:
        """Let each block take its vector from another field if that lowers the block's cost."""
        costs = self._costs_of(candidate)
        is_better = costs < self._costs
        self.field = np.where(is_better[..., None], candidate, self.field)
        self._costs = np.where(is_better, costs, self._costs)

    def _costs_of(self, field: I16Array) -> I32Array:
        rows = _limited(self._rows + field[:, :, 0, None, None], self._before.shape[0])
        columns = _limited(self._columns + field[:, :, 1, None, None], self._before.shape[1])
        differences = self._windows - self._before[rows, columns]
        mean = (differences.sum(axis=(2, 3), keepdims=True, dtype=np.int32) + _SAMPLES // 2) // _SAMPLES
        errors = np.abs(differences - mean).sum(axis=(2, 3), dtype=np.int32)
        costs: I32Array = errors + COST_OF_LENGTH * np.abs(field).sum(axis=2, dtype=np.int32)
        return costs


def _limited(places: I64Array, count: int) -> I64Array:
    return np.minimum(np.maximum(places, 0), count - 1)
