"""The range coder in whole numbers of Python: the reference of the native one, and what codes where that is missing.

The coder narrows an interval of numbers below 1 from symbol to symbol; the data name a number inside. The format is
that of the queue module of constriction (R. Bamler, "Understanding Entropy Coding With Asymmetric Numeral Systems
(ANS): a Statistician's Perspective", arXiv:2201.01741): the interval's lower end and its width are kept with 64 bits,
probabilities have 24, and whenever the width needs no more than 32 bits, the upper 32 bits of the lower end are
written as a word. Later symbols may still add 1 to what was written, so words wait until they are read out.

A model is an array of ``starts``, (symbols + 1,) uint32: symbol s has the interval from ``starts[s]`` to
``starts[s + 1]`` of the numbers below ``2**PRECISION``. The starts rise strictly from 0 to ``2**PRECISION``.
"""

from __future__ import annotations

import bisect

import numpy as np
import numpy.typing as npt

from codec.errors import StreamError

I32Array = npt.NDArray[np.int32]
U32Array = npt.NDArray[np.uint32]

PRECISION = 24
_WORD_BITS = 32
_WORD_MASK = (1 << _WORD_BITS) - 1
_STATE_MASK = (1 << 2 * _WORD_BITS) - 1
_WHOLE = _STATE_MASK  # the width of the interval before the first symbol


class ReferenceWriter:
    """Codes symbols to words."""

    def __init__(self) -> None:
        self._lower, self._width = 0, _WHOLE
        self._words: list[int] = []

    def write(self, symbols: I32Array, starts: U32Array) -> None:
        """Code symbols, all with one model.

        Args:
            symbols: (n,) int32.
            starts: (symbols + 1,) uint32, the model.

        Raises:
            ValueError: the model does not have a symbol. Nothing is written then.
        """
        if symbols.size and (int(symbols.min()) < 0 or int(symbols.max()) >= starts.size - 1):
            raise ValueError("expected symbols that their model has. Received: others")
        firsts = starts[symbols]
        for first, size in zip(firsts.tolist(), (starts[symbols + 1] - firsts).tolist(), strict=True):
            self._narrow(first, size)

    def write_bits(self, numbers: I32Array, bits: I32Array) -> None:
        """Code numbers without a model: all numbers of so many bits are equally likely.

        Args:
            numbers: (n,) int32, 0 to ``2**bits - 1``.
            bits: (n,) int32, 0 to ``PRECISION``. Of 0 bits nothing is written.

        Raises:
            ValueError: a number has more bits. Nothing is written then.
        """
        if ((bits < 0) | (bits > PRECISION)).any() or (numbers.astype(np.int64) >> np.maximum(bits, 0)).any():
            raise ValueError("expected numbers of so many bits. Received: others")
        for number, count in zip(numbers.tolist(), bits.tolist(), strict=True):
            if count:
                self._narrow(number << (PRECISION - count), 1 << (PRECISION - count))

    def _narrow(self, first: int, size: int) -> None:
        """Go to the part of the interval that begins at ``first`` and has this size, in units of ``2**-PRECISION``."""
        scale = self._width >> PRECISION
        self._add(scale * first)
        self._width = scale * size
        if self._width >> _WORD_BITS == 0:
            self._words.append(self._lower >> _WORD_BITS)
            self._lower = (self._lower << _WORD_BITS) & _STATE_MASK
            self._width <<= _WORD_BITS

    def _add(self, number: int) -> None:
        """Raise the lower end of the interval, and carry into the words if it overflows."""
        self._lower += number
        if self._lower > _STATE_MASK:
            self._lower &= _STATE_MASK
            _carry(self._words)

    @property
    def num_words(self) -> int:
        """Number of words that :meth:`words` would return now."""
        return len(self._words) + len(self._seal())

    def _seal(self) -> list[int]:
        """The last words, which name a number in the interval whatever follows; none if nothing was coded."""
        if self._width == _WHOLE:
            return []
        point = (self._lower + _WORD_MASK) >> _WORD_BITS & _WORD_MASK
        upper = (self._lower + self._width) >> _WORD_BITS & _WORD_MASK
        return [point, 0] if point == upper else [point]

    def words(self) -> U32Array:
        """All words, as they are if nothing more is coded: uint32. Writing can go on."""
        words = self._words.copy()
        if self._width != _WHOLE and self._lower + _WORD_MASK > _STATE_MASK:
            _carry(words)
        return np.array(words + self._seal(), np.uint32)


def _carry(words: list[int]) -> None:
    """Add 1 to the number that the words spell."""
    place = len(words) - 1
    while words[place] == _WORD_MASK:
        words[place] = 0
        place -= 1
    words[place] += 1


class ReferenceReader:
    """Decodes the words of a :class:`ReferenceWriter`.

    Args:
        words: (n,) uint32.
    """

    def __init__(self, words: U32Array) -> None:
        self._words = words.tolist()
        self._position = min(2, len(self._words))
        first, second = [*self._words[:2], 0, 0][:2]
        self._width = _WHOLE
        self._distance = first << _WORD_BITS | second  # from the lower end of the interval to the number

    def read(self, count: int, starts: U32Array) -> I32Array:
        """Decode the next symbols.

        Args:
            count: number of symbols.
            starts: (symbols + 1,) uint32, the model.

        Returns:
            (count,) int32.

        Raises:
            StreamError: the words cannot be those of symbols of this model.
        """
        symbols = np.empty(count, np.int32)
        edges: list[int] = starts.tolist()
        for place in range(count):
            symbol = bisect.bisect_right(edges, self._quantile()) - 1
            self._narrow(edges[symbol], edges[symbol + 1] - edges[symbol])
            symbols[place] = symbol
        return symbols

    def read_bits(self, bits: I32Array) -> I32Array:
        """Decode the next numbers that were coded without a model.

        Args:
            bits: (n,) int32, 0 to ``PRECISION``.

        Returns:
            (n,) int32.

        Raises:
            StreamError: the words cannot be those of such numbers.
        """
        numbers = np.zeros(bits.size, np.int32)
        for place, count in enumerate(bits.tolist()):
            if count:
                shift = PRECISION - count
                numbers[place] = self._quantile() >> shift
                self._narrow(int(numbers[place]) << shift, 1 << shift)
        return numbers

    def _quantile(self) -> int:
        """Where in the interval that is left the words point to, in units of ``2**-PRECISION``."""
        quantile: int = self._distance // (self._width >> PRECISION)
        if quantile >> PRECISION:
            raise StreamError("entropy-coded data do not fit their probability table")
        return quantile

    def _narrow(self, first: int, size: int) -> None:
        """As in :class:`ReferenceWriter`."""
        scale = self._width >> PRECISION
        self._distance -= scale * first
        self._width = scale * size
        if self._width >> _WORD_BITS == 0:
            self._width <<= _WORD_BITS
            self._distance = self._distance << _WORD_BITS | self._next_word()

    def _next_word(self) -> int:
        """The next word; 0 after the end."""
        if self._position == len(self._words):
            return 0
        self._position += 1
        return int(self._words[self._position - 1])

    def may_end(self) -> bool:
        """Whether the data may end here: all words are read, and what is left of the number is what sealing added."""
        is_read = self._position == len(self._words)
        return is_read and (self._width == _WHOLE or self._distance < (2 << _WORD_BITS) - 1)
