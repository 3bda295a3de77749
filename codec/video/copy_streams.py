"""Audio and subtitle streams that go through gvc packet by packet, never decoded and never re-encoded.

A stream from a ``.gvc`` file must not reach a demuxer, whose parsers would then read bytes of unknown origin.
PyAV, on the other hand, makes an output stream for ready packets only from an input stream as a template. So
the template is made here, from nothing but the codec's name: one packet of zeros is muxed into memory and
these own bytes are opened again. What the stored stream says of itself (extradata, rate, layout) is then put on
the output stream, whose codec is never opened.
"""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any, cast

import av
import av.container
import av.stream
from av.audio.codeccontext import AudioCodecContext

from codec.errors import GvcError
from codec.video.info import CopyPacket, CopyStream

# Every codec that is copied, and the container in which a stream of it can be made from a packet of zeros.
_AUDIO_TEMPLATES: dict[str, str] = {
    "aac": "mov",
    "ac3": "matroska",
    "alac": "mov",
    "dts": "matroska",
    "eac3": "matroska",
    "flac": "avi",
    "mlp": "matroska",
    "mp1": "matroska",
    "mp2": "matroska",
    "mp3": "matroska",
    "opus": "matroska",
    "pcm_alaw": "mov",
    "pcm_f32be": "mov",
    "pcm_f32le": "matroska",
    "pcm_f64be": "mov",
    "pcm_f64le": "matroska",
    "pcm_mulaw": "mov",
    "pcm_s16be": "matroska",
    "pcm_s16le": "matroska",
    "pcm_s24be": "matroska",
    "pcm_s24le": "matroska",
    "pcm_s32be": "matroska",
    "pcm_s32le": "matroska",
    "pcm_u8": "matroska",
    "truehd": "matroska",
    "vorbis": "avi",
}
_SUBTITLE_TEMPLATES: dict[str, str] = {
    "ass": "nut",
    "dvb_subtitle": "nut",
    "dvd_subtitle": "nut",
    "hdmv_pgs_subtitle": "matroska",
    "mov_text": "mov",
    "subrip": "matroska",
    "text": "nut",
    "webvtt": "matroska",
}
COPIED_CODECS: dict[str, frozenset[str]] = {
    "audio": frozenset(_AUDIO_TEMPLATES),
    "subtitle": frozenset(_SUBTITLE_TEMPLATES),
}

# Layouts that PCM files leave open and that mp4 wants named.
_COMMON_LAYOUTS = {"1 channels": "mono", "2 channels": "stereo"}

_MAX_SAMPLE_RATE = 768_000
_TEMPLATE_RATE = 48_000
_MILLISECONDS = Fraction(1, 1000)


class CopyError(GvcError):
    """A stream, or a packet of it, cannot be copied: leave it out with a note."""


def describe_stream(stream: av.stream.Stream) -> CopyStream:
    """What a destination needs to know of an audio or subtitle stream of an open input.

    Raises:
        CopyError: the stream is neither audio nor subtitles, or its codec is not one that gvc copies.
    """
    context = cast("av.CodecContext | None", stream.codec_context)
    codec = context.codec.canonical_name if context is not None else "unknown"
    _check_codec(stream.type, codec)
    if context is None or stream.time_base is None:
        raise CopyError(f"expected a stream that states its codec and time base. Received: {stream.type} ({codec})")
    description = CopyStream(
        stream.type,
        codec,
        stream.time_base,
        context.extradata or b"",
        disposition=int(stream.disposition),
        tags=dict(stream.metadata),
    )
    if not isinstance(context, AudioCodecContext):
        return description
    return CopyStream(
        description.kind,
        codec,
        description.time_base,
        description.extradata,
        context.sample_rate,
        context.layout.name,
        context.format.name if context.format is not None else "",
        description.disposition,
        description.tags,
    )


def copy_packet(index: int, packet: av.Packet[Any]) -> CopyPacket:
    """A demuxed packet as a value.

    Args:
        index: place of its stream in :attr:`VideoInfo.copy_streams`.
        packet: as ``demux`` gives it. The empty packet at the end of a stream is not one to copy.
    """
    return CopyPacket(index, packet.pts, packet.dts, packet.duration, packet.is_keyframe, bytes(packet))


