"""Entropy coding of motion fields, picture by picture and row by row, with adaptive tables.

Each block has a flag: whether its vector is that of its left neighbor. If not, the difference to the vector of the
block above is coded. The context of a flag is the flags of the blocks above and above right. The native library does
this where it is loaded; the code here is its reference.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from codec.entropy.range_coder import Model, RangeReader, RangeWriter
from codec.entropy.tables import normalize_counts
from codec.lossless.motion import I16Array
from codec.native.motion_code import MotionCoder

I32Array = npt.NDArray[np.int32]
_REACH = 64
_FAR = 1 << 13
_FAR_AWAY = Model.uniform(2 * _FAR + 1)
_GAIN = 32  # the weight of one coded symbol; the initial counts are in the same unit


class _LearningTable:
    """An adaptive probability table: it counts the symbols that are coded with it."""

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
    """Codes the motion fields of one segment in the sender."""

    def __init__(self) -> None:
        self._tables = _Tables()
        self._writer = RangeWriter()
        self._kernel = None if self._writer.native is None else MotionCoder(self._writer.native)

    def add(self, field: I16Array) -> None:
        """Code the next field: (rows, columns, 2) int16, in quarters of a sample."""
        if self._kernel is not None:
            self._kernel.write(np.ascontiguousarray(field))
            return
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
        """Approximate number of bytes written so far."""
        return self._writer.num_bytes

    def finish(self) -> bytes:
        """The bytes of all fields."""
        return self._writer.finish()

    def _encode(self, symbols: I32Array, table: _LearningTable) -> None:
        self._writer.write(symbols, table.model)
        table.add(symbols)


class MotionDecoder:
    """Decodes the motion fields of one segment in the receiver.

    Args:
        data: the bytes that :meth:`MotionEncoder.finish` returned.
        shape: the shape of each field, (rows, columns, 2).

    Raises:
        StreamError: no encoder can have written the data. :meth:`next` may raise it, too.
    """

    def __init__(self, data: bytes, shape: tuple[int, int, int]) -> None:
        self._shape = shape
        self._tables = _Tables()
        self._reader = RangeReader(data)
        self._kernel = None if self._reader.native is None else MotionCoder(self._reader.native)

    def next(self) -> I16Array:
        """Decode the next field: (rows, columns, 2) int16, in quarters of a sample."""
        field = self._next_in_numpy() if self._kernel is None else self._kernel.read(*self._shape[:2])
        return np.clip(field, -_FAR, _FAR).astype(np.int16)

    def _next_in_numpy(self) -> I32Array:
        above, said = _first_row(self._shape)
        field = np.empty(self._shape, np.int32)
        for row in field:
            self._row(row, above, said)
            above, said = row, (row == np.concatenate([above[:1], row[:-1]])).all(axis=-1)
        self._tables.learn()
        return field

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
        # A block whose flag is set takes the vector of the nearest block to its left whose flag is not set.
        sources = np.maximum.accumulate(np.where(same, -1, np.arange(len(row))))
        row[:] = np.where(sources[:, None] < 0, above[:1], row[sources])

    def _decode(self, count: int, table: _LearningTable) -> I32Array:
        symbols = self._reader.read(count, table.model)
        table.add(symbols)
        return symbols


def _first_row(shape: tuple[int, ...]) -> tuple[I32Array, npt.NDArray[np.bool_]]:
    """The vectors and flags of the row above the first one: no motion, and all flags set."""
    return np.zeros((shape[1], 2), np.int32), np.ones(shape[1], bool)


def _contexts(said: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """The context of each block: how many flags are not set above and above right, 0 to 2."""
    right = np.append(said[1:], True)
    counts: npt.NDArray[np.intp] = (~said).astype(np.intp) + ~right
    return counts
