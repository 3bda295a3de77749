"""Samples to bytes and back, each with the table that its mean and scale name; those of a table go at once."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from typing import Protocol

import numpy as np
import numpy.typing as npt

from codec.entropy.range_coder import Model, RangeReader, RangeWriter
from codec.entropy.tables import normalize_counts
from codec.lossless.distributions import MEAN_BITS, AdaptiveTables, I32Array, I64Array, layout, table_numbers


def _beyond() -> Model:
    """How far beyond a table's reach: 0 to 4095, small numbers more likely."""
    distance = np.arange(1 << 12)
    weights = (1 << 30) // ((distance + 2) * (distance + 3))
    return Model(normalize_counts(weights))


_BEYOND = _beyond()


class Symbols(Protocol):
    """One side of the entropy coder: the sender's writes samples, the receiver's reads them."""

    def code(self, samples: I32Array | None, means: I32Array, scales: I32Array, kind: int) -> I32Array:
        """Samples of one step.

        Args:
            samples: (n,) int32, or None for the receiver.
            means: (n,) int32, in eighths.
            scales: (n,) int32: indices of scales.
            kind: which set of tables.

        Returns:
            The samples.
        """

    def end_picture(self) -> None:
        """Tables learn from what was coded since the last time."""


class _Tables:
    """Sets of tables and their models."""

    def __init__(self, kinds: int) -> None:
        self._tables = [AdaptiveTables() for _ in range(kinds)]
        self._models: list[dict[int, Model]] = [{} for _ in range(kinds)]

    def models(self, kind: int, tables: Collection[int]) -> list[Model]:
        """Those of these tables."""
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


def _runs(tables: I64Array) -> tuple[npt.NDArray[np.intp], list[int], list[int]]:
    """The order that brings samples of a table together; the tables in that order, and how many samples each has."""
    order = np.argsort(tables.astype(np.uint16), kind="stable")
    counts = np.bincount(tables)
    used = np.flatnonzero(counts)
    return order, used.tolist(), counts[used].tolist()


class SymbolEncoder:
    """The sender's side.

    Args:
        kinds: sets of tables.
    """

    def __init__(self, kinds: int) -> None:
        self._tables = _Tables(kinds)
        self._writer = RangeWriter()

    def code(self, samples: I32Array | None, means: I32Array, scales: I32Array, kind: int) -> I32Array:
        """See :class:`Symbols`."""
        if samples is None:
            raise ValueError("expected samples to encode. Received: none")
        tables = table_numbers(scales, means)
        reach = layout().reach[tables]
        distances = samples.astype(np.int64) - (means >> MEAN_BITS)
        symbols = np.minimum(np.maximum(distances, -reach), reach) + reach
        order, used, counts = _runs(tables)
        sorted_symbols = symbols[order].astype(np.int32)
        borders = itertools.pairwise(itertools.accumulate(counts, initial=0))
        groups = (sorted_symbols[start:stop] for start, stop in borders)
        self._writer.write_groups(zip(groups, self._tables.models(kind, used), strict=True))
        beyond = np.abs(distances) - reach
        self._writer.write(beyond[beyond >= 0].astype(np.int32), _BEYOND)
        self._tables.add(kind, tables, symbols)
        return samples

    def end_picture(self) -> None:
        """See :class:`Symbols`."""
        self._tables.learn()

    @property
    def num_bytes(self) -> int:
        """Bytes so far, about."""
        return self._writer.num_bytes

    def finish(self) -> bytes:
        """Everything that was coded."""
        return self._writer.finish()


class SymbolDecoder:
    """The receiver's side.

    Args:
        data: of :meth:`SymbolEncoder.finish`.
        kinds: as there.

    Raises:
        StreamError: the data cannot have come from there; so may all methods.
    """

    def __init__(self, data: bytes, kinds: int) -> None:
        self._tables = _Tables(kinds)
        self._reader = RangeReader(data)

    def code(self, samples: I32Array | None, means: I32Array, scales: I32Array, kind: int) -> I32Array:
        """See :class:`Symbols`."""
        del samples
        tables = table_numbers(scales, means)
        reach = layout().reach[tables]
        order, used, counts = _runs(tables)
        symbols = np.empty(tables.size, np.int64)
        symbols[order] = self._reader.read_groups(zip(counts, self._tables.models(kind, used), strict=True))
        self._tables.add(kind, tables, symbols)
        distances = symbols - reach
        outermost = np.flatnonzero(np.abs(distances) == reach)
        distances[outermost] += np.sign(distances[outermost]) * self._reader.read(outermost.size, _BEYOND)
        found: I32Array = (distances + (means >> MEAN_BITS)).astype(np.int32)
        return found

    def end_picture(self) -> None:
        """See :class:`Symbols`."""
        self._tables.learn()

    def finish(self) -> None:
        """Make sure that nothing is left."""
        self._reader.finish()
