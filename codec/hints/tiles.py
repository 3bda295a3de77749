"""Several consecutive small pictures as one: what a codec spends on every picture is then spent once.

Motion costs more that way, since a tile finds its predecessor several frames back; the encoder tries what is
smaller.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from codec.video.picture import U8Array

TILINGS = ((1, 1), (1, 2), (2, 2), (2, 4))
"""Rows and columns of tiles in a picture."""


def tile_pictures(pictures_u8: Sequence[U8Array], tiling: tuple[int, int]) -> Iterator[U8Array]:
    """Groups of rows x columns pictures, each as one; the last group is filled up with its last picture.

    Args:
        pictures_u8: (height, width) uint8 each, all of one size, at least one.
        tiling: rows and columns.
    """
    rows, columns = tiling
    for first in range(0, len(pictures_u8), rows * columns):
        group = list(pictures_u8[first : first + rows * columns])
        group += [group[-1]] * (rows * columns - len(group))
        yield np.concatenate([np.concatenate(group[row * columns : (row + 1) * columns], 1) for row in range(rows)])


def untile_pictures(tiled_u8: Sequence[U8Array], tiling: tuple[int, int], num_pictures: int) -> Iterator[U8Array]:
    """The inverse of :func:`tile_pictures`, for so many pictures.

    Raises:
        ValueError: another number of tiled pictures.
    """
    rows, columns = tiling
    if -(-num_pictures // (rows * columns)) != len(tiled_u8):
        raise ValueError(f"expected pictures for {num_pictures} tiles. Received: {len(tiled_u8)} of {rows}x{columns}")
    for index in range(num_pictures):
        picture = tiled_u8[index // (rows * columns)]
        height, width = picture.shape[0] // rows, picture.shape[1] // columns
        row, column = divmod(index % (rows * columns), columns)
        yield picture[row * height : (row + 1) * height, column * width : (column + 1) * width]