def add_copy_stream(output: av.container.OutputContainer, stream: CopyStream) -> av.stream.Stream:
    """A stream of ``output`` that takes the packets of ``stream``; to be made before the first packet is muxed.

    Raises:
        CopyError: gvc does not copy this codec, the container cannot hold it, or the description is not sound.
    """
    _check_codec(stream.kind, stream.codec)
    if stream.kind == "audio" and not 0 < stream.sample_rate <= _MAX_SAMPLE_RATE:
        raise CopyError(f"expected a sample rate of 1 to {_MAX_SAMPLE_RATE}. Received: {stream.sample_rate}")
    try:
        with _open_template(stream) as template:
            # Some containers refuse a stream only when they write their header, which would take the whole output
            # down; so a header is written once in memory.
            with av.open(io.BytesIO(), "w", format=output.format.name) as trial:
                _add_stream(trial, template.streams[0], stream)
                trial.start_encoding()
            return _add_stream(output, template.streams[0], stream)
    except (av.FFmpegError, ValueError, OverflowError) as error:
        raise CopyError(
            f"expected a stream that {output.format.name} can hold. Received: {stream.kind} ({stream.codec}): {error}"
        ) from error


def mux_copy_packet(
    output: av.container.OutputContainer, av_stream: av.stream.Stream, stream: CopyStream, packet: CopyPacket
) -> None:
    """Write one packet to the stream that :func:`add_copy_stream` made.

    Raises:
        CopyError: the packet has no time.
        av.FFmpegError: the container refuses it, or it cannot be written.
    """
    dts = packet.dts if packet.dts is not None else packet.pts
    if dts is None:
        raise CopyError(f"expected a packet with a time. Received: a {stream.codec} packet without pts and dts")
    copied: av.Packet[av.stream.Stream] = av.Packet(packet.data)
    copied.stream = av_stream
    copied.time_base = stream.time_base
    copied.pts = packet.pts if packet.pts is not None else dts
    copied.dts = dts
    if packet.duration is not None:
        copied.duration = packet.duration
    copied.is_keyframe = packet.is_keyframe
    output.mux(copied)


def _add_stream(
    output: av.container.OutputContainer, template: av.stream.Stream, stream: CopyStream
) -> av.stream.Stream:
    added = output.add_stream_from_template(template)
    added.time_base = stream.time_base
    added.disposition = av.stream.Disposition(stream.disposition)
    added.metadata.update(stream.tags)
    context = added.codec_context
    context.extradata = stream.extradata or None
    if isinstance(context, AudioCodecContext):
        context.sample_rate = stream.sample_rate
        context.layout = _COMMON_LAYOUTS.get(stream.channel_layout, stream.channel_layout)
        context.bit_rate = 0  # the template's is a guess from a packet of zeros
        if stream.sample_format:
            context.format = stream.sample_format
    return added


def _check_codec(kind: str, codec: str) -> None:
    known = COPIED_CODECS.get(kind, frozenset())
    if codec not in known:
        raise CopyError(
            f"expected an audio or subtitle codec that gvc copies ({', '.join(sorted(known)) or 'none of this kind'}). "
            f"Received: {kind} ({codec})"
        )


def _open_template(stream: CopyStream) -> av.container.InputContainer:
    """An open input with one stream of this codec, made from its name alone."""
    is_audio = stream.kind == "audio"
    container = (_AUDIO_TEMPLATES if is_audio else _SUBTITLE_TEMPLATES)[stream.codec]
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as template:
        made = template.add_mux_stream(stream.codec, rate=_TEMPLATE_RATE if is_audio else None)
        made.time_base = _MILLISECONDS
        packet: av.Packet[av.stream.Stream] = av.Packet(bytes(64))
        packet.stream = made
        packet.time_base = _MILLISECONDS
        packet.pts = packet.dts = 0
        packet.duration = 20
        packet.is_keyframe = True
        template.mux(packet)
    buffer.seek(0)
    opened = av.open(buffer, format=container)
    return cast(av.container.InputContainer, opened)
