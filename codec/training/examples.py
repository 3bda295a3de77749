"""Training examples from keyframes, one keyframe at a time, in memory that does not grow with the video.

A picture larger than the training size gives crops at its own resolution, evenly spread so that they cover it; a
smaller one is one example, its edges repeated up to a multiple of 8. When the memory is full, some are dropped at
random.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from codec.errors import InputError
from codec.training.options import TrainingOptions
from codec.training.reservoir import Reservoir
from codec.video.color import ColorConversion
from codec.video.picture import Picture, PlaneArray, RgbArray

_MULTIPLE = 8  # of example sides: all networks halve them up to three times


class Examples(Protocol):
    """What training asks of a store of examples."""

    conversion: ColorConversion
    run_length: int

    def __len__(self) -> int:
        """How many examples there are."""

    @property
    def example_shape(self) -> tuple[int, int]:
        """Rows and columns of each; :class:`InputError` if there is none."""

    def batch(self, indices: npt.NDArray[np.int64]) -> tuple[PlaneArray, PlaneArray]:
        """Examples by index: lumas (n, rows, columns) uint8 and R'G'B' (n, rows, columns, 3) uint8."""

    def spread(self, count: int) -> list[tuple[PlaneArray, PlaneArray]]:
        """So many examples, evenly spread, in batches of pictures that may be colored one after another."""


class ExampleStore:
    """Examples of one video.

    Args:
        conversion: of the video.
        options: size and memory of examples, and the seed of the choice when they do not all fit.

    Attributes:
        conversion: of the video.
        run_length: consecutive frames of an example.
    """

    run_length = 1

    def __init__(self, conversion: ColorConversion, options: TrainingOptions) -> None:
        self.conversion = conversion
        self._options = options
        self._train_size = options.train_size
        self._reservoir: Reservoir[tuple[PlaneArray, PlaneArray]] | None = (
            None  # (rows, columns) and (rows, columns, 3)
        )

    def __len__(self) -> int:
        return len(self._examples)

    @property
    def num_offered(self) -> int:
        """Examples that were offered, kept or not."""
        return self._reservoir.num_offered if self._reservoir else 0

    @property
    def _examples(self) -> list[tuple[PlaneArray, PlaneArray]]:
        return self._reservoir.items if self._reservoir else []

    @property
    def example_shape(self) -> tuple[int, int]:
        """Rows and columns of each example.

        Raises:
            InputError: there is no example yet.
        """
        if not self._examples:
            raise InputError("expected at least one keyframe to train on. Received: none")
        rows, columns = self._examples[0][0].shape
        return rows, columns

    def add(self, picture: Picture) -> None:
        """Offer a keyframe. All keyframes of a store have one size."""
        luma = _pad(picture.luma, self._train_size)
        rgb_u8 = _pad(self.conversion.rgb(picture), self._train_size)
        rows, columns = (min(self._train_size, side) for side in luma.shape)
        for top in spread(luma.shape[0], rows):
            for left in spread(luma.shape[1], columns):
                area = slice(top, top + rows), slice(left, left + columns)
                self._offer(luma[area], rgb_u8[area])

    def batch(self, indices: npt.NDArray[np.int64]) -> tuple[PlaneArray, PlaneArray]:
        """Examples by index: lumas (n, rows, columns) uint8 and R'G'B' (n, rows, columns, 3) uint8."""
        chosen = [self._examples[index] for index in indices]
        return np.stack([luma for luma, _ in chosen]), np.stack([rgb for _, rgb in chosen])

    def spread(self, count: int) -> list[tuple[PlaneArray, PlaneArray]]:
        """So many examples, evenly spread, as one batch: single pictures may be looked at together."""
        return [self.batch(np.unique(np.linspace(0, len(self) - 1, min(count, len(self))).astype(np.int64)))]

    def _offer(self, luma: PlaneArray, rgb_u8: RgbArray) -> None:
        if self._examples and luma.shape != self.example_shape:
            raise ValueError(f"expected keyframes of one size. Received examples of {luma.shape}")
        if self._reservoir is None:
            example_bytes = luma.nbytes + rgb_u8.nbytes
            self._reservoir = Reservoir(self._options.max_example_bytes, example_bytes, self._options.seed)
        self._reservoir.offer((luma.copy(), rgb_u8.copy()))


def spread(size: int, length: int) -> list[int]:
    """Starts of the fewest patches of this length that cover the size, evenly spread."""
    count = -(-size // length)
    return [round(index * (size - length) / max(1, count - 1)) for index in range(count)]


def _pad(pixels: PlaneArray, train_size: int) -> PlaneArray:
    """(height, width, ...) with the edge repeated up to a multiple of 8 along sides shorter than an example."""
    margins = [(0, -side % _MULTIPLE if side < train_size else 0) for side in pixels.shape[:2]]
    if not any(stop for _, stop in margins):
        return pixels
    return np.pad(pixels, [*margins, *[(0, 0)] * (pixels.ndim - 2)], mode="edge")
