"""Division of pictures into pieces that go through a network one at a time, so that activations stay in the caches.

Small pictures are batched. The size of a batch is a power of two, so that a backend that compiles for each shape (JAX)
compiles for few shapes. Large pictures are divided into strips of rows. The input of a strip has additional rows above
and below, as many as the network's receptive field reaches. Results near the ends of this input are wrong, because the
layers see zeros where the picture continues. But the error reaches no farther than the receptive field, so the results
of the strip's own rows are right. No rows are added at the border of the picture, where the zeros are correct.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codec.exact.layers import IntegerConvolution


@dataclass(frozen=True)
class Piece:
    """One part of the pictures.

    Attributes:
        pictures: the indices of its pictures.
        rows_in: the rows of the pictures that the network takes.
        rows_out: the rows of the pictures whose results are right.
        rows_kept: the same rows, counted in the network's output.
    """

    pictures: slice
    rows_in: slice
    rows_out: slice
    rows_kept: slice


def pieces(shape: tuple[int, int, int], reach: int, *, batch_points: int, strip_points: int) -> Iterator[Piece]:
    """Divide pictures into pieces.

    Args:
        shape: (n, height, width) of the pictures.
        reach: how many rows above and below a result depends on.
        batch_points: the largest batch, in points; a batch of one picture may be larger.
        strip_points: the largest picture that is not divided into strips, and the approximate size of a strip, in
            points.

    Yields:
        The pieces, in order of pictures and rows.
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
    """How many rows above and below a result of these layers depends on."""
    return sum(layer.kernel.shape[0] // 2 for layer in layers)
