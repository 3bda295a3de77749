"""Whole numbers to bytes and back, with a range coder and integer probability tables.

The coder is constriction's (R. Bamler, "Understanding Entropy Coding With Asymmetric Numeral Systems (ANS): a
Statistician's Perspective", arXiv:2201.01741; its queue module): 32-bit words, written here in little-endian order.

Why the result is the same on every machine: constriction's fast categorical model (``perfect=False``) gives symbol i
of n the interval that starts at ``floor(c_i * (2**24 - n) / s) + i``, where c_i is the sum of the probabilities
before i and s that of all. Ours are float64 multiples of ``2**-PRECISION`` that sum to 1, so s is 1, each c_i is
exact in any order of summation, and the product of a 16-bit and a 24-bit number fits a float64 without rounding. The
slow (``perfect=True``) model uses logarithms, and float32 probabilities round the product: neither is used.
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
    """Probabilities of the symbols 0, 1, 2, ...

    Args:
        frequencies: whole numbers of 1 or more (0 for a symbol that never comes) that sum to ``2**PRECISION``.
    """

    def __init__(self, frequencies: npt.NDArray[np.int64]) -> None:
        self.categorical = constriction.stream.model.Categorical(frequencies / float(TOTAL), perfect=False)

    @classmethod
    def uniform(cls, count: int) -> Model:
        """All of so many symbols equally likely, without a table."""
        model = cls.__new__(cls)
        model.categorical = constriction.stream.model.Uniform(count)
        return model


class RangeWriter:
    """Symbols to bytes, some at a time."""

    def __init__(self) -> None:
        self._encoder = constriction.stream.queue.RangeEncoder()

    def write(self, symbols: Symbols, model: Model) -> None:
        """Code symbols, (n,) int32, each of which the model has."""
        if symbols.size:
            self._encoder.encode(symbols, model.categorical)

    def write_groups(self, groups: Iterable[tuple[Symbols, Model]]) -> None:
        """As :meth:`write` for each of these, none of them empty."""
        encode = self._encoder.encode
        for symbols, model in groups:
            encode(symbols, model.categorical)

    @property
    def num_bytes(self) -> int:
        """Bytes so far, about."""
        return int(self._encoder.num_words()) * _WORD.itemsize

    def finish(self) -> bytes:
        """All bytes."""
        words: npt.NDArray[np.uint32] = self._encoder.get_compressed()
        return words.astype(_WORD).tobytes()


class RangeReader:
    """Bytes of a :class:`RangeWriter` to symbols, in the same order and with the same models.

    Bytes that were damaged are noticed often but not always; checksums are the container's business.

    Raises:
        StreamError: the bytes cannot have come from a writer.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) % _WORD.itemsize:
            raise StreamError(f"expected entropy-coded data in words of 4 bytes. Received: {len(data)} bytes")
        self._decoder = constriction.stream.queue.RangeDecoder(np.frombuffer(data, _WORD).astype(np.uint32))

    def read(self, count: int, model: Model) -> Symbols:
        """The next symbols, (count,) int32. The count bounds time and memory, so it must come from something known.

        Raises:
            StreamError: the bytes cannot have come from such symbols.
        """
        return self.read_groups([(count, model)] if count else [])

    def read_groups(self, groups: Iterable[tuple[int, Model]]) -> Symbols:
        """The next symbols of several models: as :meth:`read` for each count and model, and all in one array.

        Raises:
            StreamError: the bytes cannot have come from such symbols.
        """
        decode = self._decoder.decode
        try:
            return np.concatenate([_NO_SYMBOLS, *(decode(model.categorical, count) for count, model in groups)])
        except AssertionError as error:  # how constriction says that the data are impossible
            raise StreamError("entropy-coded data do not fit their probability table") from error

    def finish(self) -> None:
        """Make sure that nothing is left.

        Raises:
            StreamError: something is.
        """
        if not self._decoder.maybe_exhausted():
            raise StreamError("expected the end of entropy-coded data. Received: data for more symbols")


def encode_symbols(groups: Sequence[tuple[Symbols, FrequencyTable]]) -> bytes:
    """Groups of symbols, each with a table of its own, to bytes.

    A group whose table has a single symbol costs nothing.

    Args:
        groups: symbols of any shape, int32, coded in C order, and the table that uses each of them.

    Raises:
        ValueError: a symbol is not in its table.
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
    """The inverse of :func:`encode_symbols`: a (count,) int32 array a group.

    Args:
        data: what :func:`encode_symbols` returned.
        groups: number of symbols and table of each group. The numbers bound time and memory, so they must come
            from something known.

    Raises:
        StreamError: the bytes cannot have come from such groups.
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
