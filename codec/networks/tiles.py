"""Tiling: pictures of any size go through a network in tiles, so that the memory is bounded.

A picture is padded by repeating its edge until its sides are multiples of the network's stride, and divided into tiles.
Each tile is computed with a halo around it that is at least as wide as the network's receptive field. Therefore the
result equals that of the whole picture, except for the rounding of floats. All windows of a picture have the same
shape, so that backends that compile do so only once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F32Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Window:
    """A tile with its halo along one axis, in samples of the padded picture.

    Attributes:
        start, stop: the range that is computed.
        keep_start, keep_stop: the range of the result that is kept.
    """

    start: int
    stop: int
    keep_start: int
    keep_stop: int


@dataclass(frozen=True)
class Tiling:
    """The division of pictures of one size into tiles.

    Attributes:
        rows, columns: the windows along each axis. Every pair of a row window and a column window is a tile.
    """

    rows: tuple[Window, ...]
    columns: tuple[Window, ...]

    @property
    def window_pixels(self) -> int:
        """The number of samples that are computed for one tile. It is the same for all tiles."""
        row, column = self.rows[0], self.columns[0]
        return (row.stop - row.start) * (column.stop - column.start)


def plan_tiling(height: int, width: int, *, multiple: int, halo: int, max_pixels: int) -> Tiling:
    """Plan the fewest tiles of which each, with its halo, has at most ``max_pixels`` samples.

    Args:
        height: the height of the padded pictures, a multiple of ``multiple``.
        width: the width of the padded pictures, a multiple of ``multiple``.
        multiple: windows start and end at multiples of this.
        halo: the width of the halo, a multiple of ``multiple``, at least as wide as the network's receptive field
            reaches to one side.
        max_pixels: the largest number of samples of a tile with its halo. If even the smallest tile has more, the
            smallest tile is used.
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
    """Pad planes, (n, height, width) uint8, to sides that are multiples. The right and bottom edges are repeated."""
    _, height, width = planes.shape
    if height % multiple == width % multiple == 0:
        return planes
    return np.pad(planes, ((0, 0), (0, -height % multiple), (0, -width % multiple)), mode="edge")


def run_tiled(predict: Callable[[F32Array], F32Array], inputs: F32Array, tiling: Tiling, *, channels: int) -> F32Array:
    """Compute a network's output for a batch, tile by tile.

    Args:
        predict: the network, from (batch, rows, columns, input channels) to (batch, rows, columns, channels), float32.
        inputs: (batch, height, width, input channels) float32.
        tiling: the tiling for this height and width.
        channels: the number of output channels.

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
    """Divide an axis into about equal tiles. All windows have one length; at the ends they are shifted inwards."""
    tile = -(-size // (count * multiple)) * multiple
    length = min(size, tile + 2 * halo)
    windows = []
    for keep_start in range(0, size, tile):
        start = min(max(0, keep_start - halo), size - length)
        windows.append(Window(start, start + length, keep_start, min(size, keep_start + tile)))
    return tuple(windows)
