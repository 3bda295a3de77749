"""``raw`` and ``zstd``: the gray plane as it is, or packed by Zstandard. Both are lossless.

A raw packet is the plane's samples, row by row. A zstd packet is one byte that names a filter, then one Zstandard
frame (RFC 8878) of the filtered plane, whose header states the content size::

    filter 0  the samples                    x
    filter 1  difference to the row above    x - up        (x itself in the first row)
    filter 2  difference to the last frame   x - previous  (x itself in the first frame of a run)

Differences are taken modulo 256. The encoder tries all filters on each frame and keeps the shortest packet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum
from fractions import Fraction

import numpy as np

from codec.errors import StreamError
from codec.plane_codecs.interface import (
    CodedRun,
    PlaneCodecSpec,
    PlaneEncoder,
    PlaneParameters,
    check_planes,
    closed_run,
)
from codec.video.picture import PlaneArray
from container_format.compression import compress, decompress

_DEFAULT_LEVEL = "9"


class _Filter(IntEnum):
    NONE = 0
    UP = 1
    PREVIOUS = 2


def parameters(spec: PlaneCodecSpec, width: int, height: int) -> PlaneParameters:
    """What a decoder of ``raw`` or ``zstd`` needs."""
    return PlaneParameters(spec.codec, width, height, width, height, is_lossless=True)


def open_raw_encoder(_spec: PlaneCodecSpec, luma: PlaneParameters, _frame_rate: Fraction) -> PlaneEncoder:
    """An encoder for one segment of ``raw``."""
    return _RawEncoder(luma)


def open_zstd_encoder(spec: PlaneCodecSpec, luma: PlaneParameters, _frame_rate: Fraction) -> PlaneEncoder:
    """An encoder for one segment of ``zstd``."""
    return _ZstdEncoder(luma, level=int(spec.option("level") or _DEFAULT_LEVEL))


def decode_raw(luma: PlaneParameters, run: CodedRun) -> Iterator[PlaneArray]:
    """The planes of a raw run.

    Raises:
        StreamError: a packet is not exactly one plane long.
    """
    expected = luma.width * luma.height
    for packet in run.packets:
        if len(packet) != expected:
            raise StreamError(f"expected {expected} bytes for a raw gray plane. Received: {len(packet)}")
        yield np.frombuffer(packet, np.uint8).reshape(luma.height, luma.width)


def decode_zstd(luma: PlaneParameters, run: CodedRun) -> Iterator[PlaneArray]:
    """The planes of a zstd run. No memory is taken before a packet's declared size is checked.

    Raises:
        StreamError: a packet has an unknown filter, or does not hold exactly one plane.
    """
    shape, expected = (luma.height, luma.width), luma.height * luma.width
    previous: PlaneArray = np.zeros(shape, np.uint8)
    for packet in run.packets:
        if packet[0] not in list(_Filter):
            raise StreamError(f"expected filter 0, 1 or 2 in a zstd gray packet. Received: {packet[0]}")
        content = decompress(packet[1:], max_bytes=expected)
        if len(content) != expected:
            raise StreamError(f"expected {expected} bytes in a zstd gray packet. Received: {len(content)}")
        residual = np.frombuffer(content, np.uint8).reshape(shape)
        plane = _unfilter(_Filter(packet[0]), residual, previous)
        yield plane
        previous = plane


class _RawEncoder:
    def __init__(self, luma: PlaneParameters) -> None:
        self._luma = luma
        self._packets: list[bytes] = []

    def write(self, luma: PlaneArray, chroma: Sequence[PlaneArray] = ()) -> None:
        check_planes(luma, chroma, self._luma)
        self._packets.append(luma.tobytes())

    def finish(self) -> CodedRun:
        return closed_run(b"", self._packets, len(self._packets))


class _ZstdEncoder:
    def __init__(self, luma: PlaneParameters, *, level: int) -> None:
        self._luma = luma
        self._level = level
        self._packets: list[bytes] = []
        self._previous: PlaneArray = np.zeros((luma.height, luma.width), np.uint8)

    def write(self, luma: PlaneArray, chroma: Sequence[PlaneArray] = ()) -> None:
        check_planes(luma, chroma, self._luma)
        candidates = [
            bytes([kind]) + compress(_filter(kind, luma, self._previous).tobytes(), level=self._level)
            for kind in _Filter
        ]
        self._packets.append(min(candidates, key=len))
        self._previous = luma.copy()  # the caller may use its buffer again

    def finish(self) -> CodedRun:
        return closed_run(b"", self._packets, len(self._packets))


def _filter(kind: _Filter, plane: PlaneArray, previous: PlaneArray) -> PlaneArray:
    if kind is _Filter.PREVIOUS:
        return plane - previous
    if kind is _Filter.UP:
        return np.concatenate([plane[:1], plane[1:] - plane[:-1]])
    return plane


def _unfilter(kind: _Filter, residual: PlaneArray, previous: PlaneArray) -> PlaneArray:
    if kind is _Filter.PREVIOUS:
        return residual + previous
    if kind is _Filter.UP:
        return np.cumsum(residual, axis=0, dtype=np.uint8)
    return residual
