"""Mixed probabilities of the slowest level: what ten contexts have counted, and what predictions know of themselves.

A context must see many samples before its counts say much. A prediction whose typical error is known says something of
each bit at once: its distribution is logistic, about the prediction, with a scale that follows the errors of such
predictions. Each of the fits is such an expert, and so is what they were blended to. All are mixed as log odds, with
six sets of weights of which each is chosen by other surroundings (M. Mahoney, "Data Compression Explained", 2013,
section 4.3.2); the mean of what the sets say is the log odds of the bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codec.lossless.adaptive.bits import ReferenceBits
from codec.lossless.adaptive.differences import KIND_SIGN, KIND_TOP, KIND_ZERO, KINDS, NODES, Interval, code_difference
from codec.lossless.adaptive.mixing import LEARNING_BITS, MOST_WEIGHT, counted, fresh_counters
from codec.lossless.adaptive.tables import ENERGIES, NUM_SURVIVALS
from codec.native.adaptive import AdaptiveTables

MORE_CONTEXTS, EXPERTS = 10, 5
ERROR_CLASSES = 64
_INPUTS = MORE_CONTEXTS + EXPERTS + 1
_SELECTED = (ENERGIES, 16, 256, 128, 225)  # values of what chooses each set but the first, which the node chooses
_OF_CONTEXT, _OF_EXPERT = 13107, 9830  # weights to begin with: 0.2 and 0.15
_CONSTANT_INPUT = 64
_SIXTH = 10923
_SCALE_BITS, _SCALE = 8, 5678 << 8  # 64 * 2 ln 2, in 1/64: from a mean distance to the scale of the distribution
_MEAN_BITS, _MEAN_RATE, _MOST_ERROR = 6, 7, 65535
_PROBABILITIES = 4096
_HALF = 8  # of a code value, in 1/16


@dataclass(frozen=True)
class Expertise:
    """What the mixer is told of a sample.

    Attributes:
        values: of the ten contexts.
        selected: what chooses each set of mixing weights but the first.
        means: how far each prediction is above the rounded one, in 1/16.
        classes: of how far each prediction was off around the sample.
        unit: log2 of the code values in which errors are counted.
    """

    values: Sequence[int]
    selected: Sequence[int]
    means: Sequence[int]
    classes: Sequence[int]
    unit: int


def error_class(distance: int) -> int:
    """The class of how far a prediction was off, 1 and up: four for each doubling, 63 at most."""
    top = distance.bit_length() - 1
    return min(4 * top + ((distance << 2 >> top) & 3), ERROR_CLASSES - 1)


class ExpertMixer:
    """Codes differences of one component.

    Args:
        tables: see there.
    """

    def __init__(self, tables: AdaptiveTables) -> None:
        self._tables = tables
        self._counters = fresh_counters(MORE_CONTEXTS)
        start = [_OF_CONTEXT] * MORE_CONTEXTS + [_OF_EXPERT] * EXPERTS + [0]
        self._of_node = np.tile(np.array(start, np.int64), (NODES, 1))
        self._sets = [np.tile(np.array(start, np.int64), (count, KINDS, 1)) for count in _SELECTED]
        least = [(4 + number % 4) << (number // 4) << (_MEAN_BITS - 2) for number in range(ERROR_CLASSES)]
        self._mean_errors = [list(least) for _ in range(EXPERTS)]

    def code(self, bits: ReferenceBits, known: Expertise, difference: int) -> int:
        """Code a difference.

        Args:
            bits: where it goes, or comes from.
            known: of the sample.
            difference: ignored where bits are read.

        Returns:
            The difference.
        """
        scales = [
            _SCALE // (means[number] + (1 << _MEAN_BITS >> 1))
            for means, number in zip(self._mean_errors, known.classes, strict=True)
        ]

        def mix(node: int, kind: int, bit: int, interval: Interval) -> int:
            return self._mix(bits, _Place(known, scales, node, kind, interval), bit)

        return code_difference(mix, bits, difference)

    def learn(self, known: Expertise, errors: Sequence[int]) -> None:
        """Learn how far each prediction was off.

        Args:
            known: of the sample.
            errors: distances from the sample, in 1/16.
        """
        for means, number, error in zip(self._mean_errors, known.classes, errors, strict=True):
            means[number] += ((min(error >> known.unit, _MOST_ERROR) << _MEAN_BITS) - means[number]) >> _MEAN_RATE

    def _mix(self, bits: ReferenceBits, place: _Place, bit: int) -> int:
        tables, known = self._tables, place.known
        places = (np.arange(MORE_CONTEXTS), np.array(known.values), place.node)
        counters = self._counters[places].astype(np.int64)
        shares = [int(place.probability(expert, tables) * np.float32(_PROBABILITIES)) for expert in range(EXPERTS)]
        looked_up = [*(counters >> 20), *(min(max(share, 0), _PROBABILITIES - 1) for share in shares)]
        inputs = np.array([*tables.stretch[looked_up], _CONSTANT_INPUT], np.int64)
        chosen = [own[which, place.kind] for own, which in zip(self._sets, known.selected, strict=True)]
        weights = [self._of_node[place.node], *chosen]
        mixed = [min(max(int((inputs * (own >> 3)).sum()) >> 13, -2047), 2047) for own in weights]
        bit = bits.code(bit, int(tables.squash[(sum(mixed) * _SIXTH >> 16) + 2048]))
        for own, one in zip(weights, mixed, strict=True):
            wrong = (bit << 16) - int(tables.squash[one + 2048])
            own += (inputs * wrong + (1 << (LEARNING_BITS - 1))) >> LEARNING_BITS
            np.clip(own, -MOST_WEIGHT, MOST_WEIGHT, out=own)
        self._counters[places] = counted(counters, bit, tables)
        return bit


@dataclass(frozen=True)
class _Place:
    """A bit of a sample's difference."""

    known: Expertise
    scales: Sequence[int]
    node: int
    kind: int
    interval: Interval

    def probability(self, expert: int, tables: AdaptiveTables) -> np.float32:
        """That it is 1, as a prediction's distribution has it; all of it in float32."""

        def survival(mean: int, threshold: int) -> np.float32:
            """The share of the distribution that is above a threshold, in 1/16."""
            steps = (mean - threshold) * self.scales[expert] >> (_SCALE_BITS + self.known.unit)
            found: np.float32 = tables.survival[min(max(steps + NUM_SURVIVALS // 2, 0), NUM_SURVIVALS - 1)]
            return found

        above, one = self.known.means[expert], np.float32(1)
        if self.kind == KIND_ZERO:
            return (one - survival(above, _HALF)) - survival(-above, _HALF)
        if self.kind == KIND_SIGN:
            negative = survival(-above, _HALF)
            return negative / ((negative + survival(above, _HALF)) + np.float32(1e-9))
        mean = -above if self.interval.is_negative else above
        start, step = 16 * self.interval.start - _HALF, 16 * self.interval.step
        whole, rest = survival(mean, start), survival(mean, start + step)
        if self.kind == KIND_TOP:
            return one - rest / (whole + np.float32(1e-12))
        beyond = survival(mean, start + 2 * step)
        return (rest - beyond) / ((whole - beyond) + np.float32(1e-12))
