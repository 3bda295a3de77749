"""Training examples for a network that is given hints: patches of pictures on the network's grid, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codec.exact.grid import chroma_block, to_grid
from codec.hints.planes import QUARTERS_MAX, I16Array, quarters_of_chroma
from codec.networks.compact import network_inputs
from codec.training.examples import spread
from codec.training.reservoir import Reservoir
from codec.video.picture import Picture
from codec.video.pixel_formats import PixelFormat

I8Array = npt.NDArray[np.int8]

SIDE = 128
_COUNTED_BYTES = 2  # of a value, so that as many examples are held as ever: the trained weights depend on it


@dataclass(frozen=True, eq=False)
class Example:
    """A part of a picture.

    Attributes:
        inputs: (rows, columns, inputs) int8: what the network is given.
        answers: (rows, columns, chroma) int16: what it should answer, in quarters of a code value.
    """

    inputs: I8Array
    answers: I16Array

    @property
    def num_values(self) -> int:
        """Numbers that it holds."""
        return self.inputs.size + self.answers.size


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
        self._reservoir: Reservoir[Example] | None = None

    def __len__(self) -> int:
        return len(self.items)

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
                self._offer(Example(inputs[area].astype(np.int8), answers[area].copy()))

    @property
    def items(self) -> list[Example]:
        """What is held; one picture size gives examples of one size."""
        return self._reservoir.items if self._reservoir else []

    def _offer(self, example: Example) -> None:
        if self._reservoir is None:
            self._reservoir = Reservoir(self._max_bytes, example.num_values * _COUNTED_BYTES, self._seed)
        self._reservoir.offer(example)
