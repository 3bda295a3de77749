"""Adaptive planes in whole numbers of Python: the reference of the native library."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from codec.lossless.adaptive.bits import ReferenceBits
from codec.lossless.adaptive.experts import Expertise, ExpertMixer, error_class
from codec.lossless.adaptive.features import Feature, Source, features
from codec.lossless.adaptive.least_squares import WEIGHT_BITS
from codec.lossless.adaptive.mixing import Mixer
from codec.lossless.adaptive.state import PAD, PictureState, Vector
from codec.lossless.adaptive.surroundings import (
    ALL_EQUAL,
    FRACTION_BITS,
    MOST_ERROR,
    Surroundings,
    bias_of,
    context_values,
    energy_of,
    expertise,
    in_units,
    look_around,
    swift_values,
    symbol_values,
    towards_zero,
)
from codec.lossless.adaptive.swift import SwiftModel
from codec.lossless.adaptive.symbols import Cell, ReferenceSymbols, SymbolModel
from codec.native.adaptive import ADAPTIVE_TILE, AdaptiveLayout, AdaptiveLevel, AdaptiveTables

I16Array = npt.NDArray[np.int16]
I32Array = npt.NDArray[np.int32]
I64Array = npt.NDArray[np.int64]

_FEATURE_LIMIT = 1023
_MOST_BIAS_COUNT = 128
_BIAS_BITS, _BIAS_RATE, _MOST_BIAS = 6, 6, 4095
_MOST_FIT_ERROR = 2047
_SHARE_BITS = 8
_TRUST_BITS = 23
_OLDER = Feature(Source.OLDER, 0, 0)


class ReferencePlanes:
    """Planes that are coded together, picture by picture.

    Args:
        layout: of the planes.
        tables: that they are coded with.
    """

    def __init__(self, layout: AdaptiveLayout, tables: AdaptiveTables) -> None:
        self._state = PictureState(layout, tables)

    def begin_picture(self, vectors: I16Array | None, gray: I32Array | None) -> None:
        """Begin the next picture.

        Args:
            vectors: (blocks down, blocks across, 2) int16: where a block comes from in the picture before, down and
                right in samples; None where there is none.
            gray: (rows, columns) int32: the gray at the places of chroma; None for gray itself.
        """
        self._state.begin_picture(vectors, gray)

    def code(self, bits: ReferenceBits | ReferenceSymbols, component: int, samples: I32Array) -> None:
        """Code a component of the picture. The second component needs the first.

        Args:
            bits: where it goes, or comes from.
            component: 0 or 1.
            samples: (rows, columns) int32; the receiver's are written here.

        Raises:
            StreamError: the data end before the samples, or are damaged.
        """
        bits.begin_component()
        _ComponentCoder(self._state, bits, component).code(samples)
        bits.end_component()


class _ComponentCoder:
    """Codes one component of one picture."""

    def __init__(self, state: PictureState, bits: ReferenceBits | ReferenceSymbols, component: int) -> None:
        self._state, self._bits, self._component = state, bits, component
        self._layout = state.layout
        self._num_fits = state.layout.level.num_fits
        self._is_max = state.layout.level is AdaptiveLevel.MAX
        self._own = state.component(component)
        self._features = features(state.layout, component)
        self._energies = np.zeros((self._layout.rows, self._layout.columns), np.int64)

    def code(self, samples: I32Array) -> None:
        layout, plane = self._layout, self._own.planes[0]
        if self._state.moves:
            top = self._own.planes[1].row(0).copy()
        else:
            top = np.full(layout.columns + 2 * PAD, (layout.low + layout.high + 1) // 2, np.int64)
        plane.row(-1)[:] = plane.row(-2)[:] = plane.row(-3)[:] = top
        of_fits = [[0] * (layout.columns + 1) for _ in range(self._num_fits)]
        for tile_row in range(layout.tile_rows):
            weights = self._own.products.weights(tile_row)
            for y in self._rows_of(tile_row):
                plane[y, -1] = plane[y, -2] = plane[y - 1, 0]
                self._code_row(y, samples[y], weights, of_fits)
                plane.row(y)[layout.columns + PAD :] = plane[y, layout.columns - 1]
            self._gather(tile_row)
            self._bits.check()
        plane.finish()

    def _rows_of(self, tile_row: int) -> range:
        height = self._layout.level.tile_height
        return range(tile_row * height, min(tile_row * height + height, self._layout.rows))

    def _code_row(self, y: int, samples: npt.NDArray[np.int32], weights: I64Array, of_fits: list[list[int]]) -> None:
        layout, own = self._layout, self._own
        low, high = layout.low << FRACTION_BITS, layout.high << FRACTION_BITS
        left_error, corner_error = [0] * self._num_fits, [0] * self._num_fits
        for x in range(layout.columns):
            vectors = self._state.vectors_at(y, x)
            around = look_around(self._state, self._component, y, x, vectors[0])
            guesses, distrust, classes = [], [], [error_class(around.energy + 1)]
            for fit in range(self._num_fits):
                total = self._prediction(y, x, vectors, weights[x // ADAPTIVE_TILE, fit])
                rounding = 1 << (WEIGHT_BITS - FRACTION_BITS - 1)
                in_fractions = _wrapped(total + rounding) >> (WEIGHT_BITS - FRACTION_BITS)
                guesses.append(min(max(in_fractions, low), high))
                near = 2 * left_error[fit] + 2 * of_fits[fit][x] + of_fits[fit][x + 1] + corner_error[fit]
                distrust.append(min(near + 4, _MOST_FIT_ERROR) ** 2)
                classes.append(error_class(near // 6 + 1))
            blended = _mean_of_all(guesses, distrust) if self._is_max else _blended(guesses, distrust)
            energy = energy_of(around.energy)
            bias = bias_of(self._state, around, blended, energy)
            guess = min(max(blended + self._mean_error(bias), low), high)
            center = (guess + (1 << (FRACTION_BITS - 1))) >> FRACTION_BITS
            known = None
            if self._is_max:
                older = self._value(_OLDER, y, x, vectors) if self._state.moves > 1 else around.above2
                known = expertise(layout, around, older, [guess, *guesses], (classes, bias))
            difference = self._difference(around, guess, known, int(samples[x]) - center, x)
            sample = min(max(_wrapped(center + difference), layout.low), layout.high)
            samples[x] = own.planes[0][y, x] = sample
            exact = sample << FRACTION_BITS
            if known is not None and isinstance(own.coder, ExpertMixer):
                own.coder.learn(known, [abs(exact - one) for one in (guess, *guesses)])
            own.errors[0][y, x] = min(abs(exact - guess) >> layout.unit, MOST_ERROR)
            for fit in range(self._num_fits):
                corner_error[fit] = of_fits[fit][x]
                left_error[fit] = min(abs(exact - guesses[fit]) >> layout.unit, _MOST_FIT_ERROR)
                of_fits[fit][x] = left_error[fit]
            self._learn_error(bias, exact - blended)
            self._energies[y, x] = energy

    def _mean_error(self, bias: int) -> int:
        own = self._own
        if not self._layout.level.has_bias:
            return 0
        if self._layout.level.is_symbols:
            return (own.bias_sum[bias] + (1 << (_BIAS_BITS - 1))) >> _BIAS_BITS
        return towards_zero(own.bias_sum[bias], own.bias_count[bias] + 4)

    def _learn_error(self, bias: int, error: int) -> None:
        own = self._own
        if not self._layout.level.has_bias:
            return
        if self._layout.level.is_symbols:
            most = _MOST_BIAS << self._layout.unit
            limited = min(max(error, -most), most) << _BIAS_BITS
            own.bias_sum[bias] += (limited - own.bias_sum[bias]) >> _BIAS_RATE
        else:
            halves = 1 + (own.bias_count[bias] + 1 == _MOST_BIAS_COUNT)
            own.bias_sum[bias] = towards_zero(own.bias_sum[bias] + error, halves)
            own.bias_count[bias] = (own.bias_count[bias] + 1) // halves

    def _difference(self, around: Surroundings, guess: int, known: Expertise | None, wanted: int, x: int) -> int:
        """Code how far a sample is off the rounded prediction."""
        layout, coder, bits = self._layout, self._own.coder, self._bits
        energy = energy_of(around.energy)
        if known is not None and isinstance(coder, ExpertMixer) and isinstance(bits, ReferenceBits):
            return coder.code(bits, known, wanted)
        is_copy = self._state.moves > 0 and around.equal == ALL_EQUAL
        cell = Cell.of(energy, layout.unit, is_copy=is_copy)
        if isinstance(coder, SwiftModel) and isinstance(bits, ReferenceSymbols):
            return coder.code(bits, swift_values(layout, around, guess, energy, cell), wanted, cell)
        if isinstance(coder, SymbolModel) and isinstance(bits, ReferenceSymbols):
            values, weighing = symbol_values(layout, around, guess, energy, cell), (around.num_equal, energy)
            return coder.code(bits, values, weighing, wanted, cell=cell, weighs_again=x % 2 == 1)
        if isinstance(coder, Mixer) and isinstance(bits, ReferenceBits):
            return coder.code(bits, context_values(layout, around, guess, energy), energy, wanted)
        raise ValueError(f"expected bits or symbols, as the level has them. Received: {type(bits).__name__}")

    def _usable(self, feature: Feature) -> bool:
        return feature.source not in (Source.MOVED, Source.OLDER) or self._state.moves > feature.source - Source.MOVED

    def _value(self, feature: Feature, y: int, x: int, vectors: tuple[Vector, Vector]) -> int:
        """The value of a neighbor; of a mate, how it changed."""
        place_y, place_x, (own, older) = y + feature.y, x + feature.x, vectors
        if feature.source is Source.MATE:
            now, then = self._state.mates(feature.mate)
            if not self._state.moves:
                return now[place_y, place_x] - now[y, x - 1]
            return now[place_y, place_x] - then[place_y + own.down, place_x + own.right]
        if feature.source is Source.MOVED:
            return self._own.planes[1][place_y + own.down, place_x + own.right]
        if feature.source is Source.OLDER:
            return self._own.planes[2][place_y + older.down, place_x + older.right]
        return self._own.planes[0][place_y, place_x]

    def _base(self, y: int, x: int, vector: Vector) -> int:
        """The sample that predictions start from: the one that the vector leads to, or the one to the left."""
        if self._state.moves:
            return self._own.planes[1][y + vector.down, x + vector.right]
        return self._own.planes[0][y, x - 1]

    def _prediction(self, y: int, x: int, vectors: tuple[Vector, Vector], weights: I64Array) -> int:
        """In 1/4096 of a code value."""
        rest, total = 1 << WEIGHT_BITS, 0
        for feature, weight in zip(self._features, weights.tolist(), strict=True):
            if self._usable(feature):
                total += weight * self._value(feature, y, x, vectors)
                rest -= weight if feature.source is not Source.MATE else 0
        return total + rest * self._base(y, x, vectors[0])

    def _gather(self, tile_row: int) -> None:
        layout, own = self._layout, self._own
        for column in range(layout.tile_columns):
            right = min(column * ADAPTIVE_TILE + ADAPTIVE_TILE, layout.columns)
            rows = self._rows_of(tile_row)[layout.level.row_step - 1 :: layout.level.row_step]
            places = [(y, x) for y in rows for x in range(column * ADAPTIVE_TILE, right)]
            found = [self._differences(y, x) for y, x in places]
            values = np.array(found, np.int64).reshape(-1, len(self._features) + 1).T
            weights = self._state.tables.energy_weight[[self._energies[place] for place in places]].astype(np.int64)
            own.products.add(tile_row, column, values, weights)

    def _differences(self, y: int, x: int) -> list[int]:
        """Of each neighbor, and of the sample itself, from what predictions start from, in units."""
        vectors = self._state.vectors_at(y, x)
        base = self._base(y, x, vectors[0])
        found = []
        for feature in self._features:
            value = self._value(feature, y, x, vectors) if self._usable(feature) else base
            found.append(value if feature.source is Source.MATE else value - base)
        found.append(self._own.planes[0][y, x] - base)
        coarse = (in_units(self._layout.unit, value) for value in found)
        return [min(max(value, -_FEATURE_LIMIT), _FEATURE_LIMIT) for value in coarse]


def _blended(guesses: list[int], distrust: list[int]) -> int:
    """The mean of one or two predictions, each weighed by how little the other one is trusted."""
    if len(guesses) == 1:
        return guesses[0]
    share = (distrust[1] << _SHARE_BITS) // (distrust[0] + distrust[1])
    return guesses[1] + (((guesses[0] - guesses[1]) * share + (1 << (_SHARE_BITS - 1))) >> _SHARE_BITS)


def _mean_of_all(guesses: list[int], distrust: list[int]) -> int:
    """The mean of predictions, each weighed by the fourth power of how far it was off; distrust is the second."""
    trust = [((1 << _TRUST_BITS) // one) ** 2 for one in distrust]
    above = sum(own * (guess - guesses[0]) for own, guess in zip(trust, guesses, strict=True))
    half = sum(trust) // 2
    return guesses[0] + towards_zero(above + (half if above >= 0 else -half), sum(trust))


def _wrapped(number: int) -> int:
    """As int32."""
    return (number + (1 << 31)) % (1 << 32) - (1 << 31)
