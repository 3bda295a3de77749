"""``raw``: planes without compression.

A packet holds the plane's samples, row by row: one byte each, or two for more than 8 bits, the lower one first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from codec.errors import StreamError
from codec.plane_codecs.declaration import PlaneCodec, always
from codec.plane_codecs.interface import (
    CodedRun,
    PlaneCodecSpec,
    PlaneEncoder,
    PlaneParameters,
    check_planes,
    closed_run,
)
from codec.video.depths import DEPTHS

if TYPE_CHECKING:
    from codec.video.picture import PlaneArray


def _parameters(spec: PlaneCodecSpec, width: int, height: int) -> PlaneParameters:
    return PlaneParameters(spec.codec, width, height, width, height, is_lossless=True)


def _open_encoder(spec: PlaneCodecSpec, parameters: PlaneParameters, frame_rate: Fraction) -> PlaneEncoder:
    del spec, frame_rate
    return _RawEncoder(parameters)


def decode_raw(parameters: PlaneParameters, run: CodedRun) -> Iterator[PlaneArray]:
    """Decode the planes of a raw run.

    Yields:
        (height, width) planes: uint8 for 8 bits, otherwise uint16.

    Raises:
        StreamError: a packet is not exactly one plane long, or a sample has more bits than the video.
    """
    import numpy as np

    from codec.plane_codecs.peak import check_peak
    from codec.video.picture import sample_dtype

    kind = np.dtype(np.uint8 if parameters.depth == 8 else "<u2")
    expected = parameters.width * parameters.height * kind.itemsize
    for packet in run.packets:
        if len(packet) != expected:
            raise StreamError(f"expected {expected} bytes for a raw gray plane. Received: {len(packet)}")
        plane = np.frombuffer(packet, kind).reshape(parameters.height, parameters.width)
        check_peak(plane, parameters)
        yield plane.astype(sample_dtype(parameters.depth), copy=False)


class _RawEncoder:
    def __init__(self, parameters: PlaneParameters) -> None:
        self._parameters = parameters
        self._packets: list[bytes] = []

    def write(self, plane: PlaneArray, chroma: Sequence[PlaneArray] = ()) -> None:
        check_planes(plane, chroma, self._parameters)
        self._packets.append(plane.astype(plane.dtype.newbyteorder("<"), copy=False).tobytes())

    def finish(self) -> CodedRun:
        return closed_run(b"", self._packets, len(self._packets))


CODEC = PlaneCodec(
    name="raw",
    summary="as it is",
    options=(),
    is_lossless=always,
    decoder="raw",
    decode=decode_raw,
    parameters=_parameters,
    open_encoder=_open_encoder,
    depths=DEPTHS,
    plays_in_browsers=True,
)
