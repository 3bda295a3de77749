"""R'G'B' that a program made of a video file: coded as the 4:2:0 of that file, and exact."""

from __future__ import annotations

import platform
from pathlib import Path

import av
import numpy as np
import pytest

import gvc
from tests.end_to_end.conftest import call_json, call_ok

SAMPLE = Path(__file__).parents[2] / "samples" / "demo_cc0_flower_320x180_15fps.mp4"
SIZE, FRAMES = "320x180", 10

pytestmark = pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"), reason="FFmpeg makes R'G'B' in another way here"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw R'G'B' of the first frames, and beside it their raw 4:2:0."""
    path = tmp_path_factory.mktemp("made") / "made.rgb"
    with av.open(str(SAMPLE)) as container, path.open("wb") as rgb, path.with_suffix(".yuv").open("wb") as yuv:
        for _, frame in zip(range(FRAMES), container.decode(video=0), strict=False):
            rgb.write(frame.to_ndarray(format="rgb24").tobytes())
            yuv.write(frame.to_ndarray(format="yuv420p").tobytes())
    return path


@pytest.fixture(scope="module")
def stream(made: Path) -> Path:
    """It, encoded in segments by two workers."""
    path = made.with_suffix(".gvc")
    options = ("-s", SIZE, "-r", "15", "--color", "lossless", "--segment-frames", "4", "--workers", "2", "--source-md5")
    report = call_json("gvc-encode", made, path, *options)
    assert any("made of 4:2:0" in note for note in report["notes"])
    return path


def test_it_costs_what_the_video_costs_that_it_was_made_of(made: Path, stream: Path) -> None:
    other = made.with_name("other.gvc")
    options = ("-s", SIZE, "-r", "15", "--color", "lossless", "--segment-frames", "4")
    call_json("gvc-encode", made.with_suffix(".yuv"), other, *options)
    assert stream.stat().st_size < 1.02 * other.stat().st_size


@pytest.mark.parametrize("workers", ["1", "2"])
def test_every_bit_comes_out_again(made: Path, stream: Path, tmp_path: Path, workers: str) -> None:
    call_ok("gvc-decode", stream, tmp_path / "out.rgb", "--workers", workers)
    assert (tmp_path / "out.rgb").read_bytes() == made.read_bytes()
    call_ok("gvc-verify", stream, made, "-s", SIZE, "-r", "15")


def test_frames_and_gray_are_those_of_rgb(made: Path, stream: Path, tmp_path: Path) -> None:
    frames = np.fromfile(made, np.uint8).reshape(FRAMES, 180, 320, 3)
    with gvc.open(stream) as video:
        assert video.metadata.pixel_format == "rgb24"
        np.testing.assert_array_equal(np.moveaxis(video[7].data, 0, -1), frames[7])
        red, green, blue = np.moveaxis(frames[7].astype(int), -1, 0)
        middle = blue + ((red - blue) >> 1)
        np.testing.assert_array_equal(video.gray[7].data, middle + ((green - middle) >> 1))  # the luma of YCoCg-R
        grays = b"".join(frame.data.tobytes() for frame in video.gray)
    call_ok("gvc-decode", stream, tmp_path / "gray.raw", "--gray")
    assert (tmp_path / "gray.raw").read_bytes() == grays
