"""Formats that no container in PyAV carries, frame by frame."""

from __future__ import annotations

import av
import numpy as np
import pytest

from codec.errors import InputError
from codec.video.picture import ycocg_r_to_rgb
from codec.video.sources.decoded_frames import picture_of, source_format


def noise_frame(width: int, height: int, pixel_format: str) -> av.VideoFrame:
    frame = av.VideoFrame(width, height, pixel_format)
    rng = np.random.default_rng(4)
    for plane in frame.planes:
        plane.update(rng.bytes(plane.buffer_size))
    return frame


def rows_of(frame: av.VideoFrame, index: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    plane = frame.planes[index]
    return np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)


@pytest.mark.parametrize(("pixel_format", "target", "columns"), [("nv16", "nv16", 18), ("nv24", "nv24", 35)])
def test_semi_planar(pixel_format: str, target: str, columns: int) -> None:
    frame = noise_frame(35, 21, pixel_format)
    assert source_format(frame).name == target
    picture = picture_of(frame)
    np.testing.assert_array_equal(picture.luma, rows_of(frame, 0)[:21, :35])
    first, second = picture.chroma_planes()
    np.testing.assert_array_equal(first, rows_of(frame, 1)[:21, 0 : 2 * columns : 2])
    np.testing.assert_array_equal(second, rows_of(frame, 1)[:21, 1 : 2 * columns : 2])


@pytest.mark.parametrize("pixel_format", ["gbrp", "gbrap"])
def test_planar_rgb(pixel_format: str) -> None:
    frame = noise_frame(35, 21, pixel_format)
    picture = picture_of(frame)
    rgb = ycocg_r_to_rgb(picture)
    for channel, plane in enumerate((2, 0, 1)):
        np.testing.assert_array_equal(rgb[..., channel], rows_of(frame, plane)[:21, :35])
    if pixel_format == "gbrap":
        np.testing.assert_array_equal(picture.alpha, rows_of(frame, 3)[:21, :35])
    else:
        assert picture.alpha is None


def test_the_picture_does_not_share_memory_with_the_frame() -> None:
    for pixel_format in ("yuv420p", "nv12", "gray", "yuyv422", "rgb24"):
        frame = noise_frame(16, 16, pixel_format)
        picture = picture_of(frame)
        before = picture.luma.copy()
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        np.testing.assert_array_equal(picture.luma, before)


@pytest.mark.parametrize(
    "pixel_format", ["bayer_rggb8", "uyyvyy411", "vuyx", "v30xle", "grayf32le", "bayer_rggb16le", "xyz12le"]
)
def test_unknown_layouts_are_refused(pixel_format: str) -> None:
    with pytest.raises(InputError, match=f"Received: {pixel_format}"):
        picture_of(av.VideoFrame(16, 16, pixel_format))
