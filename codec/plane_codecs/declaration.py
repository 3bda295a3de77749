"""What a plane codec declares of itself. Light to import."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from codec.plane_codecs.interface import CodedRun, PlaneCodecSpec, PlaneEncoder, PlaneParameters
from codec.plane_codecs.options import Option

if TYPE_CHECKING:
    from codec.video.picture import PlaneArray

Decode = Callable[[PlaneParameters, CodedRun], "Iterator[PlaneArray]"]
"""The planes of a run, in display order."""


@dataclass(frozen=True, kw_only=True)
class PlaneCodec:
    """One codec: a constant ``CODEC`` in a module of its own.

    Attributes:
        name: as ``--luma`` and ``--hints`` take it.
        summary: one line of help.
        options: that it takes.
        is_lossless: whether a spec of it keeps every bit.
        decoder: the name of its decoder in a stream; several codecs may share one.
        decode: that decoder.
        parameters: what the decoder needs for planes of a width and a height.
        open_encoder: a fresh encoder for one segment; the last argument is frames a second.
        whole_picture_formats: pixel formats of pictures with chroma that it takes; empty for none.
        depths: bits of a sample that it takes.
        extra: optional dependencies of gvc that it needs; None for none.
        tried: place among the candidates of ``--luma auto``: the first is taken in a tie; None for no candidate.
    """

    name: str
    summary: str
    options: tuple[Option, ...]
    is_lossless: Callable[[PlaneCodecSpec], bool]
    decoder: str
    decode: Decode
    parameters: Callable[[PlaneCodecSpec, int, int], PlaneParameters]
    open_encoder: Callable[[PlaneCodecSpec, PlaneParameters, Fraction], PlaneEncoder]
    whole_picture_formats: tuple[str, ...] = ()
    depths: tuple[int, ...] = (8,)
    extra: str | None = None
    tried: int | None = None


def always(spec: PlaneCodecSpec) -> bool:
    """``is_lossless`` of a codec that keeps every bit, whatever its options."""
    del spec
    return True


def never(spec: PlaneCodecSpec) -> bool:
    """``is_lossless`` of a codec that always loses some."""
    del spec
    return False


def decode_by_ffmpeg(parameters: PlaneParameters, run: CodedRun) -> Iterator[PlaneArray]:
    """The ``decode`` of codecs whose decoder is FFmpeg's; imports PyAV."""
    from codec.plane_codecs.ffmpeg import decode_packets

    return decode_packets(parameters, run)
