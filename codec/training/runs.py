"""Training examples that are runs of consecutive frames, at the size at which a network works."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from codec.errors import InputError
from codec.networks.reduced import reduced
from codec.training.options import TrainingOptions
from codec.training.reservoir import Reservoir
from codec.video.color import ColorConversion
from codec.video.picture import Picture, PlaneArray

Pixels = tuple[PlaneArray, PlaneArray]  # gray (rows, columns) and R'G'B' (rows, columns, 3)


class RunStore:
    """Examples of one video, each a run; all runs have the same length.

    Args:
        conversion: of the video.
        shape: rows and columns to which pictures are reduced.
        run_length: frames of a run.
        options: memory of examples, and the seed of the choice when they do not all fit.

    Attributes:
        conversion: of the video.
        run_length: frames of a run.
    """

    def __init__(
        self,
        conversion: ColorConversion,
        shape: tuple[int, int],
        run_length: int,
        options: TrainingOptions,
    ) -> None:
        self.conversion = conversion
        self._shape = shape
        self.run_length = run_length
        self._options = options
        self._reservoir: Reservoir[list[Pixels]] | None = None

    def __len__(self) -> int:
        return len(self._runs)

    @property
    def _runs(self) -> list[list[Pixels]]:
        return self._reservoir.items if self._reservoir else []

    @property
    def example_shape(self) -> tuple[int, int]:
        """Rows and columns of each frame of an example.

        Raises:
            InputError: there is no example yet.
        """
        if not self._runs:
            raise InputError("expected at least one keyframe to train on. Received: none")
        return self._shape

    def pixels(self, picture: Picture) -> Pixels:
        """A picture at the size of the examples."""
        rgb_u8 = self.conversion.rgb(picture)
        return reduced(picture.luma[None], self._shape)[0].copy(), reduced(rgb_u8[None], self._shape)[0]

    def add(self, run: Sequence[Pixels]) -> None:
        """Offer a run of at most the length; one that is shorter goes on with its last frame."""
        frames = [*run, *[run[-1]] * (self.run_length - len(run))]
        if self._reservoir is None:
            run_bytes = sum(luma.nbytes + rgb_u8.nbytes for luma, rgb_u8 in frames)
            self._reservoir = Reservoir(self._options.max_example_bytes, run_bytes, self._options.seed)
        self._reservoir.offer(frames)

    def batch(self, indices: npt.NDArray[np.int64]) -> tuple[PlaneArray, PlaneArray]:
        """Runs by index, one after another: lumas (n, rows, columns) and R'G'B' (n, rows, columns, 3), both uint8."""
        frames = [frame for index in indices for frame in self._runs[index]]
        return np.stack([luma for luma, _ in frames]), np.stack([rgb for _, rgb in frames])

    def spread(self, count: int) -> list[tuple[PlaneArray, PlaneArray]]:
        """So many runs, evenly spread, each as a batch: what belongs together and what does not."""
        chosen = np.unique(np.linspace(0, len(self) - 1, min(count, len(self))).astype(np.int64))
        return [self.batch(np.array([index])) for index in chosen]
