"""Entropy coding of samples. The mean and the scale of a sample's distribution select its probability table.

The samples of one step that share a table are coded together. The native library does this where it is loaded; the
code here is its reference.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Collection
from typing import Protocol

import numpy as np
import numpy.typing as npt

from codec.entropy.range_coder import Model, RangeReader, RangeWriter
from codec.entropy.tables import normalize_counts
from codec.lossless.distributions import MEAN_BITS, AdaptiveTables, I32Array, I64Array, layout, prior, table_numbers
from codec.native.range_coder import NativeReader, NativeWriter
from codec.native.steps import SampleCoder, TableLayout


def _beyond() -> Model:
    """The model of how far a value lies beyond its table's reach: 0 to 4094, small distances more likely; or more."""
    distance = np.arange(1 << 12)
    weights = (1 << 30) // ((distance + 2) * (distance + 3))
    return Model(normalize_counts(weights))


_BEYOND = _beyond()
_REST_BITS = 17
"""Of a distance beyond 4094: enough for samples of 16 bits, whose differences have one more."""


def _num_distances() -> int:
    """How many distances beyond a table's reach have a symbol; the last one stands for all others, too."""
    return _BEYOND.starts.size - 1


@functools.cache
def table_layout() -> TableLayout:
    """What the native library must know of the tables."""
    places = layout()
    return TableLayout(
        first_table=places.first_table.astype(np.int32),
        fraction_shift=places.fraction_shift.astype(np.int32),
        reach=places.reach.astype(np.int32),
        offsets=places.offsets.astype(np.int32),
        prior=prior(),
        beyond=_BEYOND.starts,
    )


def _kernel(kinds: int, coder: NativeWriter | NativeReader | None) -> SampleCoder | None:
    return None if coder is None else SampleCoder(table_layout(), kinds, coder)


class Symbols(Protocol):
    """One side of the entropy coder. The sender's side writes samples, and the receiver's side reads them.

    Attributes:
        kernel: the native library's coder, which codes whole steps; None if NumPy computes.
    """

    kernel: SampleCoder | None

    def code(self, samples: I32Array | None, means: I32Array, scales: I32Array, kind: int) -> I32Array:
        """Code the samples of one step.

        Args:
            samples: (n,) int32 in code values; None in the receiver.
            means: (n,) int32, in eighths of a code value.
            scales: (n,) int32, indices of scales.
            kind: the index of the set of tables.

        Returns:
            The samples, (n,) int32.
        """

    def code_bits(self, numbers: I32Array | None, bits: I32Array) -> I32Array:
        """Code numbers without tables: all numbers of so many bits are equally likely.

        Args:
            numbers: (n,) int32, 0 to ``2**bits - 1``; None in the receiver.
            bits: (n,) int32, 0 to 24.

        Returns:
            The numbers, (n,) int32.
        """

    def end_picture(self) -> None:
        """Adapt the tables to the samples that were coded since the last call."""


class _Tables:
    """Sets of adaptive tables, and the range coder's models that are made from them."""

    def __init__(self, kinds: int) -> None:
        self._tables = [AdaptiveTables() for _ in range(kinds)]
        self._models: list[dict[int, Model]] = [{} for _ in range(kinds)]

    def models(self, kind: int, tables: Collection[int]) -> list[Model]:
        """The models of these tables, in their order."""
        models, frequencies, offsets = self._models[kind], self._tables[kind].frequencies, layout().offsets
        for table in tables:
            if table not in models:
                models[table] = Model(frequencies[offsets[table] : offsets[table + 1]])
        return [models[table] for table in tables]

    def add(self, kind: int, tables: I64Array, symbols: I64Array) -> None:
        self._tables[kind].add(tables, symbols)

    def learn(self) -> None:
        for tables, models in zip(self._tables, self._models, strict=True):
            tables.learn()
            models.clear()


def _end_picture(kernel: SampleCoder | None, tables: _Tables) -> None:
    if kernel is None:
        tables.learn()
    else:
        kernel.learn()


def _runs(tables: I64Array) -> tuple[npt.NDArray[np.intp], list[int], list[int]]:
    """Group samples by their table.

    Args:
        tables: (n,) the table of each sample.

    Returns:
        The order that sorts the samples by table, the tables that are used in ascending order, and the number of
        samples of each of these tables.
    """
    order = np.argsort(tables.astype(np.uint16), kind="stable")
    counts = np.bincount(tables)
    used = np.flatnonzero(counts)
    return order, used.tolist(), counts[used].tolist()


