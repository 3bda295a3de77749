"""Parts of videos, to the frame, with their sound, through the commands."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

import gvc
from tests.end_to_end.conftest import (
    assert_one_line_error,
    call,
    call_json,
    call_ok,
    gray_planes,
    moving_picture,
    run_ok,
)

LOSSLESS = ("--color", "lossless", "--luma", "x264", "--chroma", "joint", "--gop", "6")
FRAMES, RATE, SOUND_RATE = 30, 24, 48_000


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video with uncompressed sound whose samples are their own numbers, modulo 2**15."""
    path = tmp_path_factory.mktemp("parts") / "source.mkv"
    with av.open(str(path), "w") as container:
        video = container.add_stream("ffv1", rate=Fraction(RATE))
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        audio = container.add_stream("pcm_s16le", rate=SOUND_RATE, layout="mono")
        for index in range(FRAMES):
            frame = av.VideoFrame.from_ndarray(moving_picture(64, 48, index)).reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, RATE)
            container.mux(video.encode(frame))
            per_frame = SOUND_RATE // RATE
            samples = np.arange(index * per_frame, (index + 1) * per_frame, dtype=np.int64) % 2**15
            sound = av.AudioFrame.from_ndarray(samples.astype(np.int16)[None], format="s16", layout="mono")
            sound.sample_rate, sound.pts, sound.time_base = SOUND_RATE, index * per_frame, Fraction(1, SOUND_RATE)
            container.mux(audio.encode(sound))
        container.mux(video.encode(None))
        container.mux(audio.encode(None))
    return path


@pytest.fixture(scope="module")
def stream(source: Path) -> Path:
    path = source.with_suffix(".gvc")
    run_ok("gvc-encode", source, path, *LOSSLESS)
    return path


def sound_of(path: Path) -> tuple[Fraction, np.ndarray]:
    """When the sound begins, in seconds, and its samples."""
    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
        assert frames[0].pts is not None
        return frames[0].pts * frames[0].time_base, np.concatenate([frame.to_ndarray().ravel() for frame in frames])


def test_a_part_of_a_stream(source: Path, stream: Path, tmp_path: Path) -> None:
    part = tmp_path / "part.mkv"
    report = call_json("gvc-decode", stream, part, "--codec", "ffv1", "--start", "0.5", "--end", "0:01.0")
    assert report["frames"] == 12
    assert report["segments"] == 2
    assert gray_planes(part) == gray_planes(source)[12:24]
    begin, samples = sound_of(part)
    assert begin == pytest.approx(0, abs=0.001)
    assert samples[0] == SOUND_RATE // 2 % 2**15
    assert len(samples) == SOUND_RATE // 2


def test_some_frames_of_a_stream(source: Path, stream: Path, tmp_path: Path) -> None:
    assert call_json("gvc-decode", stream, tmp_path / "x.y4m", "--frames", "5:20", "--every", "4")["frames"] == 4
    found = gray_planes(tmp_path / "x.y4m")
    assert found == gray_planes(source)[5:20:4]
    with gvc.open(stream) as video:
        assert [frame.data.tobytes() for frame in video.gray[5:20:4]] == found
    piped = run_ok("gvc-decode", "-", "-", "--frames", "5:20", "--every", "4", stdin=stream.read_bytes())
    assert piped.stdout == (tmp_path / "x.y4m").read_bytes()


def test_a_part_of_a_source(source: Path, tmp_path: Path) -> None:
    arguments = ("--start", "0.5", "--end", "1", "--verify")
    assert call_json("gvc-encode", source, tmp_path / "part.gvc", *LOSSLESS, *arguments)["frames"] == 12
    call_ok("gvc-decode", tmp_path / "part.gvc", tmp_path / "part.mkv", "--codec", "ffv1")
    assert gray_planes(tmp_path / "part.mkv") == gray_planes(source)[12:24]
    _, samples = sound_of(tmp_path / "part.mkv")
    assert (samples[0], len(samples)) == (SOUND_RATE // 2 % 2**15, SOUND_RATE // 2)
    report = call_json("gvc-encode", source, tmp_path / "first.gvc", *LOSSLESS, "--start", "0.5", "--frames", "3")
    assert report["frames"] == 3


@pytest.mark.parametrize(("gop", "segments"), [("6", 5), ("0.5s", 3), ("1s", 2), ("100", 1)])
def test_shorter_segments(gop: str, segments: int, source: Path, tmp_path: Path) -> None:
    report = call_json("gvc-encode", source, tmp_path / "x.gvc", *LOSSLESS[:-1], gop)
    assert report["segments"] == segments
    assert (report["gop"], report["gop_segments"]) == (gop, segments - 1)
    assert (report["gop_bytes"] > 0) == (segments > 1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--start", "soon"), ("expected a time such as 12.5", "Received: soon")),
        (("--end", "0"), ("expected --end behind the start",)),
        (("--frames", "7"), ("expected frames such as 100:200", "Received: 7")),
        (("--frames", "100:"), ("expected frames in the part", "30 frames")),
        (("--every", "0"), ("expected --every of 1 or more",)),
        (("--start", "1", "--restore-files"), ("the whole video with --restore-files",)),
    ],
)
def test_parts_that_are_none(arguments: tuple[str, ...], words: tuple[str, ...], stream: Path, tmp_path: Path) -> None:
    result = call("gvc-decode", stream, tmp_path / "out.y4m", *arguments)
    code = 6 if "--restore-files" in arguments else 3
    assert_one_line_error(result, code, *words)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("gop", ["0", "0s", "-1", "ten", "1.5", "5000"])
def test_segments_that_are_none(gop: str, source: Path, tmp_path: Path) -> None:
    result = call("gvc-encode", source, tmp_path / "out.gvc", *LOSSLESS[:-2], f"--gop={gop}")
    assert_one_line_error(result, 3, "--gop")
    assert not list(tmp_path.iterdir())
