"""The coding of :mod:`codec.plane_codecs.zstd`: each plane is filtered, then compressed by Zstandard.

A packet is one byte that names the filter, followed by one Zstandard frame (RFC 8878) of the filtered plane. The
header of the Zstandard frame states the content size. The filters are::

    filter 0  the samples                    x
    filter 1  difference to the row above    x - up        (x itself in the first row)
    filter 2  difference to the last frame   x - previous  (x itself in the first frame of a run)

Differences are taken modulo 256, or modulo 65536 for samples of more than 8 bits. Of those, the lower bytes of the
whole plane come first, then the upper bytes. The encoder tries all filters on each frame and keeps the shortest packet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum

import numpy as np

from codec.errors import StreamError
from codec.plane_codecs.interface import (
    CodedRun,
    PlaneParameters,
    check_planes,
    closed_run,
)
from codec.plane_codecs.peak import check_peak
from codec.video.picture import PlaneArray, sample_dtype
from container_format.compression import compress, decompress


class _Filter(IntEnum):
    NONE = 0
    UP = 1
    PREVIOUS = 2


def decode_zstd(parameters: PlaneParameters, run: CodedRun) -> Iterator[PlaneArray]:
    """Decode the planes of a zstd run. A packet's declared size is checked before memory is allocated for it.

    Yields:
        (height, width) planes in display order: uint8 for 8 bits, otherwise uint16.

    Raises:
        StreamError: a packet has an unknown filter, does not hold exactly one plane, or has samples of more bits than
            the video.
    """
    shape, kind = (parameters.height, parameters.width), sample_dtype(parameters.depth)
    expected = parameters.height * parameters.width * np.dtype(kind).itemsize
    previous: PlaneArray = np.zeros(shape, kind)
    for packet in run.packets:
        if packet[0] not in list(_Filter):
            raise StreamError(f"expected filter 0, 1 or 2 in a zstd gray packet. Received: {packet[0]}")
        content = decompress(packet[1:], max_bytes=expected)
        if len(content) != expected:
            raise StreamError(f"expected {expected} bytes in a zstd gray packet. Received: {len(content)}")
        residual = _joined(np.frombuffer(content, np.uint8), shape)
        plane = _unfilter(_Filter(packet[0]), residual, previous)
        check_peak(plane, parameters)
        yield plane
        previous = plane


class ZstdEncoder:
    """An encoder for one segment.

    Args:
        parameters: the decoder's parameters, with the size of the planes.
        level: the compression level of Zstandard, 1 to 22.
    """

    def __init__(self, parameters: PlaneParameters, *, level: int) -> None:
        self._parameters = parameters
        self._level = level
        self._packets: list[bytes] = []
        self._previous: PlaneArray = np.zeros((parameters.height, parameters.width), sample_dtype(parameters.depth))

    def write(self, plane: PlaneArray, chroma: Sequence[PlaneArray] = ()) -> None:
        """See :class:`codec.plane_codecs.interface.PlaneEncoder`."""
        check_planes(plane, chroma, self._parameters)
        candidates = [
            bytes([kind]) + compress(_split(_filter(kind, plane, self._previous)), level=self._level)
            for kind in _Filter
        ]
        self._packets.append(min(candidates, key=len))
        self._previous = plane.copy()  # the caller may use its buffer again

    def finish(self) -> CodedRun:
        """See :class:`codec.plane_codecs.interface.PlaneEncoder`."""
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
        return np.cumsum(residual, axis=0, dtype=residual.dtype)
    return residual


def _split(residual: PlaneArray) -> bytes:
    """The bytes of a plane: of two-byte samples, first all lower ones."""
    if residual.dtype == np.uint8:
        return residual.tobytes()
    return (residual & 255).astype(np.uint8).tobytes() + (residual >> 8).astype(np.uint8).tobytes()


def _joined(content: PlaneArray, shape: tuple[int, int]) -> PlaneArray:
    """The inverse of :func:`_split`."""
    if content.size == shape[0] * shape[1]:
        return content.reshape(shape)
    lower, upper = content.reshape(2, *shape)
    joined: PlaneArray = lower + (upper.astype(np.uint16) << 8)
    return joined
