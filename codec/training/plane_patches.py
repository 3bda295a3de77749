"""Training patches of planes that are coded without loss: patches on the network's grid, in bounded memory.

A patch is (side, side, channels) int16. Its channels are what the network's trunk is given; how far each sample of the
square is from its base, in quarters of a unit and in the order in which samples are coded; and the square's role.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from codec.exact.grid import to_grid
from codec.lossless.history import quarters
from codec.lossless.known import SQUARE, I16Array, I32Array, Known, between
from codec.lossless.parameters import EIGHT_BITS, SampleScale
from codec.lossless.predictor_weights import PHASES
from codec.training.examples import spread
from codec.training.reservoir import Reservoir

WHITE, BLACK, ALONE, OUTSIDE = range(4)
"""Roles: the two colors of the chessboard; of a picture without one before it; beyond the picture."""
_LEAST_SIDE = 16
PlaneValues = I16Array | I32Array


class PlanePatches:
    """Patches for one predictor.

    Args:
        max_bytes: memory for patches.
        seed: of the choice when they do not all fit.
        side: of a patch, in points of the grid.
    """

    def __init__(self, *, max_bytes: int, seed: int, side: int = 64) -> None:
        self._side = side
        self._max_bytes, self._seed = max_bytes, seed
        self._reservoir: Reservoir[I16Array] | None = None

    def __len__(self) -> int:
        return len(self._reservoir.items) if self._reservoir else 0

    def add(self, planes: PlaneValues, known: Known, neutral: int, scale: SampleScale = EIGHT_BITS) -> None:
        """Offer a picture.

        Args:
            planes: (rows, columns, c) int16 or int32, in code values from the origin on.
            known: what is known of it.
            neutral: of the planes, in quarters of a unit.
            scale: of the samples.
        """
        channels = known.channels(neutral, level_shift=scale.range_bits)
        components = planes.shape[2]
        missed = to_grid((quarters(planes, scale.unit_bits) - known.base)[None], SQUARE)[0]
        missed = missed.reshape(*missed.shape[:2], len(PHASES), components)[:, :, list(PHASES)]
        missed = missed.reshape(*missed.shape[:2], len(PHASES) * components)
        rows, columns = channels.shape[:2]
        role = (
            (np.arange(rows)[:, None] + np.arange(columns)) % 2 if known.is_moved else np.full((rows, columns), ALONE)
        )
        self._cut(np.concatenate([channels, missed, role[..., None]], axis=-1).astype(np.int16))

    def add_alone(self, planes: PlaneValues, gray: I16Array, neutral: int, scale: SampleScale = EIGHT_BITS) -> None:
        """Offer a picture that has none before it, at all sizes at which it is coded.

        Args:
            planes: as in :meth:`add`.
            gray: (rows, columns, g) int16, as in :class:`codec.lossless.known.Known`.
            neutral: as in :meth:`add`.
            scale: of the samples.
        """
        while min(planes.shape[:2]) >= _LEAST_SIDE:
            base = between(planes[::2, ::2].astype(np.int32), (planes.shape[0], planes.shape[1]), scale.unit_bits)
            self.add(planes, Known(gray, gray, base, base, is_moved=False), neutral, scale)
            planes, gray = planes[::2, ::2], gray[::2, ::2]

    def batch(self, count: int, random: np.random.Generator) -> npt.NDArray[np.float32]:
        """Patches at random: (count, side, side, channels) float32."""
        items = self._reservoir.items if self._reservoir else []
        chosen = random.integers(len(items), size=count)
        return np.stack([items[index] for index in chosen]).astype(np.float32)

    def _cut(self, picture: I16Array) -> None:
        side = self._side
        margins = [(0, max(0, side - size)) for size in picture.shape[:2]]
        if any(more for _, more in margins):
            outside = np.zeros(picture.shape[2], np.int16)
            outside[-1] = OUTSIDE
            grown = np.empty(
                (*(size + more for size, (_, more) in zip(picture.shape[:2], margins, strict=True)), outside.size),
                np.int16,
            )
            grown[:] = outside
            grown[: picture.shape[0], : picture.shape[1]] = picture
            picture = grown
        for top in spread(picture.shape[0], side):
            for left in spread(picture.shape[1], side):
                patch = picture[top : top + side, left : left + side].copy()
                if self._reservoir is None:
                    self._reservoir = Reservoir(self._max_bytes, patch.nbytes, self._seed)
                self._reservoir.offer(patch)
