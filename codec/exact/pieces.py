"""Which parts of the pictures go through a network at once, so that what is between its layers stays in the caches.

Small pictures go together, in numbers that are powers of two: a backend that compiles for each shape (JAX) then
compiles for few. Large ones go in strips of rows. Beside its own rows a strip has as many more as the network looks
around, above and below; the outermost of them come out wrong, since the layers see zeros beyond the strip where the
picture goes on, but each layer carries this only as far as it looks itself, so the strip's own rows are right. Where
the strip ends at the border of the picture the zeros are what they should be, and nothing is added.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codec.exact.layers import IntegerConvolution


@dataclass(frozen=True)
class Piece:
    """Part of the pictures.

    Attributes:
        pictures: which of them.
        rows_in: what the network is given.
        rows_out: what of them it gets right, counted in the picture.
        rows_kept: the same, counted in what the network gives.
    """

    pictures: slice
    rows_in: slice
    rows_out: slice
    rows_kept: slice


def pieces(shape: tuple[int, int, int], reach: int, *, batch_points: int, strip_points: int) -> Iterator[Piece]:
    """All parts of some pictures.

    Args:
        shape: (n, height, width).
        reach: rows above and below that a result depends on.
        batch_points: pictures go together up to this.
        strip_points: a picture above this goes in strips of about this.
    """
    n, height, width = shape
    strip_rows = max(strip_points // max(width, 1), 2 * reach, 1)
    if height * width <= strip_points:
        strip_rows = height
    first = 0
    while first < n and height * width:
        limit = max(batch_points // (height * width), 1)
        num_pictures = 1 << (min(limit, n - first).bit_length() - 1)
        for top in range(0, height, strip_rows):
            bottom = min(top + strip_rows, height)
            above, below = max(top - reach, 0), min(bottom + reach, height)
            yield Piece(
                slice(first, first + num_pictures),
                slice(above, below),
                slice(top, bottom),
                slice(top - above, bottom - above),
            )
        first += num_pictures


def rows_reach(layers: Sequence[IntegerConvolution]) -> int:
    """How many rows above and below a result depends on."""
    return sum(layer.kernel.shape[0] // 2 for layer in layers)
