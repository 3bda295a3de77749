"""What both sides know of adaptive planes: decoded planes, vectors, and what was learned of each component."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from codec.lossless.adaptive.experts import ExpertMixer
from codec.lossless.adaptive.features import features
from codec.lossless.adaptive.least_squares import TileProducts
from codec.lossless.adaptive.mixing import Mixer
from codec.lossless.adaptive.swift import SwiftModel
from codec.lossless.adaptive.symbols import SymbolModel
from codec.native.adaptive import AdaptiveLayout, AdaptiveLevel, AdaptiveTables

I16Array = npt.NDArray[np.int16]
I32Array = npt.NDArray[np.int32]
I64Array = npt.NDArray[np.int64]

PAD = 24
"""Samples around planes, for vectors and neighbors."""
_REACH = 8
_BIASES = 2048


class Vector(NamedTuple):
    """Where samples come from, counted in samples."""

    down: int
    right: int


NOWHERE = Vector(0, 0)


class Plane:
    """A plane that goes on beyond its borders: (rows, columns) with a margin."""

    def __init__(self, layout: AdaptiveLayout) -> None:
        self.values = np.zeros((layout.rows + 2 * PAD, layout.columns + 2 * PAD), np.int64)

    def __getitem__(self, place: tuple[int, int]) -> int:
        return int(self.values[place[0] + PAD, place[1] + PAD])

    def __setitem__(self, place: tuple[int, int], value: int) -> None:
        self.values[place[0] + PAD, place[1] + PAD] = value

    @property
    def inside(self) -> I64Array:
        """Without the margin."""
        return self.values[PAD:-PAD, PAD:-PAD]

    def row(self, y: int) -> I64Array:
        """A row with its margins."""
        found: I64Array = self.values[y + PAD]
        return found

    def finish(self) -> None:
        """Continue it by the nearest sample inside."""
        self.values = np.pad(self.inside, PAD, mode="edge")


@dataclass
class Component:
    """What is known of a component.

    Attributes:
        planes: of this picture, the one before and the one before that.
        errors: distances of samples from their predictions, in 1/16 of a unit, of this picture and the one before.
        products: for least squares.
        coder: of the differences.
        bias_sum, bias_count: of the mean errors of predictions; of symbols, the sums are running means.
    """

    planes: list[Plane]
    errors: list[Plane]
    products: TileProducts
    coder: Mixer | ExpertMixer | SymbolModel | SwiftModel
    bias_sum: list[int]
    bias_count: list[int]

    @classmethod
    def of(cls, layout: AdaptiveLayout, component: int, tables: AdaptiveTables) -> Component:
        """Nothing is known yet."""
        products = TileProducts(layout, features(layout, component))
        planes, errors = [Plane(layout) for _ in range(3)], [Plane(layout) for _ in range(2)]
        coder = _coder(layout.level, tables)
        return cls(planes, errors, products, coder, [0] * _BIASES, [0] * _BIASES)

    def begin_picture(self, layout: AdaptiveLayout, *, has_sums: bool) -> None:
        """Begin the next picture."""
        self.planes = [Plane(layout), *self.planes[:2]]
        self.errors = [Plane(layout), self.errors[0]]
        self.products.begin_picture(has_before=has_sums)


def _coder(level: AdaptiveLevel, tables: AdaptiveTables) -> Mixer | ExpertMixer | SymbolModel | SwiftModel:
    if level is AdaptiveLevel.SWIFT:
        return SwiftModel()
    if level.is_symbols:
        return SymbolModel()
    return ExpertMixer(tables) if level is AdaptiveLevel.MAX else Mixer(tables)


class PictureState:
    """The pictures so far.

    Args:
        layout: of the planes.
        tables: that they are coded with.

    Attributes:
        moves: how many pictures before this one may be used: 0, 1 or 2.
    """

    def __init__(self, layout: AdaptiveLayout, tables: AdaptiveTables) -> None:
        self.layout, self.tables, self.moves = layout, tables, 0
        self._own = [Component.of(layout, component, tables) for component in range(layout.components)]
        self._gray = [Plane(layout), Plane(layout)]
        self._vectors: list[list[tuple[Vector, Vector]]] = []

    def begin_picture(self, vectors: I16Array | None, gray: I32Array | None) -> None:
        """Begin the next picture.

        Args:
            vectors: (blocks down, blocks across, 2) int16: where a block comes from in the picture before, down and
                right in samples; None where there is none.
            gray: (rows, columns) int32: the gray at the places of chroma; None for gray itself.
        """
        has_sums, before = self.moves > 0, self._vectors
        self.moves = 0 if vectors is None else 2 if self.moves else 1
        for own in self._own:
            own.begin_picture(self.layout, has_sums=has_sums)
        if vectors is not None:
            self._vectors = self._limited(vectors, before)
        if gray is not None:
            self._gray = [Plane(self.layout), self._gray[0]]
            self._gray[0].inside[:] = gray
            self._gray[0].finish()

    def _limited(
        self, vectors: I16Array, before: list[list[tuple[Vector, Vector]]]
    ) -> list[list[tuple[Vector, Vector]]]:
        """For each block, its vector and the one to the picture before that, at most ``_REACH`` beyond the border."""
        height, width = self.layout.block
        rows, columns = self.layout.num_blocks
        found: list[list[tuple[Vector, Vector]]] = []
        for row in range(rows):
            found.append([])
            for column in range(columns):
                top, left = row * height, column * width
                own = self._limit(top, left, int(vectors[row, column, 0]), int(vectors[row, column, 1]))
                older = NOWHERE
                if self.moves > 1:
                    # On from where the block's middle comes from.
                    source = (
                        max(top + own.down + height // 2, 0) // height,
                        max(left + own.right + width // 2, 0) // width,
                    )
                    on = before[min(source[0], rows - 1)][min(source[1], columns - 1)][0]
                    older = self._limit(top, left, own.down + on.down, own.right + on.right)
                found[-1].append((own, older))
        return found

    def _limit(self, top: int, left: int, down: int, right: int) -> Vector:
        height, width = self.layout.block
        rows, columns = self.layout.rows, self.layout.columns
        return Vector(
            min(max(down, -top - height - _REACH), rows - top + _REACH - 1),
            min(max(right, -left - width - _REACH), columns - left + _REACH - 1),
        )

    def vectors_at(self, y: int, x: int) -> tuple[Vector, Vector]:
        """The vectors of the block that a sample is in."""
        if not self.moves:
            return NOWHERE, NOWHERE
        height, width = self.layout.block
        return self._vectors[y // height][x // width]

    def component(self, number: int) -> Component:
        """What is known of a component."""
        return self._own[number]

    def mates(self, number: int) -> list[Plane]:
        """The gray, or the first component: of this picture and the one before."""
        return self._own[0].planes[:2] if number else self._gray
