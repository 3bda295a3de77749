"""Range coding of whole numbers with integer probability tables.

Frequencies of ``2**-PRECISION`` become intervals of the coder's own precision, ``2**-24``: symbol i of n has the
interval that starts at ``floor(c_i * (2**24 - n) / 2**PRECISION) + i``, where c_i is the sum of the frequencies before
i. So a symbol has an interval even if its frequency is 0. The coder gives 32-bit words, which are written in
little-endian order. :mod:`codec.entropy.reference_coder` explains its arithmetic; the native library does the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from codec.entropy import reference_coder
from codec.entropy.reference_coder import ReferenceReader, ReferenceWriter, U32Array
from codec.entropy.tables import PRECISION, FrequencyTable
from codec.errors import StreamError
from codec.native.library import library
from codec.native.range_coder import NativeReader, NativeWriter

Symbols = npt.NDArray[np.int32]
_WORD = np.dtype("<u4")
_NO_SYMBOLS = np.empty(0, np.int32)
_WHOLE = 1 << reference_coder.PRECISION


class Model:
    """The probabilities of the symbols 0, 1, 2, ... for the range coder.

    Args:
        frequencies: (symbols,) int64 that sum to ``2**PRECISION``: 1 or more, or 0 for a symbol that never occurs.
            There are at least two symbols.

    Attributes:
        starts: (symbols + 1,) uint32, as :mod:`codec.entropy.reference_coder` takes them.
    """

    def __init__(self, frequencies: npt.NDArray[np.int64]) -> None:
        before = np.cumsum(frequencies) - frequencies
        size = frequencies.size
        self._set((before * (_WHOLE - size) >> PRECISION) + np.arange(size))

    @classmethod
    def uniform(cls, count: int) -> Model:
        """A model of ``count`` equally likely symbols; the last one takes what their division leaves."""
        model = cls.__new__(cls)
        model._set(np.arange(count) * (_WHOLE // count))
        return model

    def _set(self, starts: npt.NDArray[np.int64]) -> None:
        self.starts: U32Array = np.append(starts, _WHOLE).astype(np.uint32)


class RangeWriter:
    """Codes symbols to bytes.

    Attributes:
        native: the coder, if the native library does the work.
    """

    def __init__(self) -> None:
        native = library()
        self.native = None if native is None else NativeWriter(native)
        self._coder = self.native or ReferenceWriter()

    def write(self, symbols: Symbols, model: Model) -> None:
        """Code symbols, (n,) int32.

        Raises:
            ValueError: the model does not have a symbol.
        """
        self._coder.write(symbols, model.starts)

    def write_groups(self, groups: Iterable[tuple[Symbols, Model]]) -> None:
        """Code groups of symbols, each with its own model."""
        for symbols, model in groups:
            self._coder.write(symbols, model.starts)

    def write_bits(self, numbers: Symbols, bits: Symbols) -> None:
        """Code numbers without a model: all numbers of so many bits are equally likely.

        Args:
            numbers: (n,) int32, 0 to ``2**bits - 1``.
            bits: (n,) int32, 0 to 24. Of 0 bits nothing is written.

        Raises:
            ValueError: a number has more bits.
        """
        self._coder.write_bits(numbers, bits)

    @property
    def num_bytes(self) -> int:
        """Number of bytes that :meth:`finish` would return now."""
        return self._coder.num_words * _WORD.itemsize

    def finish(self) -> bytes:
        """All bytes, once the last symbol is coded."""
        return self._coder.words().astype(_WORD).tobytes()


class RangeReader:
    """Decodes the bytes of a :class:`RangeWriter`. Symbols must be read in the same order and with the same models.

    Damaged bytes are often detected, but not always. The container has checksums for that.

    Args:
        data: the bytes that :meth:`RangeWriter.finish` returned.

    Attributes:
        native: the coder, if the native library does the work.

    Raises:
        StreamError: no writer can have written the bytes.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) % _WORD.itemsize:
            raise StreamError(f"expected entropy-coded data in words of 4 bytes. Received: {len(data)} bytes")
        words = np.frombuffer(data, _WORD).astype(np.uint32)
        native = library()
        self.native = None if native is None else NativeReader(native, words)
        self._coder = self.native or ReferenceReader(words)

    def read(self, count: int, model: Model) -> Symbols:
        """Decode the next symbols.

        Args:
            count: number of symbols. It bounds time and memory, so it must come from a trusted number.
            model: the model that the symbols were coded with.

        Returns:
            (count,) int32.

        Raises:
            StreamError: the bytes cannot be those of symbols of this model.
        """
        return self._coder.read(count, model.starts)

    def read_groups(self, groups: Iterable[tuple[int, Model]]) -> Symbols:
        """Decode the next groups of symbols.

        Args:
            groups: the number of symbols and the model of each group. The numbers bound time and memory, so they must
                come from trusted numbers.

        Returns:
            The symbols of all groups in one int32 array.

        Raises:
            StreamError: the bytes cannot be those of symbols of these models.
        """
        return np.concatenate([_NO_SYMBOLS, *(self._coder.read(count, model.starts) for count, model in groups)])

    def read_bits(self, bits: Symbols) -> Symbols:
        """Decode the next numbers that were coded without a model.

        Args:
            bits: (n,) int32, 0 to 24.

        Returns:
            (n,) int32.

        Raises:
            StreamError: the bytes cannot be those of such numbers.
        """
        return self._coder.read_bits(bits)

    def finish(self) -> None:
        """Check that all data were read.

        Raises:
            StreamError: some data are left.
        """
        if not self._coder.may_end():
            raise StreamError("expected the end of entropy-coded data. Received: data for more symbols")


def encode_symbols(groups: Sequence[tuple[Symbols, FrequencyTable]]) -> bytes:
    """Code groups of symbols, each with its own table.

    A group whose table has a single symbol needs no bytes.

    Args:
        groups: the symbols of each group, int32 of any shape, and their table. Symbols are coded in C order.

    Raises:
        ValueError: the frequency of a symbol is 0, or the symbol is not in its table.
    """
    writer = RangeWriter()
    for symbols, table in groups:
        indices = (symbols.ravel() - np.int32(table.minimum)).astype(np.int32)
        frequencies = np.array(table.frequencies)
        if indices.size and (
            indices.min() < 0 or indices.max() >= frequencies.size or not frequencies[np.unique(indices)].all()
        ):
            raise ValueError(f"expected symbols that the table uses, from {table.minimum} to {table.maximum}")
        if frequencies.size > 1:
            writer.write(indices, Model(frequencies))
    return writer.finish()


def decode_symbols(data: bytes, groups: Sequence[tuple[int, FrequencyTable]]) -> list[Symbols]:
    """The inverse of :func:`encode_symbols`.

    Args:
        data: the bytes that :func:`encode_symbols` returned.
        groups: the number of symbols and the table of each group. The numbers bound time and memory, so they must
            come from trusted numbers.

    Returns:
        A (count,) int32 array for each group.

    Raises:
        StreamError: the bytes cannot be those of such groups.
    """
    reader = RangeReader(data)
    decoded: list[Symbols] = []
    is_coded = False
    for count, table in groups:
        if len(table.frequencies) == 1 or not count:
            decoded.append(np.full(count, table.minimum, np.int32))
            continue
        is_coded = True
        decoded.append(reader.read(count, Model(np.array(table.frequencies))) + np.int32(table.minimum))
    reader.finish()
    if data and not is_coded:
        raise StreamError("expected no entropy-coded data. Received: data for more symbols")
    return decoded
