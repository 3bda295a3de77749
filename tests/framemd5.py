"""FFmpeg's own muxers for hashes of frames, through PyAV: what gvc's lines are compared with."""

from __future__ import annotations

import io
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
from av.video.stream import VideoStream

from codec.video.info import VideoInfo
from codec.video.picture import Frame


def muxed_packets(kind: str, info: VideoInfo, frames: Iterable[Frame]) -> list[str]:
    """What the muxer ``md5`` or ``framemd5`` prints for raw video with these frames' bytes and times."""
    text = io.BytesIO()
    with av.open(text, "w", format=kind) as container:
        stream = _raw_stream(container, info.width, info.height, info.pixel_format.name, info.frame_rate or 25)
        stream.time_base = info.time_base
        for frame in frames:
            packet = av.Packet(info.pixel_format.pack(frame.picture))
            packet.stream, packet.time_base = stream, info.time_base
            packet.pts = packet.dts = frame.pts
            packet.duration = frame.duration or 0
            container.mux(packet)
    return text.getvalue().decode().splitlines()


def muxed_video(kind: str, path: Path, frame_rate: Fraction) -> list[str]:
    """What FFmpeg prints for a file that it decodes by itself: ``ffmpeg -i path -fps_mode passthrough -f kind -``."""
    text = io.BytesIO()
    with av.open(str(path)) as source, av.open(text, "w", format=kind) as container:
        video = source.streams.video[0]
        assert video.pix_fmt is not None
        stream = _raw_stream(container, video.width, video.height, video.pix_fmt, frame_rate)
        for frame in source.decode(video):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return text.getvalue().decode().splitlines()


def frame_lines(lines: Iterable[str]) -> list[tuple[str, ...]]:
    """Number of the stream, dts, pts, duration, size and hash of each frame."""
    return [tuple(cell.strip() for cell in line.split(",")) for line in lines if not line.startswith("#")]


def _raw_stream(
    container: av.container.OutputContainer, width: int, height: int, pixel_format: str, frame_rate: Fraction | int
) -> VideoStream:
    stream = container.add_stream("rawvideo", rate=frame_rate)
    stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
    stream.codec_context.time_base = 1 / Fraction(frame_rate)
    return stream
