"""The refinement of motion fields in NumPy: the reference of :mod:`codec.native.motion_search`."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from codec.lossless.motion import BLOCK, SAMPLE_BITS, I16Array, I32Array, field_shape, interpolated, take
from codec.video.picture import PlaneArray

MAX_VECTOR = 1 << 9
"""The largest part of a vector that the search tries, in quarters of a sample."""
_NEIGHBORS = ((0, 1), (1, 0), (0, -1), (-1, 0))
_STEP_SIZES = (8, 4, 2, 1)
_BITS_OF_A_CHANGE = 3.0
Blocks = TypeVar("Blocks", I16Array, I32Array)


def refined(luma: PlaneArray, before: PlaneArray, starts: Iterable[I16Array]) -> I16Array:
    """Search the motion field of a picture.

    Args:
        luma: the gray of the picture, (height, width) uint8.
        before: the gray of the previous picture, (height, width) uint8.
        starts: the fields to begin with, besides no motion: (rows, columns, 2) int16 each.

    Returns:
        (rows, columns, 2) int16.
    """
    trial = _Trial(luma, before)
    for start in starts:
        trial.offer(start)
    for size in _STEP_SIZES:
        trial.offer_neighbors()
        for direction in _NEIGHBORS:
            trial.offer(trial.field + size * np.array(direction, np.int16))
    trial.offer_neighbors()
    return trial.field


class _Trial:
    """The best field found so far for one picture."""

    def __init__(self, luma: PlaneArray, before: PlaneArray) -> None:
        self._wanted = luma.astype(np.int16) << SAMPLE_BITS
        self._samples = interpolated(before.astype(np.int16) << SAMPLE_BITS)
        self.field = np.zeros(field_shape(*luma.shape), np.int16)
        self._neighbors = _neighbors(self.field)
        self._errors = self._error_of(self.field)
        # The cost of a changed vector, in units of absolute difference. In a noisy picture a difference costs few bits.
        self._change = _BITS_OF_A_CHANGE * max(2.0, float(np.median(self._errors)) / BLOCK**2)

    def offer(self, candidate: I16Array) -> None:
        """Let each block take its vector from another field if that lowers the block's cost."""
        candidate = candidate.clip(-MAX_VECTOR, MAX_VECTOR)
        errors = self._error_of(candidate)
        better = errors + self._roughness(candidate) < self._errors + self._roughness(self.field)
        self.field = np.where(better[..., None], candidate, self.field)
        self._errors = np.where(better, errors, self._errors)
        self._neighbors = _neighbors(self.field)

    def offer_neighbors(self) -> None:
        """Let each block take the vector of a neighbor if that lowers the block's cost."""
        for neighbor in _NEIGHBORS:
            self.offer(_shifted(self.field, neighbor))

    def _error_of(self, field: I16Array) -> I32Array:
        """The sum of absolute differences of each block, (rows, columns) int32."""
        moved = take(self._samples, field, (BLOCK, BLOCK))
        differences = np.abs(moved - self._wanted)
        rows, columns, _ = field.shape
        if differences.shape != (rows * BLOCK, columns * BLOCK):
            height, width = differences.shape
            differences = np.pad(differences, ((0, rows * BLOCK - height), (0, columns * BLOCK - width)))
        down = differences.reshape(rows, BLOCK, -1).sum(axis=1, dtype=np.int32)
        sums: I32Array = down.reshape(rows, columns, BLOCK).sum(axis=2)
        return sums

    def _roughness(self, candidate: I16Array) -> npt.NDArray[np.float64]:
        """The cost of each block's candidate vector for differing from the current vectors of its neighbors."""
        numbers = _numbers(candidate)
        changes = np.zeros(numbers.shape)
        for neighbor in self._neighbors:
            changes += numbers != neighbor
        return changes * self._change


def _numbers(field: I16Array) -> I32Array:
    """One number for each vector, (rows, columns) int32; two numbers are equal only if the vectors are."""
    numbers: I32Array = field[..., 0].astype(np.int32) * (4 * MAX_VECTOR) + field[..., 1]
    return numbers


def _neighbors(field: I16Array) -> list[I32Array]:
    """The numbers of each block's four neighbors: four arrays, (rows, columns) int32 each."""
    numbers = _numbers(field)
    return [_shifted(numbers, neighbor) for neighbor in _NEIGHBORS]


def _shifted(blocks: Blocks, neighbor: tuple[int, int]) -> Blocks:
    """The neighbor of each block on one side; at the border the block itself."""
    rows, columns = _beside(blocks.shape[0], neighbor[0]), _beside(blocks.shape[1], neighbor[1])
    shifted: Blocks = blocks[rows[:, None], columns]
    return shifted


@functools.lru_cache(maxsize=16)
def _beside(count: int, offset: int) -> npt.NDArray[np.intp]:
    """For each index below ``count``, the index that is ``offset`` away, clipped to the valid range."""
    return np.clip(np.arange(count) + offset, 0, count - 1)
