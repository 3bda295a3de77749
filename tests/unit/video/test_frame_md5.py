"""Hashes of frames equal those of FFmpeg's muxers, field by field."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from codec.video.frame_md5 import FrameMd5, VideoMd5, md5_line
from codec.video.info import VideoInfo
from codec.video.picture import Frame
from codec.video.pixel_formats import PIXEL_FORMATS
from tests.formats import REPRESENTATIVE, noise_bytes
from tests.framemd5 import frame_lines, muxed_packets

RATE = Fraction(30000, 1001)


def info_of(pixel_format: str = "yuv420p") -> VideoInfo:
    return VideoInfo(33, 21, PIXEL_FORMATS[pixel_format], 1 / RATE, RATE)


def noise(info: VideoInfo, times: tuple[int, ...], last_duration: int | None = 1) -> list[Frame]:
    random = np.random.default_rng(5)
    frames = []
    for index, pts in enumerate(times):
        samples = noise_bytes(info.pixel_format, info.width, info.height, random)
        duration = times[index + 1] - pts if index + 1 < len(times) else last_duration
        frames.append(Frame(info.pixel_format.unpack(samples, info.width, info.height), pts, duration))
    return frames


def lines_of(info: VideoInfo, frames: list[Frame]) -> list[str]:
    hashes = FrameMd5(info)
    return [*hashes.head(), *map(hashes.line, frames)]


@pytest.mark.parametrize("pixel_format", REPRESENTATIVE)
def test_every_format_hashes_as_in_ffmpeg(pixel_format: str) -> None:
    info = info_of(pixel_format)
    frames = noise(info, (-3, 0, 1, 5))
    ours, ffmpegs = lines_of(info, frames), muxed_packets("framemd5", info, frames)
    assert [line for line in ours if "software" not in line] == [line for line in ffmpegs if "software" not in line]
    md5 = VideoMd5(info.pixel_format)
    for frame in frames:
        md5.add(frame.picture)
    assert [md5_line(md5.hexdigest())] == muxed_packets("md5", info, frames)


def test_the_shape_of_samples_is_in_the_head() -> None:
    info = replace(info_of(), sample_aspect_ratio=Fraction(64, 45))
    assert "#sar 0: 64/45" in FrameMd5(info).head()
    assert "#tb 0: 1001/30000" in FrameMd5(info).head()


def test_times_count_in_frames_of_the_frame_rate() -> None:
    """A Matroska file has milliseconds; FFmpeg's program rounds them to frames."""
    info = replace(info_of(), time_base=Fraction(1, 1000), frame_rate=Fraction(24))
    found = frame_lines(lines_of(info, noise(info, (0, 42, 83, 208), last_duration=None)))
    assert [cells[1:4] for cells in found] == [("0", "0", "1"), ("1", "1", "1"), ("2", "2", "3"), ("5", "5", "1")]


def test_without_a_frame_rate_times_stay_as_they_are() -> None:
    info = replace(info_of(), time_base=Fraction(1, 1000), frame_rate=None)
    frames = noise(info, (0, 42, 83), last_duration=None)
    assert lines_of(info, frames)[4] == "#tb 0: 1/1000"
    assert [cells[1:4] for cells in frame_lines(lines_of(info, frames))] == [
        ("0", "0", "42"),
        ("42", "42", "41"),
        ("83", "83", "0"),
    ]
