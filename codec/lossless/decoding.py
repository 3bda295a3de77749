"""Decoding of the predicted planes of a segment, which are sent as three byte strings.

    motion   the motion fields from picture to picture
    luma     the samples of the gray; empty if a plane codec carries the gray
    chroma   the samples of the chroma, which need the gray to decode

Each is entropy-coded by itself, so that the gray decodes without the chroma.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterable, Iterator

from codec.lossless.known import I16Array
from codec.lossless.motion import field_shape
from codec.lossless.motion_code import MotionDecoder
from codec.lossless.parameters import CodedSamples
from codec.lossless.sessions import ColorCoder, GrayCoder
from codec.video.picture import Picture, PlaneArray


def decode_lumas(coder: GrayCoder, coded: CodedSamples, count: int, shape: tuple[int, int]) -> Iterator[PlaneArray]:
    """Decode the gray planes of a segment.

    Args:
        coder: decodes one plane at a time.
        coded: the bytes of the segment; ``motion`` and ``luma`` are read.
        count: number of pictures in the segment.
        shape: (height, width) of each plane.

    Yields:
        The planes in order, (height, width) uint8 each.

    Raises:
        StreamError: the data are damaged.
    """
    session = coder.session(coded.luma)
    fields = _fields(coded.motion, shape)
    for index in range(count):
        yield session.code(None, shape, fields.before(index))
    session.finish()


def decode_pictures(coder: ColorCoder, coded: CodedSamples, lumas: Iterable[PlaneArray]) -> Iterator[Picture]:
    """Decode the chroma of a segment, given its gray planes. Each picture needs its own gray plane and earlier ones.

    Args:
        coder: decodes the chroma of one picture at a time.
        coded: the bytes of the segment; ``motion`` and ``chroma`` are read.
        lumas: the gray planes in order, (height, width) uint8 each; may still be in the making.

    Yields:
        The pictures in order, gray and chroma.

    Raises:
        StreamError: the data are damaged.
    """
    session = coder.session(coded.chroma)
    for index, luma in enumerate(lumas):
        field = _fields(coded.motion, (luma.shape[0], luma.shape[1])).before(index)
        yield session.code(luma, None, field)
    session.finish()


class _Fields:
    """The motion fields of a segment, decoded when they are first asked for. Gray and chroma may ask in two threads."""

    def __init__(self, motion: bytes, shape: tuple[int, int]) -> None:
        self._decoder = MotionDecoder(motion, field_shape(*shape))
        self._found: list[I16Array | None] = [None]
        self._lock = threading.Lock()

    def before(self, index: int) -> I16Array | None:
        """The field that leads to a picture, (rows, columns, 2) int16; None for the first picture."""
        with self._lock:
            while len(self._found) <= index:
                self._found.append(self._decoder.next())
            return self._found[index]


@functools.lru_cache(maxsize=4)  # the gray and the chroma of a segment use the same fields
def _fields(motion: bytes, shape: tuple[int, int]) -> _Fields:
    return _Fields(motion, shape)
