"""Training examples for a network that is given hints: patches of pictures on the network's grid, in bounded memory."""

from __future__ import annotations

import numpy as np

from codec.exact.grid import chroma_block, to_grid
from codec.hints.planes import QUARTERS_MAX, I16Array, quarters_of_chroma
from codec.networks.compact import network_inputs
from codec.training.examples import spread
from codec.training.reservoir import Reservoir
from codec.video.picture import Picture
from codec.video.pixel_formats import PixelFormat

SIDE = 128


class GuidedExamples:
    """Examples of one video.

    Args:
        pixel_format: of the video.
        max_bytes: memory for examples.
        seed: of the choice when they do not all fit.
        side: longest side of an example, in points of the grid.
    """

    def __init__(self, pixel_format: PixelFormat, *, max_bytes: int, seed: int, side: int = SIDE) -> None:
        self._side = side
        self._pixel_format = pixel_format
        self._block = chroma_block(pixel_format)
        self._max_bytes, self._seed = max_bytes, seed
        self._reservoir: Reservoir[tuple[I16Array, I16Array]] | None = None

    def __len__(self) -> int:
        return len(self._reservoir.items) if self._reservoir else 0

    def add(self, picture: Picture, hints: I16Array) -> None:
        """Offer a picture. All pictures have one size, or are larger than examples on both sides.

        Args:
            picture: the original, with chroma.
            hints: (rows, columns, 2) int16: its enlarged hints, in quarters of a code value.
        """
        inputs = network_inputs(picture.luma, hints, self._pixel_format).inside
        wanted = quarters_of_chroma(picture.chroma_planes()) - np.clip(hints, 0, QUARTERS_MAX)
        answers = to_grid(wanted[None], self._block)[0]
        rows, columns = (min(self._side, side) for side in inputs.shape[:2])
        for top in spread(inputs.shape[0], rows):
            for left in spread(inputs.shape[1], columns):
                area = slice(top, top + rows), slice(left, left + columns)
                self._offer(inputs[area].copy(), answers[area].copy())

    def arrays(self) -> tuple[I16Array, I16Array]:
        """Inputs (n, rows, columns, inputs) int16, and what the network should answer, in quarters of a code value."""
        items = self._reservoir.items if self._reservoir else []
        return np.stack([inputs for inputs, _ in items]), np.stack([answers for _, answers in items])

    def _offer(self, inputs: I16Array, answers: I16Array) -> None:
        if self._reservoir is None:
            self._reservoir = Reservoir(self._max_bytes, inputs.nbytes + answers.nbytes, self._seed)
        self._reservoir.offer((inputs, answers))
