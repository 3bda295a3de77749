"""What is known of a picture before its planes are coded, arranged for the network.

All planes of a coder lie on one lattice, that of the samples to be coded; where the gray has more samples than the
chroma, a lattice point has several gray channels. The network works on squares of 2x2 lattice points.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codec.exact.grid import to_grid
from codec.lossless.predictor_weights import INPUT_MAX

I16Array = npt.NDArray[np.int16]

SQUARE = (2, 2)
SLOPES, SLOPE_LENGTHS = (16, 8, 4, 1), (16, 48, 192, 2048)
"""Of the companding of differences in quarters of a code value, from 0 on."""
_MOVED = 256
_MAX_PULL = 24


def _companding() -> I16Array:
    """What stands for a difference, in quarters: small ones are told apart finely. Negative ones count from the end."""
    slopes = np.repeat(SLOPES, SLOPE_LENGTHS)
    positive = np.minimum(np.concatenate([[0], np.cumsum(slopes)]), INPUT_MAX).astype(np.int16)
    return np.concatenate([positive, -positive[:0:-1]])


_COMPANDED = _companding()


@dataclass(frozen=True, eq=False)
class Known:
    """What both sides know of a picture's planes before they are coded, in quarters of a code value.

    Attributes:
        gray: (rows, columns, g) int16, less 512; g is 0 when the gray itself is coded.
        moved_gray: the same of the picture before, moved; ``gray`` itself without one.
        base: (rows, columns, c) int16: from what the samples are told: the planes of the picture before, moved; without
            one, what lies between the samples that are known.
        average: (rows, columns, c) int16: the running average of earlier pictures, moved; without one, ``base``.
        is_moved: there is a picture before.
    """

    gray: I16Array
    moved_gray: I16Array
    base: I16Array
    average: I16Array
    is_moved: bool

    def channels(self, neutral: int) -> I16Array:
        """The network's view: (grid rows, grid columns, channels) int16 within ``INPUT_MAX``.

        Args:
            neutral: of the planes to be coded, in quarters of a code value.
        """
        base = _on_grid(self.base)
        channels = [
            *_level_and_detail(base, self.base.shape[2], neutral),
            companded(_on_grid(self.average) - base),
            np.full((*base.shape[:2], 1), _MOVED if self.is_moved else 0, np.int16),
        ]
        if self.gray.shape[2]:
            gray = _on_grid(self.gray)
            channels += [*_level_and_detail(gray, 1, 0), companded(gray - _on_grid(self.moved_gray))]
        return np.concatenate(channels, axis=-1)


def _on_grid(planes: I16Array) -> I16Array:
    grid: I16Array = to_grid(planes[None], SQUARE)[0]
    return grid


def _level_and_detail(squares: I16Array, components: int, neutral: int) -> tuple[I16Array, I16Array]:
    """The average about each square, and how far its samples are from that.

    Args:
        squares: (rows, columns, samples x components) int16.
        components: with an average of their own.
        neutral: of the samples.

    Returns:
        (rows, columns, components) and (rows, columns, samples x components) int16.
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
    return level - np.int16(neutral), detail.reshape(squares.shape)


def companded(differences: npt.NDArray[np.signedinteger]) -> I16Array:
    """Differences, most of them small, so that they fill the range of the network's inputs."""
    values: I16Array = _COMPANDED[differences]
    return values


def between(corners: I16Array, shape: tuple[int, int]) -> I16Array:
    """A lattice of which every other sample of every other row is known, filled by straight lines.

    Args:
        corners: (ceil(rows / 2), ceil(columns / 2), c) int16 in code values.
        shape: (rows, columns) of the lattice.

    Returns:
        (rows, columns, c) int16 in quarters of a code value.
    """
    padded = np.pad(corners, ((0, 1), (0, 1), (0, 0)), mode="edge")
    here, right, below, across = padded[:-1, :-1], padded[:-1, 1:], padded[1:, :-1], padded[1:, 1:]
    filled = np.empty((2 * here.shape[0], 2 * here.shape[1], here.shape[2]), np.int16)
    filled[::2, ::2] = here * 4
    filled[::2, 1::2] = (here + right) * 2
    filled[1::2, ::2] = (here + below) * 2
    filled[1::2, 1::2] = here + right + below + across
    return filled[: shape[0], : shape[1]]


def running_average(average: I16Array | None, planes: I16Array) -> I16Array:
    """The average after a picture: what differs little from it is noise, and averaged away; what does not is news.

    Args:
        average: of any shape, int16, moved to this picture; None before the first.
        planes: of the same shape: of this picture. All in quarters of a code value.
    """
    if average is None:
        return planes
    pull = (3 * (average.astype(np.int32) - planes)) >> 2
    averaged: I16Array = (planes + np.clip(pull, -_MAX_PULL, _MAX_PULL)).astype(np.int16)
    return averaged
