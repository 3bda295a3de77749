"""Memory that several processes share. It has no name, so the system frees it when the last of them ends."""

from __future__ import annotations

import mmap
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_ALIGNMENT_BYTES = 64  # each array starts at a multiple, as vector instructions like it


@dataclass(frozen=True)
class Placed:
    """Where some arrays lie in an arena.

    Attributes:
        offset: of the first array, in bytes.
        forms: shape and dtype of each array.
    """

    offset: int
    forms: tuple[tuple[tuple[int, ...], str], ...]

    @property
    def places(self) -> list[tuple[int, tuple[int, ...], np.dtype[Any]]]:
        """Offset, shape and dtype of each array."""
        places, offset = [], self.offset
        for shape, name in self.forms:
            kind = np.dtype(name)
            places.append((offset, shape, kind))
            offset += _aligned(int(np.prod(shape)) * kind.itemsize)
        return places


def room_for(arrays: Sequence[Array]) -> int:
    """Bytes that arrays take in an arena."""
    return sum(_aligned(array.nbytes) for array in arrays)


class Arena:
    """A piece of memory that grows as it is written.

    Args:
        descriptor: an open file without a name.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    @classmethod
    def create(cls) -> Arena:
        """An empty one: in memory on Linux, elsewhere in a temporary file that has no name any more."""
        if hasattr(os, "memfd_create"):
            return cls(os.memfd_create("gvc"))
        with tempfile.TemporaryFile() as file:
            return cls(os.dup(file.fileno()))

    def write(self, offset: int, arrays: Sequence[Array]) -> Placed:
        """Copy arrays into the arena, in place of what was there.

        Args:
            offset: where, in bytes; a multiple of what :func:`room_for` returns.
            arrays: of any shape and dtype.

        Raises:
            MemoryError: there is no room.
        """
        placed = Placed(offset, tuple((array.shape, array.dtype.str) for array in arrays))
        try:
            for array, (start, _, _) in zip(arrays, placed.places, strict=True):
                self._write(start, np.ascontiguousarray(array).data.cast("B"))
        except OSError as error:
            raise MemoryError("no memory left to share with worker processes") from error
        return placed

    def _write(self, start: int, data: memoryview) -> None:
        while data:
            count = os.pwrite(self.descriptor, data, start)
            start, data = start + count, data[count:]

    def read(self, placed: Placed) -> list[Array]:
        """Copies of arrays."""
        return [view.copy() for view in self.views([placed])[0]]

    def views(self, items: Sequence[Placed]) -> list[list[Array]]:
        """Arrays as they lie in the arena, without a copy. What is written over them later shows in them.

        Args:
            items: all of them share one mapping, which ends with the last array.
        """
        if not items:
            return []
        memory = mmap.mmap(self.descriptor, 0)
        return [
            [
                np.frombuffer(memory, kind, int(np.prod(shape)), offset).reshape(shape)
                for offset, shape, kind in item.places
            ]
            for item in items
        ]

    def close(self) -> None:
        """This process needs it no more; arrays that it still has stay valid."""
        os.close(self.descriptor)


def _aligned(num_bytes: int) -> int:
    return -(-num_bytes // _ALIGNMENT_BYTES) * _ALIGNMENT_BYTES
