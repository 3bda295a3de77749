"""Mixed probabilities: what several contexts say of a bit, weighed by how well they did before.

The method is that of lossless compressors since PAQ (M. Mahoney, "Adaptive Weighing of Context Models for Lossless Data
Compression", Florida Tech. CS-2005-16): the log odds of each context are summed with weights, which then follow the
gradient of the code length.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from codec.lossless.adaptive.bits import ReferenceBits
from codec.lossless.adaptive.differences import KINDS, NODES, Interval, code_difference
from codec.lossless.adaptive.tables import COUNTS, ENERGIES
from codec.native.adaptive import AdaptiveTables

I64Array = npt.NDArray[np.int64]

CONTEXTS, CONTEXT_VALUES = 8, 1024
LEARNING_BITS, MOST_WEIGHT = 15, 1 << 18
_START_WEIGHT = 19661
_COUNT_BITS, _CERTAIN = 10, (1 << 22) - 1


def fresh_counters(contexts: int) -> npt.NDArray[np.uint32]:
    """Counters of (contexts, values, nodes) that have seen nothing: 22 bits of a probability, and 10 of a count."""
    return np.full((contexts, CONTEXT_VALUES, NODES), 1 << 31, np.uint32)


def counted(counters: I64Array, bit: int, tables: AdaptiveTables) -> I64Array:
    """Counters that have seen a bit."""
    counts, probabilities = counters & (COUNTS - 1), counters >> _COUNT_BITS
    moved = probabilities + (((_CERTAIN if bit else 0) - probabilities >> 3) * tables.rate[counts] >> 9)
    found: I64Array = moved << _COUNT_BITS | np.minimum(counts + 1, COUNTS - 1)
    return found


class Mixer:
    """Codes differences of one component.

    Args:
        tables: see there.
    """

    def __init__(self, tables: AdaptiveTables) -> None:
        self._tables = tables
        self._counters = fresh_counters(CONTEXTS)
        self._of_node = np.full((NODES, CONTEXTS), _START_WEIGHT, np.int64)
        self._of_energy = np.full((ENERGIES * KINDS, CONTEXTS), _START_WEIGHT, np.int64)

    def code(self, bits: ReferenceBits, values: Sequence[int], energy: int, difference: int) -> int:
        """Code a difference.

        Args:
            bits: where it goes, or comes from.
            values: of each context.
            energy: 0 to 25.
            difference: ignored where bits are read.

        Returns:
            The difference.
        """

        def mix(node: int, kind: int, bit: int, interval: Interval) -> int:
            del interval
            return self._mix(bits, (np.arange(CONTEXTS), np.array(values), node), energy * KINDS + kind, bit)

        return code_difference(mix, bits, difference)

    def _mix(self, bits: ReferenceBits, places: tuple[I64Array, I64Array, int], set_too: int, bit: int) -> int:
        """Code one bit of a difference, and learn."""
        known = self._tables
        counters = self._counters[places].astype(np.int64)
        inputs = known.stretch[counters >> 20].astype(np.int64)
        weights, weights_too = self._of_node[places[2]], self._of_energy[set_too]
        first, second = (
            min(max(int((inputs * (own >> 2)).sum()) >> 14, -2047), 2047) for own in (weights, weights_too)
        )
        bit = bits.code(bit, int(known.squash[((first + second) >> 1) + 2048]))
        for own, mixed in ((weights, first), (weights_too, second)):
            wrong = (bit << 16) - int(known.squash[mixed + 2048])
            own += (inputs * wrong + (1 << (LEARNING_BITS - 1))) >> LEARNING_BITS
            np.clip(own, -MOST_WEIGHT, MOST_WEIGHT, out=own)
        self._counters[places] = counted(counters, bit, known)
        return bit
