"""Differences as symbols of the fastest level: the reference of src/adaptive_swift.c.

Two contexts count symbols in half shares, whose sums are the shares that symbols are coded with.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from codec.lossless.adaptive.symbols import ESCAPES, START, SYMBOLS, Cell, Escapes, ReferenceSymbols, code_in_cells
from codec.lossless.adaptive.tables import ENERGIES

I64Array = npt.NDArray[np.int64]

FRACTIONS = 8
"""Parts of a code value that predictions are told apart by."""
STEPS_OF_5, STEPS_OF_15 = 5, 15
_ENERGY_VALUES = STEPS_OF_5 * ENERGIES * FRACTIONS
_NEAR_VALUES = ESCAPES * STEPS_OF_15 * STEPS_OF_15 * STEPS_OF_5
_ALL = 1 << 14
_LEARNED_STEP, _LEARNED, _LEAST_RATE = 64, (148, 201, 231, 249, 255), 2
"""A rate ends where a context has learned so many steps of 1/16384."""


class SwiftModel:
    """Codes differences of one component."""

    def __init__(self) -> None:
        # The shares up to each symbol but the last; then how much was learned, as if it were one more.
        start = np.array([*(share // 2 for share in START), 0], np.int64)
        self._of_energy = np.tile(start, (_ENERGY_VALUES, 1))
        self._of_near = np.tile(start, (_NEAR_VALUES, 1))
        self._escapes = Escapes()

    def code(self, symbols: ReferenceSymbols, values: tuple[int, int], difference: int, cell: Cell) -> int:
        """Code a difference.

        Args:
            symbols: where it goes, or comes from.
            values: of both contexts.
            difference: ignored where symbols are read.
            cell: how wide the cells are.

        Returns:
            The difference.
        """
        counted = self._of_energy[values[0]], self._of_near[values[1]]

        def code_symbol(symbol: int) -> int:
            found = symbols.shared((counted[0] + counted[1])[:-1], symbol)
            for own in counted:
                _learn(own, found)
            return found

        return code_in_cells(symbols, self._escapes, cell, difference, code_symbol)


def _learn(shares: I64Array, symbol: int) -> None:
    """Move half shares towards those that are certain of a symbol, where each keeps 1; steps upwards are rounded up."""
    rate = _LEAST_RATE + sum(int(shares[-1]) // _LEARNED_STEP >= most for most in _LEARNED)
    numbers = np.arange(SYMBOLS)
    aims = numbers + 1 + np.where(numbers < symbol, 0, _ALL - SYMBOLS - 1 + (1 << rate))
    shares += (aims - shares) >> rate
