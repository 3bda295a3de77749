"""Decoding of the predicted planes of a segment, which are sent as three byte strings.

    motion   the motion fields from picture to picture
    luma     the samples of the gray; empty if a plane codec carries the gray
    chroma   the samples of the chroma, which need the gray to decode

Each is entropy-coded by itself, so that the gray decodes without the chroma.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

from codec.lossless.coder import ChromaCoder, LumaCoder
from codec.lossless.known import I16Array
from codec.lossless.motion import field_shape
from codec.lossless.motion_code import MotionDecoder
from codec.lossless.parameters import CodedSamples
from codec.lossless.symbols import SymbolDecoder
from codec.video.picture import Picture, PlaneArray


def decode_lumas(coder: LumaCoder, coded: CodedSamples, count: int, shape: tuple[int, int]) -> Iterator[PlaneArray]:
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
    symbols, history = SymbolDecoder(coded.luma, 1), coder.begin()
    for field in _fields(coded.motion, count, shape):
        yield coder.code(history, None, shape, field, symbols)
    symbols.finish()


def decode_pictures(coder: ChromaCoder, coded: CodedSamples, lumas: Sequence[PlaneArray]) -> Iterator[Picture]:
    """Decode the chroma of a segment, given its gray planes.

    Args:
        coder: decodes the chroma of one picture at a time.
        coded: the bytes of the segment; ``motion`` and ``chroma`` are read.
        lumas: the gray planes in order, at least one, (height, width) uint8 each.

    Yields:
        The pictures in order, gray and chroma.

    Raises:
        StreamError: the data are damaged.
    """
    symbols, history = SymbolDecoder(coded.chroma, 2), coder.begin()
    shape = lumas[0].shape[0], lumas[0].shape[1]
    for luma, field in zip(lumas, _fields(coded.motion, len(lumas), shape), strict=True):
        yield coder.code(history, luma, None, field, symbols)
    symbols.finish()


@functools.lru_cache(maxsize=4)  # the gray and the chroma of a segment use the same fields
def _fields(motion: bytes, count: int, shape: tuple[int, int]) -> tuple[I16Array | None, ...]:
    """The motion field of each picture, (rows, columns, 2) int16; None for the first picture."""
    decoder = MotionDecoder(motion, field_shape(*shape))
    return None, *(decoder.next() for _ in range(count - 1))
