"""Clips that tests write with PyAV, to be read as sources."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.video.stream import VideoStream

from codec.video.picture import Frame
from codec.video.sources.container import ContainerSource

PlaneArray = npt.NDArray[np.uint8]


def make_frame(width: int, height: int, pixel_format: str, seed: int) -> av.VideoFrame:
    """Noise in every byte of every plane."""
    frame = av.VideoFrame(width, height, pixel_format)
    rng = np.random.default_rng(seed)
    for plane in frame.planes:
        plane.update(rng.bytes(plane.buffer_size))
    return frame


def plane_bytes(frame: av.VideoFrame, index: int, width: int, height: int) -> bytes:
    plane = frame.planes[index]
    return np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[:height, :width].tobytes()


def write_clip(
    path: Path,
    codec: str,
    frames: Sequence[av.VideoFrame],
    *,
    options: dict[str, str] | None = None,
    pts: Sequence[int] | None = None,
    time_base: Fraction | None = None,
    set_up: Callable[[VideoStream], None] | None = None,
    container_options: dict[str, str] | None = None,
) -> Path:
    with av.open(str(path), "w", container_options=container_options or {}) as output:
        stream = output.add_stream(codec, rate=25, options=options or {})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = frames[0].width, frames[0].height, frames[0].format.name
        if time_base is not None:
            stream.time_base = stream.codec_context.time_base = time_base
        if set_up is not None:
            set_up(stream)
        for number, frame in enumerate(frames):
            frame.pts = number if pts is None else pts[number]
            frame.time_base = time_base or Fraction(1, 25)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


def read_all(path: Path) -> list[Frame]:
    return list(ContainerSource(path).frames())


X264_LOSSLESS = {"qp": "0", "preset": "ultrafast"}
