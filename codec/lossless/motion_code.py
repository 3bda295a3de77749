"""Motion fields to bytes and back, picture by picture and row by row, with tables that learn.

A block says whether it has its left neighbor's vector; if not, how its vector differs from that of the block above.
Whether the blocks above said the same is the context of the first.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from codec.entropy.range_coder import Model, RangeReader, RangeWriter
from codec.entropy.tables import normalize_counts
from codec.lossless.motion import I16Array

I32Array = npt.NDArray[np.int32]
_REACH = 64
_FAR = 1 << 13
_FAR_AWAY = Model.uniform(2 * _FAR + 1)
_GAIN = 32  # what is seen counts so much more than the start


class _LearningTable:
    """A probability table that counts."""

    def __init__(self, start: npt.NDArray[np.int64]) -> None:
        self._counts = start.copy()
        self.learn()

    def add(self, symbols: I32Array) -> None:
        self._counts += _GAIN * np.bincount(symbols, minlength=self._counts.size)

    def learn(self) -> None:
        if int(self._counts.sum()) > 1 << 20:
            self._counts = (self._counts + 1) >> 1
        self.model = Model(normalize_counts(self._counts))


class _Tables:
    def __init__(self) -> None:
        same = np.array([_GAIN, 4 * _GAIN], np.int64)
        distance = np.abs(np.arange(-_REACH, _REACH + 1))
        self.same = [_LearningTable(same) for _ in range(3)]
        self.difference = _LearningTable((4 * _REACH // (1 + distance)).astype(np.int64))

    def learn(self) -> None:
        for table in (*self.same, self.difference):
            table.learn()


class MotionEncoder:
    """The sender's side, for one segment."""

    def __init__(self) -> None:
        self._tables = _Tables()
        self._writer = RangeWriter()

    def add(self, field: I16Array) -> None:
        """The next field: (rows, columns, 2) int16."""
        above, said = _first_row(field.shape)
        for row in field.astype(np.int32):
            left = np.concatenate([above[:1], row[:-1]])
            same = (row == left).all(axis=-1)
            context = _contexts(said)
            for number, table in enumerate(self._tables.same):
                self._encode(same[context == number].astype(np.int32), table)
            differences = (row - above)[~same].ravel()
            near = np.clip(differences, -_REACH, _REACH)
            self._encode((near + _REACH).astype(np.int32), self._tables.difference)
            self._writer.write((differences[np.abs(near) == _REACH] + _FAR).astype(np.int32), _FAR_AWAY)
            above, said = row, same
        self._tables.learn()

    @property
    def num_bytes(self) -> int:
        """Bytes so far, about."""
        return self._writer.num_bytes

    def finish(self) -> bytes:
        """All fields."""
        return self._writer.finish()

    def _encode(self, symbols: I32Array, table: _LearningTable) -> None:
        self._writer.write(symbols, table.model)
        table.add(symbols)


class MotionDecoder:
    """The receiver's side.

    Args:
        data: of :meth:`MotionEncoder.finish`.
        shape: (rows, columns, 2) of the fields.

    Raises:
        StreamError: the data cannot have come from there; so may :meth:`next`.
    """

    def __init__(self, data: bytes, shape: tuple[int, int, int]) -> None:
        self._shape = shape
        self._tables = _Tables()
        self._reader = RangeReader(data)

    def next(self) -> I16Array:
        """The next field."""
        above, said = _first_row(self._shape)
        field = np.empty(self._shape, np.int32)
        for row in field:
            self._row(row, above, said)
            above, said = row, (row == np.concatenate([above[:1], row[:-1]])).all(axis=-1)
        self._tables.learn()
        return np.clip(field, -_FAR, _FAR).astype(np.int16)

    def _row(self, row: I32Array, above: I32Array, said: npt.NDArray[np.bool_]) -> None:
        context = _contexts(said)
        same = np.empty(len(row), bool)
        for number, table in enumerate(self._tables.same):
            where = context == number
            same[where] = self._decode(int(where.sum()), table).astype(bool)
        differences = self._decode(2 * int((~same).sum()), self._tables.difference) - _REACH
        far = np.flatnonzero(np.abs(differences) == _REACH)
        differences[far] = self._reader.read(far.size, _FAR_AWAY) - _FAR
        row[~same] = above[~same] + differences.reshape(-1, 2)
        # A block that is the same takes the vector of the nearest one to its left that is not.
        sources = np.maximum.accumulate(np.where(same, -1, np.arange(len(row))))
        row[:] = np.where(sources[:, None] < 0, above[:1], row[sources])

    def _decode(self, count: int, table: _LearningTable) -> I32Array:
        symbols = self._reader.read(count, table.model)
        table.add(symbols)
        return symbols


def _first_row(shape: tuple[int, ...]) -> tuple[I32Array, npt.NDArray[np.bool_]]:
    """What is above the first row: blocks without motion."""
    return np.zeros((shape[1], 2), np.int32), np.ones(shape[1], bool)


def _contexts(said: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """How many of the block above and the one to its right differed from their left neighbors: 0 to 2."""
    right = np.append(said[1:], True)
    counts: npt.NDArray[np.intp] = (~said).astype(np.intp) + ~right
    return counts
