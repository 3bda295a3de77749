"""Which FFmpeg reads and writes videos here, and the memory of its frames."""

from __future__ import annotations

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane

from codec.video.picture import PlaneArray
from codec.video.pixel_formats import PixelFormat


def ffmpeg_version() -> str:
    """The version of the FFmpeg libraries in PyAV, such as ``8.0``."""
    return str(av.ffmpeg_version_info)


def rows_of(plane: VideoPlane) -> PlaneArray:
    """The bytes of a plane, line by line from the top, padding included; writing to them changes the frame."""
    lines: PlaneArray = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, abs(plane.line_size))
    return lines[::-1] if plane.line_size < 0 else lines


def samples_of(plane: VideoPlane, own: PixelFormat) -> PlaneArray:
    """As :func:`rows_of`, of samples in the byte order of the format."""
    return rows_of(plane).view(own.raw_dtype)


def raw_planes_of(frame: VideoFrame, own: PixelFormat) -> list[PlaneArray]:
    """Copies of the planes of a frame of this format, as :meth:`PixelFormat.picture_of` takes them."""
    shapes = own.raw_shapes(frame.width, frame.height)
    return [
        samples_of(plane, own)[:rows, :columns].copy()
        for plane, (rows, columns) in zip(frame.planes, shapes, strict=True)
    ]
