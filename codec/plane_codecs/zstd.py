"""``zstd``: planes compressed by Zstandard (RFC 8878), lossless."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from codec.plane_codecs.declaration import PlaneCodec, always
from codec.plane_codecs.interface import CodedRun, PlaneCodecSpec, PlaneEncoder, PlaneParameters
from codec.plane_codecs.options import NumberOption
from codec.video.depths import DEPTHS

if TYPE_CHECKING:
    from codec.video.picture import PlaneArray

_DEFAULT_LEVEL = "9"


def _parameters(spec: PlaneCodecSpec, width: int, height: int) -> PlaneParameters:
    return PlaneParameters(spec.codec, width, height, width, height, is_lossless=True)


def _open_encoder(spec: PlaneCodecSpec, parameters: PlaneParameters, frame_rate: Fraction) -> PlaneEncoder:
    from codec.plane_codecs.zstd_planes import ZstdEncoder

    del frame_rate
    return ZstdEncoder(parameters, level=int(spec.option("level") or _DEFAULT_LEVEL))


def _decode(parameters: PlaneParameters, run: CodedRun) -> Iterator[PlaneArray]:
    from codec.plane_codecs.zstd_planes import decode_zstd

    return decode_zstd(parameters, run)


CODEC = PlaneCodec(
    name="zstd",
    summary="Zstandard of differences to the row above or the frame before",
    options=(NumberOption("level", 1, 22),),
    is_lossless=always,
    decoder="zstd",
    decode=_decode,
    parameters=_parameters,
    open_encoder=_open_encoder,
    depths=DEPTHS,
    tried_deep="level=19",
    plays_in_browsers=True,
)