class SymbolEncoder:
    """The sender's side of the entropy coder.

    Args:
        kinds: number of sets of tables.

    Attributes:
        kernel: see :class:`Symbols`.
    """

    def __init__(self, kinds: int) -> None:
        self._writer = RangeWriter()
        self.kernel = _kernel(kinds, self._writer.native)
        self._tables = _Tables(kinds if self.kernel is None else 0)

    def code(self, samples: I32Array | None, means: I32Array, scales: I32Array, kind: int) -> I32Array:
        """See :class:`Symbols`."""
        if samples is None:
            raise ValueError("expected samples to encode. Received: none")
        if self.kernel is not None:
            return self.kernel.code(samples, means, scales, kind)
        tables = table_numbers(scales, means)
        reach = layout().reach[tables]
        distances = samples.astype(np.int64) - (means >> MEAN_BITS)
        symbols = np.minimum(np.maximum(distances, -reach), reach) + reach
        beyond = np.abs(distances) - reach
        beyond = beyond[beyond >= 0]
        most = _num_distances() - 1
        rests = beyond[beyond >= most] - most
        if rests.size and int(rests.max()) >> _REST_BITS:
            raise ValueError("expected symbols that their model has. Received: others")
        order, used, counts = _runs(tables)
        sorted_symbols = symbols[order].astype(np.int32)
        borders = itertools.pairwise(itertools.accumulate(counts, initial=0))
        groups = (sorted_symbols[start:stop] for start, stop in borders)
        self._writer.write_groups(zip(groups, self._tables.models(kind, used), strict=True))
        self._writer.write(np.minimum(beyond, most).astype(np.int32), _BEYOND)
        self._writer.write_bits(rests.astype(np.int32), np.full(rests.size, _REST_BITS, np.int32))
        self._tables.add(kind, tables, symbols)
        return samples

    def code_bits(self, numbers: I32Array | None, bits: I32Array) -> I32Array:
        """See :class:`Symbols`."""
        if numbers is None:
            raise ValueError("expected numbers to encode. Received: none")
        self._writer.write_bits(numbers, bits)
        return numbers

    def end_picture(self) -> None:
        """See :class:`Symbols`."""
        _end_picture(self.kernel, self._tables)

    @property
    def num_bytes(self) -> int:
        """Approximate number of bytes written so far."""
        return self._writer.num_bytes

    def finish(self) -> bytes:
        """All bytes, once the last sample is coded."""
        return self._writer.finish()


class SymbolDecoder:
    """The receiver's side of the entropy coder.

    Args:
        data: the bytes that :meth:`SymbolEncoder.finish` returned.
        kinds: number of sets of tables, the same as in the sender.

    Attributes:
        kernel: see :class:`Symbols`.

    Raises:
        StreamError: no encoder can have written the data. Each method may raise it, too.
    """

    def __init__(self, data: bytes, kinds: int) -> None:
        self._reader = RangeReader(data)
        self.kernel = _kernel(kinds, self._reader.native)
        self._tables = _Tables(kinds if self.kernel is None else 0)

    def code(self, samples: I32Array | None, means: I32Array, scales: I32Array, kind: int) -> I32Array:
        """See :class:`Symbols`."""
        if self.kernel is not None:
            return self.kernel.code(None, means, scales, kind)
        del samples
        tables = table_numbers(scales, means)
        reach = layout().reach[tables]
        order, used, counts = _runs(tables)
        symbols = np.empty(tables.size, np.int64)
        symbols[order] = self._reader.read_groups(zip(counts, self._tables.models(kind, used), strict=True))
        self._tables.add(kind, tables, symbols)
        distances = symbols - reach
        outermost = np.flatnonzero(np.abs(distances) == reach)
        beyond = self._reader.read(outermost.size, _BEYOND)
        far = np.flatnonzero(beyond == _num_distances() - 1)
        beyond[far] += self._reader.read_bits(np.full(far.size, _REST_BITS, np.int32))
        distances[outermost] += np.sign(distances[outermost]) * beyond
        found: I32Array = (distances + (means >> MEAN_BITS)).astype(np.int32)
        return found

    def code_bits(self, numbers: I32Array | None, bits: I32Array) -> I32Array:
        """See :class:`Symbols`."""
        del numbers
        return self._reader.read_bits(bits)

    def end_picture(self) -> None:
        """See :class:`Symbols`."""
        _end_picture(self.kernel, self._tables)

    def finish(self) -> None:
        """Check that all data were read.

        Raises:
            StreamError: some data are left.
        """
        self._reader.finish()
