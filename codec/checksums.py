"""Checksums of decoded pictures: they run along picture by picture, and are noted on the way.

The notes, or checkpoints, are the running CRC-32 after 1, 8, 64 and 512 pictures. So a receiver that decodes other
pictures than the sender finds out after the first one, not when a whole segment is decoded.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from codec.video.picture import ChromaArray, Picture, PlaneArray

T = TypeVar("T")

_CHECKPOINT_FACTOR = 8


@dataclass(frozen=True)
class Checksum:
    """What is sent of the checksum of a segment's pictures.

    Attributes:
        crc32: after the last picture.
        checkpoints: after earlier ones; may be empty, as in streams of version 1.0.
    """

    crc32: int
    checkpoints: tuple[int, ...] = ()

    def num_compared(self, num_pictures: int) -> int:
        """Up to where the first so many pictures are compared with the checkpoints among them.

        Args:
            num_pictures: from the first one on, but not up to the last one.
        """
        compared, next_one = 0, 1
        for _ in self.checkpoints:
            if next_one <= num_pictures:
                compared = next_one
            next_one *= _CHECKPOINT_FACTOR
        return compared


class RunningChecksum(Generic[T]):
    """The checksum of pictures that are added one by one.

    Args:
        update: continues a CRC-32 over one picture: :func:`gray_crc32` or :func:`chroma_crc32`.
    """

    def __init__(self, update: Callable[[T, int], int]) -> None:
        self._update = update
        self._crc32 = 0
        self._num_pictures = 0
        self._next = 1
        self._checkpoints: list[int] = []

    def add(self, picture: T) -> None:
        """Add the next picture."""
        self._crc32 = self._update(picture, self._crc32)
        self._num_pictures += 1
        if self._num_pictures == self._next:
            self._checkpoints.append(self._crc32)
            self._next *= _CHECKPOINT_FACTOR

    @property
    def checksum(self) -> Checksum:
        """Of the pictures so far. No checkpoint is after the last one."""
        is_at_end = self._num_pictures * _CHECKPOINT_FACTOR == self._next
        return Checksum(self._crc32, tuple(self._checkpoints[: len(self._checkpoints) - is_at_end]))

    def agrees_with(self, other: Checksum) -> bool:
        """Whether the checkpoints so far are those of another checksum, as far as it has them."""
        return all(own == sent for own, sent in zip(self._checkpoints, other.checkpoints, strict=False))


def checked(
    pictures: Iterable[T], sent: Checksum, update: Callable[[T, int], int], error: Callable[[], Exception]
) -> Iterator[T]:
    """The same pictures, compared with the sender's checksum.

    Args:
        pictures: of a segment.
        sent: the sender's.
        update: see :class:`RunningChecksum`.
        error: makes the exception for pictures that are not the sender's.

    Raises:
        Exception: what ``error`` makes; instead of the picture at a checkpoint, or after the last picture.
    """
    running = RunningChecksum(update)
    for picture in pictures:
        running.add(picture)
        if not running.agrees_with(sent):
            raise error()
        yield picture
    if running.checksum.crc32 != sent.crc32:
        raise error()


def gray_crc32(picture: Picture, crc32: int) -> int:
    """The CRC-32 of a picture's gray, row by row, which continues from ``crc32``."""
    return zlib.crc32(_samples(picture.luma), crc32)


def chroma_crc32(picture: Picture, crc32: int) -> int:
    """The CRC-32 of both chroma planes of a picture, which continues from ``crc32``.

    Samples are taken row by row; those of more than one byte are taken in little-endian order.
    """
    for plane in picture.chroma_planes():
        crc32 = zlib.crc32(_samples(plane), crc32)
    return crc32


def alpha_crc32(picture: Picture, crc32: int) -> int:
    """The CRC-32 of a picture's alpha, row by row, which continues from ``crc32``; unchanged if it has none."""
    return crc32 if picture.alpha is None else zlib.crc32(_samples(picture.alpha), crc32)


def _samples(plane: PlaneArray | ChromaArray) -> memoryview:
    return np.ascontiguousarray(plane, plane.dtype.newbyteorder("<")).data
