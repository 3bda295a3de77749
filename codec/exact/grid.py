"""Conversion between planes and a grid of half the gray's width and height, whose points hold blocks of samples."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from codec.video.pixel_formats import PixelFormat

GRAY_BLOCK = (2, 2)
"""Rows and columns of gray samples in one point of the grid."""


def chroma_block(pixel_format: PixelFormat) -> tuple[int, int]:
    """Rows and columns of samples of each chroma plane in one point of the grid."""
    return 2 >> pixel_format.log2_chroma_h, 2 >> pixel_format.log2_chroma_w


def to_grid(planes: npt.NDArray[Any], block: tuple[int, int]) -> npt.NDArray[Any]:
    """Convert blocks of samples to points of the grid; incomplete blocks repeat the last sample.

    Args:
        planes: (n, rows, columns, c), any dtype.
        block: rows and columns of samples in one point.

    Returns:
        (n, ceil(rows / block rows), ceil(columns / block columns), block rows x block columns x c).
    """
    n, rows, columns, channels = planes.shape
    down, across = block
    grid_rows, grid_columns = -(-rows // down), -(-columns // across)
    if (rows, columns) != (grid_rows * down, grid_columns * across):
        margins = ((0, 0), (0, grid_rows * down - rows), (0, grid_columns * across - columns), (0, 0))
        planes = np.pad(planes, margins, mode="edge")
    squares = planes.reshape(n, grid_rows, down, grid_columns, across, channels)
    return squares.transpose(0, 1, 3, 2, 4, 5).reshape(n, grid_rows, grid_columns, down * across * channels)


def from_grid(points: npt.NDArray[Any], block: tuple[int, int], shape: tuple[int, int]) -> npt.NDArray[Any]:
    """The inverse of :func:`to_grid`.

    Args:
        points: (n, grid rows, grid columns, block rows x block columns x c), any dtype.
        block: rows and columns of samples in one point.
        shape: (rows, columns) of the planes.

    Returns:
        (n, rows, columns, c).
    """
    n, grid_rows, grid_columns, values = points.shape
    down, across = block
    channels = values // (down * across)
    squares = points.reshape(n, grid_rows, grid_columns, down, across, channels)
    planes = squares.transpose(0, 1, 3, 2, 4, 5).reshape(n, grid_rows * down, grid_columns * across, channels)
    return planes[:, : shape[0], : shape[1]]
