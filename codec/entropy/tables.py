"""Integer probability tables: the frequency of each symbol, in units of ``2**-PRECISION``.

All arithmetic is on whole numbers, so that a table is the same on every machine. A table is stored as variable-length
numbers (seven bits a byte, least significant first, high bit set on all but the last byte):

    minimum (zigzag), number of symbols, then the frequency of each symbol in order;
    after a frequency of 0 comes one more number: how many further zeros follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from codec.errors import StreamError

PRECISION = 16
TOTAL = 1 << PRECISION
MAX_SYMBOLS = 1 << 14
MAX_MAGNITUDE = 1 << 24  # of a symbol; keeps minimum + index far inside int32
_MAX_NUMBER_BYTES = 5


@dataclass(frozen=True)
class FrequencyTable:
    """Frequencies of the symbols ``minimum, minimum + 1, ...``.

    Attributes:
        minimum: the smallest symbol.
        frequencies: one whole number for each symbol. They sum to ``2**PRECISION``; the first and the last are not 0.

    Raises:
        ValueError: the symbols or the frequencies are out of range.
    """

    minimum: int
    frequencies: tuple[int, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.frequencies) <= MAX_SYMBOLS:
            raise ValueError(f"expected 1 to {MAX_SYMBOLS} symbols in a table. Received: {len(self.frequencies)}")
        if self.minimum < -MAX_MAGNITUDE or self.maximum > MAX_MAGNITUDE:
            raise ValueError(f"expected symbols within +-{MAX_MAGNITUDE}. Received: {self.minimum} to {self.maximum}")
        if min(self.frequencies) < 0 or not self.frequencies[0] or not self.frequencies[-1]:
            raise ValueError("expected frequencies of 0 or more, the first and the last over 0")
        if sum(self.frequencies) != TOTAL:
            raise ValueError(f"expected frequencies that sum to {TOTAL}. Received: {sum(self.frequencies)}")

    @property
    def maximum(self) -> int:
        """The largest symbol."""
        return self.minimum + len(self.frequencies) - 1

    @classmethod
    def of_symbols(cls, symbols: npt.NDArray[Any]) -> FrequencyTable:
        """The table of these symbols' own frequencies.

        Args:
            symbols: whole numbers, any shape and integer dtype. There is at least one, and the largest is less than
                ``MAX_SYMBOLS`` above the smallest.

        Raises:
            ValueError: there are no symbols, or they are too far apart.
        """
        if symbols.size == 0:
            raise ValueError("expected at least one symbol to make a table of. Received: none")
        low, high = int(symbols.min()), int(symbols.max())
        if high - low >= MAX_SYMBOLS:
            raise ValueError(f"expected symbols within {MAX_SYMBOLS} of each other. Received: {low} to {high}")
        counts = np.bincount(symbols.ravel().astype(np.int64) - low, minlength=high - low + 1)
        return cls(low, tuple(int(f) for f in normalize_counts(counts)))

    def pack(self) -> bytes:
        """The bytes of this table."""
        packed = bytearray(_pack_number(_zigzag(self.minimum)) + _pack_number(len(self.frequencies)))
        index = 0
        while index < len(self.frequencies):
            frequency = self.frequencies[index]
            packed += _pack_number(frequency)
            index += 1
            if frequency == 0:
                first = index
                while not self.frequencies[index]:  # the last frequency is not 0, so this stops
                    index += 1
                packed += _pack_number(index - first)
        return bytes(packed)

    @classmethod
    def unpack(cls, data: bytes) -> FrequencyTable:
        """The inverse of :meth:`pack`.

        Raises:
            StreamError: the bytes are not exactly one table.
        """
        return unpack_tables(data, 1)[0]


def unpack_tables(data: bytes, count: int) -> tuple[FrequencyTable, ...]:
    """Read consecutive packed tables.

    Args:
        data: the bytes of the tables, and nothing else.
        count: number of tables.

    Raises:
        StreamError: the bytes are not exactly ``count`` tables.
    """
    reader = _NumberReader(data)
    tables = tuple(_read_table(reader) for _ in range(count))
    if not reader.at_end:
        raise StreamError("expected the end of a probability table. Received: further bytes")
    return tables


def _read_table(reader: _NumberReader) -> FrequencyTable:
    minimum = _unzigzag(reader.next())
    count = reader.next()
    if not 1 <= count <= MAX_SYMBOLS:
        raise StreamError(f"expected 1 to {MAX_SYMBOLS} symbols in a probability table. Received: {count}")
    frequencies: list[int] = []
    while len(frequencies) < count:
        frequency = reader.next()
        zeros = reader.next() if frequency == 0 else 0
        if zeros >= count - len(frequencies):
            raise StreamError(f"expected {count} frequencies in a probability table. Received: more")
        frequencies.append(frequency)
        frequencies.extend([0] * zeros)
    try:
        return FrequencyTable(minimum, tuple(frequencies))
    except ValueError as error:
        raise StreamError(f"unusable probability table: {error}") from error


def normalize_counts(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Turn counts into frequencies that sum to ``2**PRECISION``.

    Each symbol with a count above 0 gets 1. The rest is shared in proportion to the counts and rounded down. What is
    left by rounding goes to the symbols with the largest remainders, one each; of equal ones the lower index is first.

    Args:
        counts: (symbols,) int64, 0 or more, not all 0. Their sum is below ``2**46``, so that nothing overflows.

    Returns:
        (symbols,) int64.

    Raises:
        ValueError: a count is out of range, or more than ``2**PRECISION`` counts are above 0.
    """
    used = counts > 0
    free = TOTAL - int(used.sum())
    total = int(counts.sum())
    if total <= 0 or total >= 1 << 46 or int(counts.min()) < 0:
        raise ValueError(f"expected counts of 0 or more that sum to 1 to 2**46. Received a sum of {total}")
    if free < 0:
        raise ValueError(f"expected at most {TOTAL} used symbols. Received: {int(used.sum())}")
    shares, remainders = np.divmod(counts.astype(np.int64) * free, total)
    frequencies: npt.NDArray[np.int64] = shares + used
    missing = TOTAL - int(frequencies.sum())
    frequencies[np.argsort(-remainders, kind="stable")[:missing]] += 1
    return frequencies


class _NumberReader:
    """Reads variable-length numbers from bytes, in order."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    @property
    def at_end(self) -> bool:
        return self._position == len(self._data)

    def next(self) -> int:
        value = 0
        for index in range(_MAX_NUMBER_BYTES):
            if self.at_end:
                raise StreamError("expected a further number in a probability table. Received: the end")
            byte = self._data[self._position]
            self._position += 1
            value |= (byte & 0x7F) << (7 * index)
            if byte < 0x80:
                return value
        raise StreamError(f"expected numbers of at most {_MAX_NUMBER_BYTES} bytes in a probability table")


def _pack_number(value: int) -> bytes:
    packed = bytearray()
    while value >= 0x80:
        packed.append(0x80 | (value & 0x7F))
        value >>= 7
    packed.append(value)
    return bytes(packed)


def _zigzag(value: int) -> int:
    """Map 0, -1, 1, -2, ... to 0, 1, 2, 3, ..."""
    return 2 * value if value >= 0 else -2 * value - 1


def _unzigzag(value: int) -> int:
    return value // 2 if value % 2 == 0 else -(value + 1) // 2
