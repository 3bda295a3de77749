"""Audio and subtitle streams that go through gvc packet by packet, never decoded and never re-encoded.

A stream from a ``.gvc`` file must not reach a demuxer, whose parsers would then read bytes of unknown origin.
PyAV, on the other hand, makes an output stream for ready packets only from an input stream as a template. So
the template is made here, from nothing but the codec's name: one packet of zeros is muxed into memory and
these own bytes are opened again. What the stored stream says of itself (extradata, rate, layout) is then put on
the output stream, whose codec is never opened.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any, cast

import av
import av.container
import av.stream
from av.audio.codeccontext import AudioCodecContext

from codec.errors import GvcError
from codec.video.copy_templates import COPIED_CODECS, open_template
from codec.video.info import CopyPacket, CopyStream

__all__ = [
    "COPIED_CODECS",
    "CopyError",
    "add_copy_stream",
    "copy_packet",
    "describe_stream",
    "mux_copy_packet",
    "named_layout",
    "with_title",
]

# Layouts that PCM files leave open and that mp4 wants named.
_COMMON_LAYOUTS = {"1 channels": "mono", "2 channels": "stereo"}
# FFmpeg's own choice for more channels. It is a guess, so it is only made where a container demands a name.
_GUESSED_LAYOUTS = {
    "3 channels": "2.1",
    "4 channels": "4.0",
    "5 channels": "5.0",
    "6 channels": "5.1",
    "7 channels": "6.1",
    "8 channels": "7.1",
}

_MAX_SAMPLE_RATE = 768_000
_PCM = re.compile(r"pcm_(?:[su](\d+)|f(\d+)|alaw|mulaw)")


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
        tags=with_title(dict(stream.metadata)),
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


def with_title(tags: dict[str, str]) -> dict[str, str]:
    """The tags of a track, with its name as ``title``, as all muxers take it; mp4's demuxer calls it ``name``."""
    if "name" not in tags or "title" in tags:
        return tags
    return {"title" if key == "name" else key: value for key, value in tags.items()}


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
        with open_template(stream) as template:
            _try_stream(output.format.name, template.streams[0], stream)
            return _add_stream(output, template.streams[0], stream)
    except (av.FFmpegError, ValueError, OverflowError) as error:
        raise CopyError(
            f"expected a stream that {output.format.name} can hold. Received: {stream.kind} ({stream.codec}): {error}"
        ) from error


def named_layout(stream: CopyStream) -> CopyStream | None:
    """The same stream with the usual names for channels that have none; None if they have names, or no usual ones."""
    layout = _GUESSED_LAYOUTS.get(stream.channel_layout)
    return None if layout is None else replace(stream, channel_layout=layout)


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


def _try_stream(container: str, template: av.stream.Stream, stream: CopyStream) -> None:
    """Write the stream's beginning and end in memory.

    Some containers refuse a stream only in their header, or in their index at the end, which would take the whole
    output down. The index describes a stream only if that has a packet, which can be made for PCM alone.
    """
    with av.open(io.BytesIO(), "w", format=container) as trial:
        added = _add_stream(trial, template, stream)
        trial.start_encoding()
        pcm = _PCM.match(stream.codec)
        context = added.codec_context
        if pcm is None or not isinstance(context, AudioCodecContext):
            return
        packet: av.Packet[av.stream.Stream] = av.Packet(bytes(context.channels * int(pcm[1] or pcm[2] or 8) // 8))
        packet.stream, packet.time_base = added, stream.time_base
        packet.pts = packet.dts = packet.duration = 0
        packet.is_keyframe = True
        trial.mux(packet)


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
