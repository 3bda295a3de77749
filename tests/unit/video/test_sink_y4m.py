"""codec.video.sinks.y4m, read back by FFmpeg."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from codec.errors import OutputError
from codec.video.convert import PictureConverter
from codec.video.info import ColorDescription, VideoInfo
from codec.video.picture import Frame, Picture
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sinks.opening import open_sink
from codec.video.sinks.options import SinkOptions

RATE = Fraction(30000, 1001)


def names_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def video_info(pixel_format: str, color_range: int = 0) -> VideoInfo:
    return VideoInfo(175, 143, PIXEL_FORMATS[pixel_format], 1 / RATE, RATE, ColorDescription(color_range))


def random_frames(info: VideoInfo, count: int = 3) -> list[Frame]:
    generator = np.random.default_rng(7)
    raw = [generator.integers(0, 256, info.raw_frame_bytes, np.uint8).tobytes() for _ in range(count)]
    return [Frame(info.pixel_format.unpack(data, info.width, info.height), i) for i, data in enumerate(raw)]


def write_y4m(path: Path, info: VideoInfo, frames: list[Frame], options: SinkOptions) -> tuple[str, ...]:
    sink = open_sink(str(path), info, options)
    for frame in frames:
        sink.write(frame)
    assert not path.exists()
    sink.close()
    return sink.notes


def read_planes(path: Path) -> tuple[str, list[list[np.ndarray[tuple[int, int], np.dtype[np.uint8]]]]]:
    with av.open(str(path)) as source:
        frames = list(source.decode(video=0))
        assert source.streams.video[0].average_rate == RATE
        planes = [
            [
                np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, -1)[:, : plane.width].copy()
                for plane in frame.planes
            ]
            for frame in frames
        ]
        return frames[0].format.name, planes


def expected_planes(picture: Picture) -> list[np.ndarray[tuple[int, int], np.dtype[np.uint8]]]:
    return [picture.luma, *(picture.chroma or ())]


@pytest.mark.parametrize("name", ["gray", "yuv420p", "nv12", "yuv411p", "yuv422p", "yuv444p"])
def test_yuv_comes_out_to_the_bit(tmp_path: Path, name: str) -> None:
    info = video_info(name)
    frames = random_frames(info)
    assert write_y4m(tmp_path / "out.y4m", info, frames, SinkOptions()) == ()
    read_format, planes = read_planes(tmp_path / "out.y4m")
    assert read_format == {"nv12": "yuv420p"}.get(name, name)
    assert len(planes) == len(frames)
    for frame, read in zip(frames, planes, strict=True):
        for expected, plane in zip(expected_planes(frame.picture), read, strict=True):
            assert np.array_equal(plane, expected)


@pytest.mark.parametrize("name", ["rgb24", "bgr24", "yuv440p", "yuv410p"])
def test_others_become_444_with_a_note(tmp_path: Path, name: str) -> None:
    info = video_info(name)
    frames = random_frames(info, 1)
    (note,) = write_y4m(tmp_path / "out.y4m", info, frames, SinkOptions())
    assert f"{name} was converted to yuv444p" in note
    read_format, planes = read_planes(tmp_path / "out.y4m")
    assert read_format == "yuv444p"
    converted = PictureConverter(info, PIXEL_FORMATS["yuv444p"]).picture(frames[0].picture)
    for expected, plane in zip(expected_planes(converted), planes[0], strict=True):
        assert np.array_equal(plane, expected)


@pytest.mark.parametrize(
    ("name", "color_range", "tag"),
    [
        ("yuv420p", 0, b"C420jpeg\n"),
        ("yuv420p", 1, b"C420jpeg XCOLORRANGE=LIMITED\n"),
        ("yuv444p", 2, b"C444 XCOLORRANGE=FULL\n"),
        ("rgb24", 2, b"C444 XCOLORRANGE=LIMITED\n"),
    ],
)
def test_stream_header(tmp_path: Path, name: str, color_range: int, tag: bytes) -> None:
    info = replace(video_info(name, color_range), sample_aspect_ratio=Fraction(4, 3))
    write_y4m(tmp_path / "out.y4m", info, [], SinkOptions())
    assert (tmp_path / "out.y4m").read_bytes() == b"YUV4MPEG2 W175 H143 F30000:1001 Ip A4:3 " + tag


@pytest.mark.parametrize(("name", "range_tag"), [("rgb24", b" XCOLORRANGE=FULL"), ("yuv420p", b" XCOLORRANGE=LIMITED")])
def test_gray_only_is_mono_with_its_range(tmp_path: Path, name: str, range_tag: bytes) -> None:
    info = video_info(name)
    frames = random_frames(info, 2)
    write_y4m(tmp_path / "out.y4m", info, frames, SinkOptions(gray_only=True))
    data = (tmp_path / "out.y4m").read_bytes()
    header = b"YUV4MPEG2 W175 H143 F30000:1001 Ip A0:0 Cmono" + range_tag + b"\n"
    assert data == header + b"".join(b"FRAME\n" + frame.picture.luma.tobytes() for frame in frames)


def test_lost_times_are_noted_once(tmp_path: Path) -> None:
    info = replace(video_info("gray"), time_base=Fraction(1, 1000))
    frames = random_frames(info, 6)
    regular = [replace(frame, pts=round(1000 / RATE * i)) for i, frame in enumerate(frames)]
    assert write_y4m(tmp_path / "a.y4m", info, regular, SinkOptions()) == ()
    irregular = [replace(frame, pts=frame.pts + (40 if i > 2 else 0)) for i, frame in enumerate(regular)]
    (note,) = write_y4m(tmp_path / "b.y4m", info, irregular, SinkOptions())
    assert "no times" in note


def test_unknown_rate_is_noted(tmp_path: Path) -> None:
    info = replace(video_info("gray"), frame_rate=None)
    (note,) = write_y4m(tmp_path / "a.y4m", info, [], SinkOptions())
    assert "25 frames a second" in note


def test_abort_leaves_nothing(tmp_path: Path) -> None:
    info = video_info("gray")
    sink = open_sink(str(tmp_path / "a.y4m"), info, SinkOptions())
    sink.write(random_frames(info, 1)[0])
    sink.abort()
    assert names_in(tmp_path) == []


def test_rgb_cannot_be_asked_for(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="rgb24"):
        open_sink(str(tmp_path / "a.y4m"), video_info("rgb24"), SinkOptions(pixel_format="rgb24"))
    assert names_in(tmp_path) == []


def test_full_disk_is_one_line() -> None:
    info = video_info("gray")
    with pytest.raises(OutputError, match="No space left on device"):  # noqa: PT012 - buffers decide which call
        sink = open_sink("/dev/full", info, SinkOptions(kind="y4m"))
        for frame in random_frames(info):
            sink.write(frame)
        sink.close()
