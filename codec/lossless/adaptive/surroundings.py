"""What is around a sample of adaptive planes: the contexts of its difference from the prediction."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codec.lossless.adaptive.experts import Expertise
from codec.lossless.adaptive.state import PictureState, Plane, Vector
from codec.lossless.adaptive.swift import FRACTIONS, STEPS_OF_5, STEPS_OF_15
from codec.lossless.adaptive.symbols import ESCAPES, NEAREST, Cell
from codec.lossless.adaptive.tables import ENERGIES, ENERGY_STEPS
from codec.native.adaptive import AdaptiveLayout

FRACTION_BITS = 4
"""Binary places of a prediction."""
ALL_EQUAL = 15
"""Of :attr:`Surroundings.equal`: all four neighbors are."""
MOST_ERROR = 65535
"""The largest distance from a prediction that is remembered."""


_TEXTURE_STEP = 16  # sets of mean errors of a texture: eight energies, with or without a picture before


@dataclass(frozen=True)
class Surroundings:
    """What is around a sample.

    Attributes:
        left, left2, above, above_left, above_right, above2: samples of this picture.
        moved, moved_right, moved_below: samples of the picture before; where there is none, others stand for them.
        energy: how far predictions were off around it, 0 and up in 1/16 of a unit.
        energy_here: the same of this picture alone, 0 to 25.
        energy_beside: of gray, how far predictions were off in the picture before; of chroma, how much other
            components change.
        equal: which neighbors are as in the picture before.
        change: how neighbors differ from those of the picture before.
        mate: of chroma, the change of the component that is coded before it.
    """

    left: int
    left2: int
    above: int
    above_left: int
    above_right: int
    above2: int
    moved: int
    moved_right: int
    moved_below: int
    energy: int
    energy_here: int
    energy_beside: int
    equal: int
    change: int
    mate: int

    @property
    def num_equal(self) -> int:
        """How many neighbors are as in the picture before: 0 for none, 1 for some, 2 for all."""
        return 2 if self.equal == ALL_EQUAL else int(self.equal > 0)

    @property
    def median(self) -> int:
        """As LOCO-I predicts (M. Weinberger et al., "The LOCO-I Lossless Image Compression Algorithm", 2000)."""
        low, high = sorted((self.left, self.above))
        return min(max(self.left + self.above - self.above_left, low), high)


def look_around(state: PictureState, component: int, y: int, x: int, vector: Vector) -> Surroundings:
    """What is around a sample.

    Args:
        state: of the pictures.
        component: 0 or 1.
        y: of the sample.
        x: of the sample.
        vector: from it to the picture before.
    """
    own, moves, unit = state.component(component), state.moves, state.layout.unit
    s, e = _at(own.planes[0], y, x), _at(own.errors[0], y, x)
    sides, rest = e(0, -1) + e(-1, 0), e(0, -2) + e(-2, 0)
    here = energy_of((2 * sides + e(-1, -1) + e(-1, 1)) // 6)
    if moves:
        r, g = (_at(plane, y + vector.down, x + vector.right) for plane in (own.planes[1], own.errors[1]))
        cross, corners = g(0, -1) + g(0, 1) + g(-1, 0) + g(1, 0), g(1, -1) + g(1, 1) + g(-1, -1) + g(-1, 1)
        beside = (4 * g(0, 0) + 2 * cross + corners) >> 4
        moved = r(0, 0), r(0, 1), r(1, 0)
        energy = (3 * sides + e(-1, -1) + 2 * e(-1, 1) + rest + 5 * beside) >> 4
        known = ((0, -1), (-1, 0), (-1, -1), (-1, 1))
        equal = sum((s(*place) == r(*place)) << k for k, place in enumerate(known))
        changes = ((0, -1), (-1, 0), (-1, 1), (-1, -1))
        change = sum(5**k * _of_5(in_units(unit, s(*place) - r(*place))) for k, place in enumerate(changes))
    else:
        beside, change = 0, 0
        moved = s(-1, 0), s(0, -2), s(-1, -1)
        energy = ((3 * sides + 2 * (e(-1, -1) + e(-1, 1)) + rest) * 11) >> 7
        pairs = (((0, -1), (-1, 0)), ((-1, 0), (-1, -1)), ((0, -1), (0, -2)), ((-1, 1), (-1, 0)))
        equal = sum((s(*first) == s(*second)) << k for k, (first, second) in enumerate(pairs))
    mate = 0
    if state.layout.components > 1:
        mate, beside = _beside(state, component, y, x, vector)
        energy = (3 * energy + beside) >> 2
    samples = (s(0, -1), s(0, -2), s(-1, 0), s(-1, -1), s(-1, 1), s(-2, 0))
    return Surroundings(*samples, *moved, energy, here, beside, equal, change, mate)


def _beside(state: PictureState, component: int, y: int, x: int, vector: Vector) -> tuple[int, int]:
    """Of chroma: the change of the component that is coded before this one, and how uncertain that makes it."""
    moves, unit = state.moves, state.layout.unit
    mates = state.mates(component)
    now, then = (_at(mates[0], y, x), _at(mates[1], y + vector.down, x + vector.right))
    mate = _of_31(in_units(unit, now(0, 0) - (then(0, 0) if moves else now(0, -1))))
    if component:
        return mate, state.component(0).errors[0][y, x]
    if moves:
        places = ((8, 0, 0), (4, 0, 1), (4, 1, 0))
        total = sum(weight * abs(now(down, right) - then(down, right)) for weight, down, right in places)
    else:
        total = 8 * abs(now(0, 0) - now(0, -1)) + 8 * abs(now(0, 0) - now(-1, 0))
    return mate, min(total >> unit, MOST_ERROR)


def bias_of(state: PictureState, around: Surroundings, guess: int, energy: int) -> int:
    """The set of a prediction's mean error: which neighbors are above it, and how large errors are."""
    center = (guess + (1 << (FRACTION_BITS - 1))) >> FRACTION_BITS
    if state.moves:
        more = (around.moved, around.moved_right, around.moved_below)
    else:
        more = (around.left2, around.above2, center)
    neighbors = (around.left, around.above, around.above_left, around.above_right, *more)
    texture = sum((neighbor > center) << k for k, neighbor in enumerate(neighbors))
    return texture * _TEXTURE_STEP + min(energy // 3, 7) * 2 + (state.moves > 0)


def context_values(layout: AdaptiveLayout, around: Surroundings, guess: int, energy: int) -> Sequence[int]:
    """The value of each context.

    Args:
        layout: of the planes.
        around: the sample.
        guess: the prediction, in 1/16.
        energy: 0 to 25.
    """
    rounded = guess + (1 << (FRACTION_BITS - 1))
    center, fraction = rounded >> FRACTION_BITS, rounded & ((1 << FRACTION_BITS) - 1)

    def off(sample: int) -> int:
        return _of_31(in_units(layout.unit, sample - center))

    moved = off(around.moved)
    return (
        energy * 8 + (fraction >> 1),
        off(around.left) * 31 + off(around.above),
        around.equal * 31 + moved,
        off(around.median) * 9 + min(energy // 3, 8),
        off(around.above_right) * 31 + off(around.moved_below),
        energy_of(around.energy_beside) // 2 * 26 + around.energy_here,
        off(2 * around.left - around.left2) * 31 + off(2 * around.above - around.above2),
        around.mate * 31 + moved if layout.components > 1 else around.change,
    )


def expertise(
    layout: AdaptiveLayout, around: Surroundings, older: int, guesses: Sequence[int], known: tuple[Sequence[int], int]
) -> Expertise:
    """What the mixer of the slowest level is told of a sample.

    Args:
        layout: of the planes.
        around: the sample.
        older: the sample that the vector leads to, two pictures before; where there is none, the second one above.
        guesses: predictions, in 1/16, what they were blended to first.
        known: the class of each prediction's errors around the sample, and the set of the first one's mean error.
    """
    classes, bias = known
    energy = energy_of(around.energy)
    center = (guesses[0] + (1 << (FRACTION_BITS - 1))) >> FRACTION_BITS

    def off(sample: int, most: int) -> int:
        return _from_zero(in_units(layout.unit, sample - center), most)

    errors = classes[1] // 2 * 32 + classes[2] // 2
    return Expertise(
        values=(
            *context_values(layout, around, guesses[0], energy),
            off(older, 15) * 31 + off(around.moved, 15),
            errors,
        ),
        selected=(
            energy,
            around.equal,
            min(classes[1] // 3, 15) * 16 + min(classes[2] // 3, 15),
            bias // _TEXTURE_STEP,
            off(around.moved, 7) * 15 + off(around.left, 7),
        ),
        means=[guess - (center << FRACTION_BITS) for guess in guesses],
        classes=classes,
        unit=layout.unit,
    )


def symbol_values(layout: AdaptiveLayout, around: Surroundings, guess: int, energy: int, cell: Cell) -> Sequence[int]:
    """The value of each context of symbols, for cells this wide; the rest is as for :func:`context_values`."""
    rounded = guess + (1 << (FRACTION_BITS - 1))
    center, fraction = rounded >> FRACTION_BITS, rounded & ((1 << FRACTION_BITS) - 1)

    def off(sample: int) -> int:
        """In cells."""
        return _from_zero((sample - center + (1 << cell.shift >> 1)) >> cell.shift, NEAREST)

    moved, steps = off(around.moved), 2 * NEAREST + 1
    if layout.components > 1:
        last = (around.mate * steps + moved) * 2 + (cell.wider > 0)
    else:
        last = off(around.median) * ENERGIES + energy
    return (
        energy * 8 + (0 if cell.shift else fraction >> 1),
        (off(around.left) * steps + off(around.above)) * ESCAPES + cell.set,
        (around.equal * steps + moved) * ESCAPES + cell.set,
        last,
    )


def swift_values(layout: AdaptiveLayout, around: Surroundings, guess: int, energy: int, cell: Cell) -> tuple[int, int]:
    """The values of both contexts of the fastest level; the rest is as for :func:`symbol_values`."""
    rounded = guess + (1 << (FRACTION_BITS - 1))
    center, fraction = rounded >> FRACTION_BITS, rounded & ((1 << FRACTION_BITS) - 1)

    def off(sample: int, most: int = NEAREST) -> int:
        """In cells."""
        return _from_zero((sample - center + (1 << cell.shift >> 1)) >> cell.shift, most)

    of_energy = energy * FRACTIONS + (0 if cell.shift else fraction >> 1)
    moved = off(around.moved)
    if layout.components > 1:
        of_energy += _of_5(off(around.above, 3) - 3) * ENERGIES * FRACTIONS
        near = (off(around.left) * STEPS_OF_15 + moved) * STEPS_OF_5 + _of_5(around.mate - 15)
        return of_energy, cell.set * STEPS_OF_15 * STEPS_OF_15 * STEPS_OF_5 + near
    near = (around.num_equal * STEPS_OF_15 + moved) * STEPS_OF_15 + off(around.median)
    return of_energy, cell.set * 3 * STEPS_OF_15 * STEPS_OF_15 + near


def _at(plane: Plane, y: int, x: int) -> Callable[[int, int], int]:
    """The values of a plane about a place."""
    return lambda down, right: plane[y + down, x + right]


def energy_of(distance: int) -> int:
    """The number of a mean distance from predictions, in 1/16 of a unit: 0 to 25."""
    return bisect.bisect_right(ENERGY_STEPS, distance)


def _of_31(difference: int) -> int:
    return _from_zero(difference, 15)


def _from_zero(difference: int, most: int) -> int:
    """A difference, limited to +-most, as a number from 0 on."""
    return min(max(difference, -most), most) + most


def _of_5(difference: int) -> int:
    return sum((difference > -3, difference >= 0, difference > 0, difference > 2))


def towards_zero(dividend: int, divisor: int) -> int:
    """The quotient, rounded as C does."""
    quotient = abs(dividend) // divisor
    return -quotient if dividend < 0 else quotient


def in_units(unit: int, difference: int) -> int:
    """In ``2**unit`` code values, towards 0."""
    return towards_zero(difference, 1 << unit)
