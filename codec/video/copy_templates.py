"""The codecs of sound and subtitles that gvc copies, and an input stream of each, made from the codec's name alone.

Why: see :mod:`codec.video.copy_streams`.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
import av.container
import av.stream

from codec.video.info import CopyStream

_MILLISECONDS = Fraction(1, 1000)


@dataclass(frozen=True)
class _Template:
    """How a stream of one codec is made.

    Attributes:
        container: the muxer that takes it and whose own demuxer gives it back.
        rate: samples a second, which some muxers check; None for subtitles.
        packet: the only packet, of zeros where the muxer does not look into it.
    """

    container: str
    rate: int | None = 48_000
    packet: bytes = bytes(64)


# A WavPack block without samples; Matroska's muxer takes such headers apart.
_WAVPACK_BLOCK = b"wvpk" + struct.pack("<IHBBIIIII", 24, 0x410, 0, 0, 100, 0, 100, 0x1800 | 9 << 23 | 1, 0)

_AUDIO: dict[str, _Template] = {
    **dict.fromkeys(("aac", "alac", "pcm_alaw", "pcm_f32be", "pcm_f64be", "pcm_mulaw"), _Template("mov")),
    **dict.fromkeys(("ac3", "dts", "eac3", "mlp", "mp1", "mp2", "mp3", "opus", "truehd", "tta"), _Template("matroska")),
    **dict.fromkeys(("flac", "vorbis"), _Template("avi")),
    **dict.fromkeys(
        (
            *("pcm_f32le", "pcm_f64le", "pcm_s16be", "pcm_s16le", "pcm_s24be", "pcm_s24le"),
            *("pcm_s32be", "pcm_s32le", "pcm_u8"),
        ),
        _Template("matroska"),
    ),
    "adpcm_ima_qt": _Template("mov", 44_100, bytes(34)),
    "amr_nb": _Template("avi", 8_000),
    "amr_wb": _Template("mov", 16_000),
    "gsm": _Template("mov", 8_000, bytes(33)),
    "wavpack": _Template("matroska", 44_100, _WAVPACK_BLOCK),
}
_SUBTITLES: dict[str, _Template] = {
    **dict.fromkeys(("ass", "dvb_subtitle", "dvd_subtitle", "text"), _Template("nut", None)),
    **dict.fromkeys(("hdmv_pgs_subtitle", "subrip", "webvtt"), _Template("matroska", None)),
    **dict.fromkeys(("eia_608", "mov_text"), _Template("mov", None)),
}
COPIED_CODECS: dict[str, frozenset[str]] = {"audio": frozenset(_AUDIO), "subtitle": frozenset(_SUBTITLES)}
"""The codecs that gvc copies, by kind of stream."""


def open_template(stream: CopyStream) -> av.container.InputContainer:
    """An open input with one stream of this codec, which is one of :data:`COPIED_CODECS`.

    Raises:
        av.FFmpegError, ValueError: this FFmpeg cannot make one.
    """
    recipe = (_AUDIO if stream.kind == "audio" else _SUBTITLES)[stream.codec]
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=recipe.container) as template:
        made = template.add_mux_stream(stream.codec, rate=recipe.rate)
        made.time_base = _MILLISECONDS
        packet: av.Packet[av.stream.Stream] = av.Packet(recipe.packet)
        packet.stream = made
        packet.time_base = _MILLISECONDS
        packet.pts = packet.dts = 0
        packet.duration = 20
        packet.is_keyframe = True
        template.mux(packet)
    buffer.seek(0)
    opened = av.open(buffer, format=recipe.container)
    return cast(av.container.InputContainer, opened)
