"""The input of a predictor: what both sides know of a picture before its planes are coded.

All planes lie on one lattice, that of the samples to be coded. Where the gray has more samples than the chroma, a
lattice point has several gray channels. The network works on squares of 2x2 lattice points.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codec.exact.grid import to_grid
from codec.lossless.predictor_weights import INPUT_MAX
from codec.native import known as native
from codec.native.convolution import Padded
from codec.native.library import library

I16Array = npt.NDArray[np.int16]
I32Array = npt.NDArray[np.int32]

SQUARE = (2, 2)
SLOPES, SLOPE_LENGTHS = (16, 8, 4, 1), (16, 48, 192, 2048)
"""The companding curve of differences in quarters of a unit: its slopes from 0 on, and the length of each."""
_LARGEST = 1 << 16
_MOST = (1 << 14) - 1
_MOVED = 256
_MAX_PULL = 24


def _companding() -> I16Array:
    """The companded value of each difference, in quarters of a unit; the curve is steepest near 0.

    Negative differences are at the end, so that they can be used as indices.
    """
    slopes = np.repeat(SLOPES, SLOPE_LENGTHS)
    positive = np.minimum(np.concatenate([[0], np.cumsum(slopes)]), INPUT_MAX).astype(np.int16)
    positive = np.pad(positive, (0, _LARGEST - positive.size), mode="edge")
    return np.concatenate([positive, -positive[:0:-1]])


_COMPANDED = _companding()


@dataclass(frozen=True, eq=False)
class Known:
    """What both sides know of a picture before its planes are coded. Samples are in quarters of a unit.

    Attributes:
        gray: (rows, columns, g) int16, less the middle of its range; g is 0 when the gray itself is coded.
        moved_gray: (rows, columns, g) int16, less the middle of its range: the gray of the previous picture, moved
            along the motion; ``gray`` itself if there is no previous picture.
        base: (rows, columns, c) int16: the prediction that the network corrects. It is the planes of the previous
            picture, moved along the motion, or else the planes interpolated between the samples already decoded.
        average: (rows, columns, c) int16: the running average of earlier pictures, moved along the motion; ``base`` if
            there is no previous picture.
        is_moved: whether there is a previous picture.
    """

    gray: I16Array
    moved_gray: I16Array
    base: I16Array
    average: I16Array
    is_moved: bool

    def trunk_input(self, neutral: int, *, level_shift: int = 0, into: Padded | None = None) -> I16Array | Padded:
        """The trunk's input, as the predictor takes it fastest.

        Args:
            neutral: the middle of the range of the planes to be coded, in quarters of a unit.
            level_shift: how many low bits the levels lose, so that they have the range of 8 bits.
            into: the input of an earlier picture of the same size, to be overwritten; None for new memory.

        Returns:
            As :meth:`channels`; with a margin if the native library computes.
        """
        loaded = library()
        if loaded is None:
            return self.channels(neutral, level_shift=level_shift)
        return native.known_channels(loaded, self, neutral, self._moved, level_shift=level_shift, into=into)

    @property
    def _moved(self) -> int:
        return _MOVED if self.is_moved else 0

    def channels(self, neutral: int, *, level_shift: int = 0) -> I16Array:
        """The channels of the trunk's input: the reference.

        Args:
            neutral: the middle of the range of the planes to be coded, in quarters of a unit.
            level_shift: as in :meth:`trunk_input`.

        Returns:
            (grid rows, grid columns, channels) int16 within ``INPUT_MAX``.
        """
        base = _on_grid(self.base)
        channels = [
            *_level_and_detail(base, self.base.shape[2], neutral, level_shift),
            companded(_on_grid(self.average) - base),
            np.full((*base.shape[:2], 1), self._moved, np.int16),
        ]
        if self.gray.shape[2]:
            gray = _on_grid(self.gray)
            channels += [*_level_and_detail(gray, 1, 0, level_shift), companded(gray - _on_grid(self.moved_gray))]
        return np.concatenate(channels, axis=-1)


def _on_grid(planes: I16Array) -> I16Array:
    grid: I16Array = to_grid(planes[None], SQUARE)[0]
    return grid


def _level_and_detail(squares: I16Array, components: int, neutral: int, level_shift: int) -> tuple[I16Array, I16Array]:
    """Divide squares into a local average and the samples' differences to it.

    Args:
        squares: (rows, columns, samples x components) int16.
        components: number of components; each has its own average.
        neutral: the value to subtract from the averages.
        level_shift: how many low bits the averages then lose.

    Returns:
        The average over 3x3 squares, (rows, columns, components) int16, and the companded differences,
        (rows, columns, samples x components) int16.
    """
    rows, columns, _ = squares.shape
    samples = squares.reshape(rows, columns, -1, components)
    # NumPy sums along short axes slowly.
    of_squares = functools.reduce(np.add, (samples[:, :, k].astype(np.int32) for k in range(samples.shape[2])))
    sums = np.pad(of_squares, ((1, 1), (1, 1), (0, 0)), mode="edge")
    sums = sums[:-2] + sums[1:-1] + sums[2:]
    sums = sums[:, :-2] + sums[:, 1:-1] + sums[:, 2:]
    count = 9 * samples.shape[2]
    level = ((2 * sums + count) // (2 * count)).astype(np.int16)
    detail = companded(samples - level[:, :, None])
    return (level - np.int16(neutral)) >> np.int16(level_shift), detail.reshape(squares.shape)


def companded(differences: npt.NDArray[np.signedinteger]) -> I16Array:
    """Compand differences in quarters of a unit, so that small ones fill the range of the network's inputs.

    Args:
        differences: of any shape, magnitudes below 2**16.
    """
    values: I16Array = _COMPANDED[differences]
    return values


def between(corners: I32Array, shape: tuple[int, int], unit_bits: int = 0) -> I16Array:
    """Interpolate a lattice linearly from every other sample of every other row.

    Args:
        corners: (ceil(rows / 2), ceil(columns / 2), c) int32 in code values.
        shape: (rows, columns) of the lattice.
        unit_bits: a unit is ``2**unit_bits`` code values.

    Returns:
        (rows, columns, c) int16 in quarters of a unit, rounded down and limited.
    """
    loaded = library()
    if loaded is None:
        return between_by_numpy(corners, shape, unit_bits)
    return native.between(loaded, corners, shape, unit_bits)


def between_by_numpy(corners: I32Array, shape: tuple[int, int], unit_bits: int = 0) -> I16Array:
    """The reference of :func:`between`."""
    padded = np.pad(corners, ((0, 1), (0, 1), (0, 0)), mode="edge")
    here, right, below, across = padded[:-1, :-1], padded[:-1, 1:], padded[1:, :-1], padded[1:, 1:]
    filled = np.empty((2 * here.shape[0], 2 * here.shape[1], here.shape[2]), np.int32)
    filled[::2, ::2] = here * 4
    filled[::2, 1::2] = (here + right) * 2
    filled[1::2, ::2] = (here + below) * 2
    filled[1::2, 1::2] = here + right + below + across
    return limited(filled[: shape[0], : shape[1]] >> unit_bits)


def limited(samples: I32Array) -> I16Array:
    """Limit samples in quarters of a unit, so that they and the differences of two fit int16."""
    found: I16Array = np.clip(samples, -_MOST - 1, _MOST).astype(np.int16)
    return found


def running_average(average: I16Array | None, planes: I16Array) -> I16Array:
    """Update the running average with a picture.

    A small difference to the average is taken for noise and is averaged. A large one is taken for a change, and the
    average follows the picture.

    Args:
        average: the average so far, moved to this picture: int16 in quarters of a unit, of any shape. None for the
            first picture.
        planes: the picture, int16 in quarters of a unit, of the same shape.

    Returns:
        The new average, int16 of the same shape.
    """
    if average is None:
        return planes
    pull = (3 * (average.astype(np.int32) - planes)) >> 2
    averaged: I16Array = (planes + np.clip(pull, -_MAX_PULL, _MAX_PULL)).astype(np.int16)
    return averaged
