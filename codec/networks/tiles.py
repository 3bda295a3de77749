"""Pictures of any size through a network in pieces that bound memory.

A picture is padded by repeating its edge until its sides are multiples of the network's stride, and cut in tiles. Each
tile is computed with a halo around it that is at least as wide as the network can see, so that the pieces are equal to
the whole but for the rounding of floats. All windows of a picture have one shape: backends that
compile do it once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F32Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Window:
    """A tile along one axis, in samples of the padded picture.

    Attributes:
        start, stop: what is computed.
        keep_start, keep_stop: what is kept of it.
    """

    start: int
    stop: int
    keep_start: int
    keep_stop: int


@dataclass(frozen=True)
class Tiling:
    """How pictures of one size are cut.

    Attributes:
        rows, columns: windows along either axis; every pair of them is a tile.
    """

    rows: tuple[Window, ...]
    columns: tuple[Window, ...]

    @property
    def window_pixels(self) -> int:
        """Samples that one window computes; all windows are equally large."""
        row, column = self.rows[0], self.columns[0]
        return (row.stop - row.start) * (column.stop - column.start)


def plan_tiling(height: int, width: int, *, multiple: int, halo: int, max_pixels: int) -> Tiling:
    """The fewest tiles whose windows have at most ``max_pixels`` each.

    Args:
        height: of the padded pictures, a multiple of ``multiple``.
        width: likewise.
        multiple: windows start and end at multiples of this.
        halo: a multiple of ``multiple``, at least as far as the network sees.
        max_pixels: of a window; the smallest tile is taken however small this is.
    """
    num_rows = num_columns = 1
    while True:
        tiling = Tiling(
            _split(height, num_rows, multiple=multiple, halo=halo),
            _split(width, num_columns, multiple=multiple, halo=halo),
        )
        can_split_rows, can_split_columns = num_rows * multiple < height, num_columns * multiple < width
        if tiling.window_pixels <= max_pixels or not (can_split_rows or can_split_columns):
            return tiling
        if can_split_columns and (width * num_rows >= height * num_columns or not can_split_rows):
            num_columns += 1
        else:
            num_rows += 1


def pad_to_multiple(planes: npt.NDArray[np.uint8], multiple: int) -> npt.NDArray[np.uint8]:
    """(n, height, width) planes with right and lower edges repeated until the sides are multiples."""
    _, height, width = planes.shape
    if height % multiple == width % multiple == 0:
        return planes
    return np.pad(planes, ((0, 0), (0, -height % multiple), (0, -width % multiple)), mode="edge")


def run_tiled(predict: Callable[[F32Array], F32Array], inputs: F32Array, tiling: Tiling, *, channels: int) -> F32Array:
    """The output for a whole batch, tile by tile.

    Args:
        predict: (batch, rows, columns, input channels) to (batch, rows, columns, channels), float32.
        inputs: (batch, height, width, input channels) float32.
        tiling: for this height and width.
        channels: of the output.

    Returns:
        (batch, height, width, channels) float32.
    """
    outputs = np.empty((*inputs.shape[:3], channels), np.float32)
    for row in tiling.rows:
        for column in tiling.columns:
            window = predict(inputs[:, row.start : row.stop, column.start : column.stop])
            outputs[:, row.keep_start : row.keep_stop, column.keep_start : column.keep_stop] = window[
                :,
                row.keep_start - row.start : row.keep_stop - row.start,
                column.keep_start - column.start : column.keep_stop - column.start,
            ]
    return outputs


def _split(size: int, count: int, *, multiple: int, halo: int) -> tuple[Window, ...]:
    """About equal tiles of an axis whose windows have one length; at the ends the window moves inwards."""
    tile = -(-size // (count * multiple)) * multiple
    length = min(size, tile + 2 * halo)
    windows = []
    for keep_start in range(0, size, tile):
        start = min(max(0, keep_start - halo), size - length)
        windows.append(Window(start, start + length, keep_start, min(size, keep_start + tile)))
    return tuple(windows)
