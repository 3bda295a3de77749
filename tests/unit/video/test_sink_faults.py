"""codec.video.sinks.container: nothing half-written, and errors of one line."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from codec.errors import ClosedPipeError, OutputError
from codec.video.convert import video_frame
from codec.video.picture import Frame, Picture
from codec.video.sinks.opening import open_sink
from codec.video.sinks.options import SinkOptions
from tests.unit.video.written_videos import (
    names_in,
    planes_of,
    read_video,
    smooth_frames,
    video_info,
)


@pytest.mark.parametrize("file", ["a.mp4", "a.mkv"])
def test_nothing_appears_before_close_or_after_abort(tmp_path: Path, file: str) -> None:
    info = video_info("yuv420p")
    sink = open_sink(str(tmp_path / file), info, SinkOptions())
    for frame in smooth_frames(info, tuple(range(0, 2500, 25))):
        sink.write(frame)
    assert not (tmp_path / file).exists()
    sink.abort()
    sink.abort()
    del sink
    assert names_in(tmp_path) == []


def test_abort_after_close_keeps_the_file(tmp_path: Path) -> None:
    info = video_info("yuv420p")
    sink = open_sink(str(tmp_path / "a.mp4"), info, SinkOptions())
    sink.write(smooth_frames(info)[0])
    sink.close()
    sink.abort()
    assert names_in(tmp_path) == ["a.mp4"]
    assert len(read_video(tmp_path / "a.mp4").frames) == 1


@pytest.mark.parametrize(
    ("file", "options", "said"),
    [
        ("a.mp4", SinkOptions(codec="ffv1"), "h264"),
        ("a.webm", SinkOptions(codec="h264"), "vp9, av1"),
        ("a.mp4", SinkOptions(codec="divx"), "divx"),
        ("a.mp4", SinkOptions(crf=99), "0 to 51"),
        ("a.mkv", SinkOptions(codec="ffv1", crf=3), "lossless"),
        ("a.mp4", SinkOptions(preset="turbo"), "veryslow"),
        ("a.mkv", SinkOptions(codec="ffv1", preset="slow"), "slow"),
        ("a.mp4", SinkOptions(codec="av1", pixel_format="yuv444p"), "yuv420p"),
        ("a.mp4", SinkOptions(pixel_format="yuv420p10le"), "yuv420p10le"),
        ("a.mp4", SinkOptions(pixel_format="yuv420p"), "even sizes"),
    ],
)
def test_unfit_wishes_are_one_line(tmp_path: Path, file: str, options: SinkOptions, said: str) -> None:
    with pytest.raises(OutputError) as caught:
        open_sink(str(tmp_path / file), video_info("yuv420p", 35, 27), options)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert names_in(tmp_path) == []


def test_a_video_that_the_encoder_refuses_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught:
        open_sink(str(tmp_path / "a.mp4"), video_info("yuv420p", 70000, 2), SinkOptions())
    assert "\n" not in str(caught.value)
    assert names_in(tmp_path) == []


@pytest.mark.parametrize(("code", "said"), [(errno.ENOSPC, "No space left on device"), (errno.EPIPE, "stopped")])
@pytest.mark.parametrize("file", ["a.mp4", "a.mkv"])
def test_a_write_that_fails_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, said: str, file: str
) -> None:
    info = video_info("yuv420p", 320, 240)
    sink = open_sink(str(tmp_path / file), info, SinkOptions(crf=0))
    noise = np.random.default_rng(0).integers(0, 256, (240, 320), np.uint8)
    chroma = (noise[:120, :160].copy(), noise[120:, 160:].copy())

    class Failing(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(code, os.strerror(code))

    monkeypatch.setattr(sink._gate, "_stream", Failing())  # type: ignore[attr-defined]
    with pytest.raises(OutputError, match=said) as caught:  # noqa: PT012 - buffers decide which call
        for number in range(40):
            sink.write(Frame(Picture(noise, chroma), number * 25))
        sink.close()
    assert isinstance(caught.value, ClosedPipeError) == (code == errno.EPIPE)
    assert "\n" not in str(caught.value)
    sink.abort()
    assert names_in(tmp_path) == []


def test_full_disk_is_one_line() -> None:
    info = video_info("yuv420p")
    with pytest.raises(OutputError, match="No space left on device"):  # noqa: PT012 - buffers decide which call
        sink = open_sink("/dev/full", info, SinkOptions(kind="mkv"))
        for frame in smooth_frames(info):
            sink.write(frame)
        sink.close()


@pytest.mark.parametrize("kind", ["mp4", "mov", "mkv", "webm"])
def test_standard_output_takes_every_container(kind: str) -> None:
    code = f"""
from fractions import Fraction
import numpy as np
from codec.video.info import VideoInfo
from codec.video.picture import Frame, Picture
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sinks.opening import open_sink
from codec.video.sinks.options import SinkOptions
info = VideoInfo(64, 48, PIXEL_FORMATS["gray"], Fraction(1, 24), Fraction(24))
sink = open_sink("-", info, SinkOptions(kind={kind!r}))
for number in range(5):
    sink.write(Frame(Picture(np.full((48, 64), 50 * number, np.uint8)), number))
sink.close()
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert result.stderr == b""
    read = read_video(io.BytesIO(result.stdout))
    assert [round(float(planes_of(frame)[0].mean()) / 50) for frame in read.frames] == [0, 1, 2, 3, 4]
    assert read.seconds == pytest.approx([number / 24 for number in range(5)], abs=0.0011)


def test_frames_for_encoders_respect_padded_lines() -> None:
    info = video_info("yuv422p", 35, 27)
    picture = smooth_frames(info)[0].picture
    frame = video_frame(picture, "yuv422p")
    assert frame.planes[0].line_size > 35
    for plane, samples in zip(planes_of(frame), [picture.luma, *picture.chroma_planes()], strict=True):
        assert np.array_equal(plane, samples)
