"""Videos that sinks write, and what plain PyAV reads of them."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from codec.video.convert import PictureConverter
from codec.video.info import ColorDescription, VideoInfo
from codec.video.picture import Frame
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sinks.opening import open_sink
from codec.video.sinks.options import SinkOptions

TICK = Fraction(1, 600)
RATE = Fraction(24)
# 90 degrees, as FFmpeg's display matrix: 16.16 fixed point, the last one 2.30.
QUARTER_TURN = (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
VARIABLE_TIMES = (0, 25, 50, 125, 150, 151, 300)


def names_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def video_info(pixel_format: str, width: int = 64, height: int = 48, color_range: int = 0) -> VideoInfo:
    return VideoInfo(width, height, PIXEL_FORMATS[pixel_format], TICK, RATE, ColorDescription(color_range))


def smooth_frames(info: VideoInfo, times: tuple[int, ...] = (0, 25, 50)) -> list[Frame]:
    """A moving color gradient with a little noise."""
    generator = np.random.default_rng(5)
    rows, columns = np.mgrid[0 : info.height, 0 : info.width]
    frames = []
    for number, pts in enumerate(times):
        rgb = np.stack([rows * 3 + number * 4, columns * 2 + 20, (rows + columns) * 2 + 10], axis=-1) % 256
        noisy = np.clip(rgb + generator.integers(-2, 3, rgb.shape), 0, 255).astype(np.uint8)
        source = replace(info, pixel_format=PIXEL_FORMATS["rgb24"])
        picture = PIXEL_FORMATS["rgb24"].unpack(noisy.tobytes(), info.width, info.height)
        frames.append(Frame(PictureConverter(source, info.pixel_format).picture(picture), pts))
    return frames


def write_video(path: Path, info: VideoInfo, frames: list[Frame], options: SinkOptions) -> tuple[str, ...]:
    sink = open_sink(str(path), info, options)
    for frame in frames:
        sink.write(frame)
    sink.close()
    return sink.notes


@dataclass
class Read:
    """What plain PyAV finds in a file."""

    frames: list[av.VideoFrame]
    codec: str
    codec_tag: str
    color: tuple[int, int, int, int]
    sample_aspect_ratio: Fraction | None
    tags: dict[str, str]
    chapters: list[Any]
    end_seconds: float

    @property
    def seconds(self) -> list[float]:
        return [float(frame.pts * frame.time_base) for frame in self.frames if frame.pts is not None]


def read_video(path: Path | io.BytesIO) -> Read:
    with av.open(str(path) if isinstance(path, Path) else path) as source:
        stream = source.streams.video[0]
        context = stream.codec_context
        return Read(
            list(source.decode(video=0)),
            context.codec.canonical_name,
            context.codec_tag,
            (context.color_range, context.color_primaries, context.color_trc, context.colorspace),
            stream.sample_aspect_ratio,
            dict(source.metadata),
            source.chapters(),
            source.duration / av.time_base if source.duration is not None else 0,
        )


def planes_of(frame: av.VideoFrame) -> list[np.ndarray[Any, Any]]:
    return [
        np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width].copy()
        for plane in frame.planes
    ]


def psnr(first: np.ndarray[Any, Any], second: np.ndarray[Any, Any]) -> float:
    error = np.mean((first.astype(np.float64) - second) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-9)))
