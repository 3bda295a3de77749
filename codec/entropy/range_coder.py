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

from collections.abc import Sequence

import constriction
import numpy as np
import numpy.typing as npt

from codec.entropy.tables import TOTAL, FrequencyTable
from codec.errors import StreamError

Symbols = npt.NDArray[np.int32]
_WORD = np.dtype("<u4")


def encode_symbols(groups: Sequence[tuple[Symbols, FrequencyTable]]) -> bytes:
    """Groups of symbols, each with a table of its own, to bytes.

    A group whose table has a single symbol costs nothing.

    Args:
        groups: symbols of any shape, int32, coded in C order, and the table that uses each of them.

    Raises:
        ValueError: a symbol is not in its table.
    """
    encoder = constriction.stream.queue.RangeEncoder()
    for symbols, table in groups:
        indices = (symbols.ravel() - np.int32(table.minimum)).astype(np.int32)
        frequencies = np.array(table.frequencies)
        if indices.size and (
            indices.min() < 0 or indices.max() >= frequencies.size or not frequencies[np.unique(indices)].all()
        ):
            raise ValueError(f"expected symbols that the table uses, from {table.minimum} to {table.maximum}")
        if frequencies.size > 1 and indices.size:
            encoder.encode(indices, _model(table))
    words: npt.NDArray[np.uint32] = encoder.get_compressed()
    return words.astype(_WORD).tobytes()


def decode_symbols(data: bytes, groups: Sequence[tuple[int, FrequencyTable]]) -> list[Symbols]:
    """The inverse of :func:`encode_symbols`: a (count,) int32 array a group.

    Bytes that were damaged are noticed often but not always; checksums are the container's business.

    Args:
        data: what :func:`encode_symbols` returned.
        groups: number of symbols and table of each group. The numbers bound time and memory, so they must come
            from something known.

    Raises:
        StreamError: the bytes cannot have come from such groups.
    """
    if len(data) % _WORD.itemsize:
        raise StreamError(f"expected entropy-coded data in words of 4 bytes. Received: {len(data)} bytes")
    decoder = constriction.stream.queue.RangeDecoder(np.frombuffer(data, _WORD).astype(np.uint32))
    decoded: list[Symbols] = []
    is_coded = False
    for count, table in groups:
        if len(table.frequencies) == 1 or not count:
            decoded.append(np.full(count, table.minimum, np.int32))
            continue
        is_coded = True
        try:
            indices: Symbols = decoder.decode(_model(table), count)
        except AssertionError as error:  # how constriction says that the data are impossible
            raise StreamError("entropy-coded data do not fit their probability table") from error
        decoded.append(indices + np.int32(table.minimum))
    if not decoder.maybe_exhausted() or (data and not is_coded):
        total = sum(count for count, _ in groups)
        raise StreamError(f"expected {total} entropy-coded symbols. Received: data for more")
    return decoded


def _model(table: FrequencyTable) -> object:
    probabilities = np.array(table.frequencies, np.float64) / float(TOTAL)
    return constriction.stream.model.Categorical(probabilities, perfect=False)
