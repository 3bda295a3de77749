"""Range coding of whole numbers with integer probability tables.

The coder is the queue module of constriction (R. Bamler, "Understanding Entropy Coding With Asymmetric Numeral Systems
(ANS): a Statistician's Perspective", arXiv:2201.01741). It gives 32-bit words, which are written in little-endian
order.

The result is the same on every machine, for this reason: constriction's fast categorical model (``perfect=False``)
gives symbol i of n the interval that starts at ``floor(c_i * (2**24 - n) / s) + i``. Here c_i is the sum of the
probabilities before i, and s is the sum of all. Our probabilities are float64 multiples of ``2**-PRECISION`` that sum
to 1. So s is 1, each c_i is exact in any order of summation, and the product of a 16-bit and a 24-bit number fits into
a float64 without rounding. Two alternatives are not used: the slow model (``perfect=True``) computes logarithms, and
float32 probabilities round the product.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import constriction
import numpy as np
import numpy.typing as npt

from codec.entropy.tables import TOTAL, FrequencyTable
from codec.errors import StreamError

Symbols = npt.NDArray[np.int32]
_WORD = np.dtype("<u4")
_NO_SYMBOLS = np.empty(0, np.int32)


class Model:
    """The probabilities of the symbols 0, 1, 2, ... for the range coder.

    Args:
        frequencies: (symbols,) int64 that sum to ``2**PRECISION``: 1 or more, or 0 for a symbol that never occurs.

    Attributes:
        categorical: the same model as an object of constriction.
    """

    def __init__(self, frequencies: npt.NDArray[np.int64]) -> None:
        self.categorical = constriction.stream.model.Categorical(frequencies / float(TOTAL), perfect=False)

    @classmethod
    def uniform(cls, count: int) -> Model:
        """A model of ``count`` equally likely symbols, without a table."""
        model = cls.__new__(cls)
        model.categorical = constriction.stream.model.Uniform(count)
        return model


class RangeWriter:
    """Codes symbols to bytes."""

    def __init__(self) -> None:
        self._encoder = constriction.stream.queue.RangeEncoder()

    def write(self, symbols: Symbols, model: Model) -> None:
        """Code symbols, (n,) int32. The model must give each of them a probability above 0."""
        if symbols.size:
            self._encoder.encode(symbols, model.categorical)

    def write_groups(self, groups: Iterable[tuple[Symbols, Model]]) -> None:
        """Code groups of symbols, each with its own model. No group may be empty."""
        encode = self._encoder.encode
        for symbols, model in groups:
            encode(symbols, model.categorical)

    @property
    def num_bytes(self) -> int:
        """Approximate number of bytes written so far."""
        return int(self._encoder.num_words()) * _WORD.itemsize

    def finish(self) -> bytes:
        """All bytes, once the last symbol is coded."""
        words: npt.NDArray[np.uint32] = self._encoder.get_compressed()
        return words.astype(_WORD).tobytes()


class RangeReader:
    """Decodes the bytes of a :class:`RangeWriter`. Symbols must be read in the same order and with the same models.

    Damaged bytes are often detected, but not always. The container has checksums for that.

    Args:
        data: the bytes that :meth:`RangeWriter.finish` returned.

    Raises:
        StreamError: no writer can have written the bytes.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) % _WORD.itemsize:
            raise StreamError(f"expected entropy-coded data in words of 4 bytes. Received: {len(data)} bytes")
        self._decoder = constriction.stream.queue.RangeDecoder(np.frombuffer(data, _WORD).astype(np.uint32))

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
        return self.read_groups([(count, model)] if count else [])

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
        decode = self._decoder.decode
        try:
            return np.concatenate([_NO_SYMBOLS, *(decode(model.categorical, count) for count, model in groups)])
        except AssertionError as error:  # constriction raises this for impossible data
            raise StreamError("entropy-coded data do not fit their probability table") from error

    def finish(self) -> None:
        """Check that all data were read.

        Raises:
            StreamError: some data are left.
        """
        if not self._decoder.maybe_exhausted():
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
