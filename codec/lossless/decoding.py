"""Predicted planes of a segment, from what was sent.

    motion   how the gray moves from picture to picture
    luma     the gray's samples, where no video codec carries it
    chroma   the chroma's samples, given the gray

Each is a stream of its own, so that the gray decodes without the chroma.
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
    """The gray planes of a segment, (height, width) uint8 each.

    Raises:
        StreamError: the data are damaged.
    """
    symbols, history = SymbolDecoder(coded.luma, 1), coder.begin()
    for field in _fields(coded.motion, count, shape):
        yield coder.code(history, None, shape, field, symbols)
    symbols.finish()


def decode_pictures(coder: ChromaCoder, coded: CodedSamples, lumas: Sequence[PlaneArray]) -> Iterator[Picture]:
    """The pictures of a segment, given their gray planes.

    Raises:
        StreamError: the data are damaged.
    """
    symbols, history = SymbolDecoder(coded.chroma, 2), coder.begin()
    shape = lumas[0].shape[0], lumas[0].shape[1]
    for luma, field in zip(lumas, _fields(coded.motion, len(lumas), shape), strict=True):
        yield coder.code(history, luma, None, field, symbols)
    symbols.finish()


@functools.lru_cache(maxsize=4)  # both the gray and the chroma of a segment ask for them
def _fields(motion: bytes, count: int, shape: tuple[int, int]) -> tuple[I16Array | None, ...]:
    """The field of each picture; None for the first."""
    decoder = MotionDecoder(motion, field_shape(*shape))
    return None, *(decoder.next() for _ in range(count - 1))
