"""Mixed probabilities: what several contexts say of a bit, weighed by how well they did before.

The method is that of lossless compressors since PAQ (M. Mahoney, "Adaptive Weighing of Context Models for Lossless Data
Compression", Florida Tech. CS-2005-16): the log odds of each context are summed with weights, which then follow the
gradient of the code length.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from codec.lossless.adaptive.bits import ReferenceBits
from codec.lossless.adaptive.tables import COUNTS, ENERGIES
from codec.native.adaptive import AdaptiveTables

CONTEXTS, CONTEXT_VALUES, NODES, KINDS = 8, 1024, 144, 4
_LEARNING_BITS, _START_WEIGHT, _MOST_WEIGHT = 15, 19661, 1 << 18
_COUNT_BITS, _CERTAIN = 10, (1 << 22) - 1
_IS_ZERO, _IS_NEGATIVE, _OF_TOP, _MOST_TOP, _OF_SMALL, _OF_LARGE, _FIRST_LARGE, _MODELED_BITS = (
    0,
    1,
    2,
    17,
    38,
    60,
    4,
    2,
)
_SMALL = (0, 0, 1, 4)
_KIND_ZERO, _KIND_SIGN, _KIND_TOP, _KIND_BELOW = range(4)


class Mixer:
    """Codes differences of one component.

    Args:
        tables: see there.
    """

    def __init__(self, tables: AdaptiveTables) -> None:
        self._tables = tables
        self._counters = np.full((CONTEXTS, CONTEXT_VALUES, NODES), 1 << 31, np.uint32)
        self._of_node = np.full((NODES, CONTEXTS), _START_WEIGHT, np.int64)
        self._of_energy = np.full((ENERGIES * KINDS, CONTEXTS), _START_WEIGHT, np.int64)

    def code(self, bits: ReferenceBits, values: Sequence[int], energy: int, difference: int) -> int:
        """Code a difference.

        First comes whether it is 0, then its sign, then how many bits its magnitude has, one after the other, then
        those below the top one: all of magnitudes below 16, two of larger ones. The rest is equally likely.

        Args:
            bits: where it goes, or comes from.
            values: of each context.
            energy: 0 to 25.
            difference: ignored where bits are read.

        Returns:
            The difference.
        """
        place = _Place(self, bits, values, energy)
        if place.mix(_IS_ZERO, _KIND_ZERO, int(difference == 0)):
            return 0
        sign = place.mix(_IS_NEGATIVE, _KIND_SIGN, int(difference < 0))
        magnitude = abs(difference)
        wanted_top, top = min(max(magnitude.bit_length() - 1, 0), _MOST_TOP), 0
        while top < _MOST_TOP and not place.mix(_OF_TOP + 2 * top + sign, _KIND_TOP, int(top == wanted_top)):
            top += 1
        found = 1
        for below in reversed(range(top)):
            bit = magnitude >> below & 1
            if top < _FIRST_LARGE:
                bit = place.mix(_OF_SMALL + 2 * (_SMALL[top] + found - 1) + sign, _KIND_BELOW, bit)
            elif top - 1 - below < _MODELED_BITS:
                bit = place.mix(_OF_LARGE + 2 * (3 * (top - _FIRST_LARGE) + found - 1) + sign, _KIND_BELOW, bit)
            else:
                bit = bits.code(bit, 1 << 15)
            found = 2 * found + bit
        return -found if sign else found

    def mix(self, bits: ReferenceBits, values: Sequence[int], energy: int, node: int, kind: int, bit: int) -> int:
        """Code one bit of a difference, and learn."""
        known = self._tables
        places = (np.arange(CONTEXTS), np.array(values), node)
        counters = self._counters[places].astype(np.int64)
        inputs = known.stretch[counters >> 20].astype(np.int64)
        weights, weights_too = self._of_node[node], self._of_energy[energy * KINDS + kind]
        first, second = (
            min(max(int((inputs * (own >> 2)).sum()) >> 14, -2047), 2047) for own in (weights, weights_too)
        )
        bit = bits.code(bit, int(known.squash[((first + second) >> 1) + 2048]))
        for own, mixed in ((weights, first), (weights_too, second)):
            wrong = (bit << 16) - int(known.squash[mixed + 2048])
            own += (inputs * wrong + (1 << (_LEARNING_BITS - 1))) >> _LEARNING_BITS
            np.clip(own, -_MOST_WEIGHT, _MOST_WEIGHT, out=own)
        counts, probabilities = counters & (COUNTS - 1), counters >> _COUNT_BITS
        target = _CERTAIN if bit else 0
        probabilities += ((target - probabilities) >> 3) * known.rate[counts] >> 9
        self._counters[places] = probabilities << _COUNT_BITS | np.minimum(counts + 1, COUNTS - 1)
        return bit


class _Place:
    """A mixer at one sample."""

    def __init__(self, mixer: Mixer, bits: ReferenceBits, values: Sequence[int], energy: int) -> None:
        self._mixer, self._bits, self._values, self._energy = mixer, bits, values, energy

    def mix(self, node: int, kind: int, bit: int) -> int:
        return self._mixer.mix(self._bits, self._values, self._energy, node, kind, bit)
