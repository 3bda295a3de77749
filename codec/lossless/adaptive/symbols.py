"""Differences as symbols, in whole numbers of Python: the reference of src/adaptive_symbols.h.

A difference is one of 16 symbols: the cells about the prediction, and at both ends all that is further away. Four
contexts count symbols; their shares are summed with weights that follow how well each context did. Symbols are coded by
four interleaved rANS states (J. Duda, "Asymmetric numeral systems", 2013; F. Giesen, "Interleaved entropy coders",
2014). A state gives back symbols in the opposite order, so that the sender keeps those of a block and writes them
backwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from codec.lossless.adaptive.tables import ENERGIES
from codec.native.adaptive import NUM_STATES, past_end, wrong_end

I64Array = npt.NDArray[np.int64]

NEAREST, SYMBOLS = 7, 16
"""The cells from -7 to 6 about the prediction have a symbol of their own."""
_CELL_BITS = (*(0,) * 14, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 5)
"""For each energy, log2 of the units in a cell."""
ESCAPES = 4
"""Sets of the sizes of differences beyond the symbols."""
SYMBOL_CONTEXTS = 4
_VALUES, _WEIGHT_KINDS = 960, 3
_SHARE_BITS, _WORD_BITS, _LEAST_STATE = 15, 16, 1 << 16
_BLOCK_SYMBOLS = 1 << 16
_MOST_UNIFORM_BITS = 14
_RATE_STEPS, _LEAST_RATE, _MOST_COUNTED = (2, 7, 19, 49, 119, 499), 2, 500
_CERTAIN = (1 << _SHARE_BITS) - 1
START = (600, 1200, 1900, 2900, 4300, 6400, 9600, 14500, 19500, 23500, 26500, 28500, 30000, 31200, 32000)
"""The shares up to each symbol but the last, in 1/32768, that contexts begin with."""
_ALL_WEIGHTS, _LEAST_WEIGHT, _RATIO_BITS, _WEIGHT_RATE, _FLOOR_BITS = 32760, 300, 10, 5, 11
_MORE_CLASS_BITS = 2
_COST_ONE, _COST_CURVE = 1024, 353


class ReferenceSymbols:
    """One side of the coder of symbols.

    Args:
        data: what to read; None to write.
    """

    def __init__(self, data: bytes | None) -> None:
        self.is_writing = data is None
        self._data = data or b""
        self._size = 0  # bytes written, or read
        self._states = [_LEAST_STATE] * NUM_STATES
        self._num_symbols = 0  # of this block
        self._waiting: list[tuple[int, int]] = []

    def _next_word(self) -> int:
        word = int.from_bytes(self._data[self._size : self._size + 2], "little")
        is_whole = self._size + 2 <= len(self._data)
        self._size += 2
        return word if is_whole else 0

    def begin_component(self) -> None:
        """Begin a component of a picture, and with it a block if the last one has ended."""
        if not self.is_writing and not self._num_symbols:
            for k in range(NUM_STATES):
                low = self._next_word()
                self._states[k] = low | self._next_word() << _WORD_BITS

    def next_share(self) -> int:
        """Where the next symbol that is read lies among the shares, in 1/32768."""
        return self._states[self._num_symbols % NUM_STATES] & _CERTAIN

    def pass_symbol(self, start: int, share: int) -> None:
        """Leave a symbol.

        Args:
            start: the shares of the symbols before it, in 1/32768.
            share: its own.
        """
        if self.is_writing:
            self._waiting.append((start, share))
        else:
            state = self._states[self._num_symbols % NUM_STATES]
            state = share * (state >> _SHARE_BITS) + (state & _CERTAIN) - start
            if state < _LEAST_STATE:
                state = state << _WORD_BITS | self._next_word()
            self._states[self._num_symbols % NUM_STATES] = state
        self._num_symbols += 1

    def end_component(self) -> None:
        """End a component of a picture, and with it a block that is full.

        Raises:
            StreamError: a block that is read does not end as it was begun.
        """
        if self._num_symbols < _BLOCK_SYMBOLS:
            return
        if self.is_writing:
            self._write_block()
        elif not self.ends_well():
            raise wrong_end()
        self._num_symbols = 0

    def _write_block(self) -> None:
        words: list[int] = []
        states = [_LEAST_STATE] * NUM_STATES
        for k, (start, share) in reversed(list(enumerate(self._waiting))):
            state = states[k % NUM_STATES]
            if state >> (2 * _WORD_BITS - _SHARE_BITS) >= share:
                words.append(state & 0xFFFF)
                state >>= _WORD_BITS
            states[k % NUM_STATES] = (state // share << _SHARE_BITS) + state % share + start
        for state in reversed(states):
            words += [state >> _WORD_BITS, state & 0xFFFF]
        self._data += b"".join(word.to_bytes(2, "little") for word in reversed(words))
        self._size = len(self._data)
        self._waiting.clear()

    def check(self) -> None:
        """Check that what was read was there.

        Raises:
            StreamError: it was not.
        """
        if not self.is_writing and self._size > len(self._data):
            raise past_end()

    @property
    def num_bytes(self) -> int:
        """Bytes that are written, or read, so far; about those that symbols will take which wait to be written."""
        return self._size + sum(_cost(share) for _, share in self._waiting) // (8 * _COST_ONE)

    def ends_well(self) -> bool:
        """Whether what was read ends where a sender ends it."""
        return not self._num_symbols or self._states == [_LEAST_STATE] * NUM_STATES

    def end(self) -> bytes:
        """All that is written."""
        if self._waiting:
            self._write_block()
        return self._data

    def uniform(self, number: int, num_bits: int) -> int:
        """Code a number of so many bits, all of whose values are equally likely."""
        top = 0
        if num_bits > _MOST_UNIFORM_BITS:
            num_bits -= _MOST_UNIFORM_BITS
            top = self._few_bits(number >> _MOST_UNIFORM_BITS, num_bits)
            num_bits = _MOST_UNIFORM_BITS
        below = self._few_bits(number & ((1 << num_bits) - 1), num_bits) if num_bits else 0
        return top << num_bits | below

    def _few_bits(self, number: int, num_bits: int) -> int:
        if not self.is_writing:
            number = self.next_share() >> (_SHARE_BITS - num_bits)
        self.pass_symbol(number << (_SHARE_BITS - num_bits), 1 << (_SHARE_BITS - num_bits))
        return number

    def shared(self, shares: I64Array, symbol: int) -> int:
        """Code a symbol.

        Args:
            shares: (15,) of the symbols up to each one but the last.
            symbol: ignored where symbols are read.
        """
        if not self.is_writing:
            symbol = int((shares <= self.next_share()).sum())
        bounds = [0, *shares.tolist(), 1 << _SHARE_BITS]
        self.pass_symbol(bounds[symbol], bounds[symbol + 1] - bounds[symbol])
        return symbol


class Cell(NamedTuple):
    """How wide cells are.

    Attributes:
        wider: log2 of the units in a cell.
        shift: log2 of the code values in it.
    """

    wider: int
    shift: int

    @classmethod
    def of(cls, energy: int, unit: int, *, is_copy: bool) -> Cell:
        """The cells about a prediction.

        Args:
            energy: 0 to 25, how far predictions are off.
            unit: log2 of the code values in which differences are counted.
            is_copy: all neighbors are as in the picture before: the sample most likely is, too, to the bit.
        """
        return cls(0, 0) if is_copy else cls(_CELL_BITS[energy], unit + _CELL_BITS[energy])

    @property
    def set(self) -> int:
        """The statistics of differences beyond the symbols."""
        return min(self.wider, ESCAPES - 1)


class Escapes:
    """Codes how far the symbols at the ends are exceeded."""

    def __init__(self) -> None:
        self._shares = np.tile(2047 * np.arange(1, SYMBOLS, dtype=np.int64), (ESCAPES, 1))
        self._counted = np.zeros(ESCAPES, np.int64)

    def code(self, symbols: ReferenceSymbols, set_: int, excess: int) -> int:
        """How many bits that and 1 have, and those below the top one.

        Args:
            symbols: where they go, or come from.
            set_: of statistics.
            excess: ignored where symbols are read.
        """
        shares, most = self._shares[set_], SYMBOLS - 1
        size = (excess + 1).bit_length() - 1 if symbols.is_writing else 0
        found = symbols.shared(_with_floor(shares), min(size, most))
        _count(shares, int(self._counted[set_]), found)
        self._counted[set_] = min(self._counted[set_] + 1, _MOST_COUNTED)
        if found == most:
            found += symbols.uniform(size - most, _MORE_CLASS_BITS)
        return (1 << found | symbols.uniform(excess + 1 - (1 << size), found)) - 1


def code_in_cells(
    symbols: ReferenceSymbols, escapes: Escapes, cell: Cell, difference: int, code_symbol: Callable[[int], int]
) -> int:
    """Code a difference as the symbol of its cell, and what the symbol does not tell.

    Args:
        symbols: where it goes, or comes from.
        escapes: codes what is beyond the symbols.
        cell: how wide the cells are.
        difference: ignored where symbols are read.
        code_symbol: codes a symbol, which it ignores where symbols are read.

    Returns:
        The difference.
    """
    first, shift = -NEAREST - 1, cell.shift
    from_start = difference + (1 << shift >> 1)
    wanted = from_start >> shift
    symbol = code_symbol(min(max(wanted, first), NEAREST) - first)
    found = symbol + first
    if symbol == 0:
        found -= escapes.code(symbols, cell.set, first - wanted)
    elif symbol == SYMBOLS - 1:
        found += escapes.code(symbols, cell.set, wanted - NEAREST)
    within = symbols.uniform(from_start & ((1 << shift) - 1), shift)
    return (found << shift) + within - (1 << shift >> 1)


class SymbolModel:
    """Codes differences of one component."""

    def __init__(self) -> None:
        self._shares = np.tile(np.array(START, np.int64), (SYMBOL_CONTEXTS, _VALUES, 1))
        self._counted = np.zeros((SYMBOL_CONTEXTS, _VALUES), np.int64)
        self._escapes = Escapes()
        shape = (_WEIGHT_KINDS, ENERGIES, SYMBOL_CONTEXTS)
        self._weights = np.full(shape, _ALL_WEIGHTS // SYMBOL_CONTEXTS, np.int64)

    def code(
        self,
        symbols: ReferenceSymbols,
        values: Sequence[int],
        weighing: tuple[int, int],
        difference: int,
        *,
        cell: Cell,
        weighs_again: bool,
    ) -> int:
        """Code a difference.

        Args:
            symbols: where it goes, or comes from.
            values: of each context.
            weighing: which weights contexts have: by how many neighbors are as in the picture before (0: none, 1: some,
                2: all), and by the energy, 0 to 25.
            difference: ignored where symbols are read.
            cell: how wide the cells are.
            weighs_again: whether the weights of contexts learn.

        Returns:
            The difference.
        """

        def code_symbol(symbol: int) -> int:
            return self._symbol(symbols, values, weighing, symbol, weighs_again)

        return code_in_cells(symbols, self._escapes, cell, difference, code_symbol)

    def _symbol(
        self,
        symbols: ReferenceSymbols,
        values: Sequence[int],
        weighing: tuple[int, int],
        symbol: int,
        weighs_again: bool,
    ) -> int:
        weights = self._weights[weighing]
        counted = [self._shares[k, value] for k, value in enumerate(values)]
        half = 1 << (_SHARE_BITS - 1)
        pairs = zip(counted, weights.tolist(), strict=True)
        weighed = [(own * weight + half) >> _SHARE_BITS for own, weight in pairs]
        symbol = symbols.shared(_with_floor(np.sum(weighed, axis=0)), symbol)
        if weighs_again:
            _weigh_again(weights, [_share_of(own, symbol) + 1 for own in counted])
        for k, value in enumerate(values):
            _count(counted[k], int(self._counted[k, value]), symbol)
            self._counted[k, value] = min(self._counted[k, value] + 1, _MOST_COUNTED)
        return symbol


def _cost(share: int) -> int:
    """About how many bits a symbol of this share takes, in 1/1024; log2(1 + m) is about m + 0.345 m (1 - m)."""
    whole = share.bit_length() - 1
    part = (share * _COST_ONE >> whole) & (_COST_ONE - 1)
    curve = (part * (_COST_ONE - part) // _COST_ONE) * _COST_CURVE // _COST_ONE
    return (_SHARE_BITS - whole) * _COST_ONE - part - curve


def _with_floor(shares: I64Array) -> I64Array:
    """With a share of 1/32768 more for each symbol, however rare it is."""
    return shares - (shares >> _FLOOR_BITS) + np.arange(1, SYMBOLS)


def _share_of(shares: I64Array, symbol: int) -> int:
    bounds = [0, *shares.tolist(), _CERTAIN]
    return int(bounds[symbol + 1] - bounds[symbol])


def _count(shares: I64Array, counted: int, symbol: int) -> None:
    """Move shares towards those that are certain of a symbol, the faster the less was counted."""
    rate = _LEAST_RATE + sum(counted > step for step in _RATE_STEPS)
    is_below = np.arange(SYMBOLS - 1) < symbol
    step = (np.where(is_below, shares, _CERTAIN - shares) + (1 << rate) - 1) >> rate
    shares += np.where(is_below, -step, step)


def _weigh_again(weights: I64Array, shares: Sequence[int]) -> None:
    """Weigh a context more the larger it said that the symbol's share is, beside the others."""
    mean = max(sum(int(weight) * share for weight, share in zip(weights, shares, strict=True)) >> _SHARE_BITS, 1)
    inverse = (1 << 2 * _RATIO_BITS) // mean
    for k, share in enumerate(shares):
        ratio = share * inverse >> _RATIO_BITS
        change = int(weights[k]) * (ratio - (1 << _RATIO_BITS)) >> (_RATIO_BITS + _WEIGHT_RATE)
        weights[k] = max(int(weights[k]) + change, _LEAST_WEIGHT)
    weights[int(weights.argmax())] += _ALL_WEIGHTS - int(weights.sum())
