"""From a video to a .gvc and back, through the installed commands."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest

from codec.video.picture import rgb_to_ycocg_r
from tests.end_to_end.conftest import (
    TINY_GUIDED,
    TINY_TRAINING,
    brief_settling,
    call_json,
    call_ok,
    gray_planes,
    moving_picture,
    run_json,
    run_ok,
    slow,
    write_video,
)

SUMMARY_KEYS = {
    "raw_bytes",
    "total_bytes",
    "luma_bytes",
    "network_bytes",
    "color_bytes",
    "saved_percent",
    "frames",
    "seconds",
    "psnr_chroma_db",
    "ciede2000_mean",
    "ciede2000_p95",
    "colorfulness_original",
    "colorfulness_decoded",
}


@pytest.mark.parametrize("training", [TINY_GUIDED, *slow(TINY_TRAINING)], ids=["guided", "model"])
def test_raw_to_mp4(training: tuple[str, ...], raw_rgb: Path, tmp_path: Path) -> None:
    """The user's two commands, with nothing but names."""
    stream, video = tmp_path / "out.gvc", tmp_path / "out.mp4"
    summary = run_json("gvc-encode", raw_rgb, stream, *training, "--verify")
    assert summary.keys() >= SUMMARY_KEYS
    assert summary["raw_bytes"] == raw_rgb.stat().st_size
    assert summary["total_bytes"] == stream.stat().st_size
    parts = sum(summary[key] for key in ("luma_bytes", "network_bytes", "color_bytes", "copy_bytes", "other_bytes"))
    assert parts == summary["total_bytes"]
    assert summary["frames"] == 18
    assert summary["luma_is_lossless"]
    decoded = run_json("gvc-decode", stream, video)
    assert decoded["frames"] == 18
    with av.open(str(video)) as container:
        assert container.streams.video[0].codec_context.name == "h264"
        assert container.streams.video[0].average_rate == 24
        assert sum(1 for _ in container.decode(video=0)) == 18


@pytest.mark.parametrize(
    ("pixel_format", "width", "height"),
    [("yuv420p", 175, 143), ("yuv444p", 175, 143), ("yuv422p", 33, 17), ("gray", 31, 9), ("yuv420p", 64, 48)],
)
def test_default_gray_is_exact(pixel_format: str, width: int, height: int, tmp_path: Path) -> None:
    """Every gray sample of every frame, with default luma, at odd sizes too."""
    source, stream, back = tmp_path / "in.mkv", tmp_path / "x.gvc", tmp_path / "gray.y4m"
    grays = write_video(source, pixel_format=pixel_format, width=width, height=height, frames=8)
    call_ok("gvc-encode", source, stream, "--color", "none")
    call_ok("gvc-decode", stream, back, "--gray")
    assert gray_planes(back, ("gray",)) == grays


@pytest.mark.slow
def test_gray_of_rgb_is_exact_with_color_on_it(raw_rgb: Path, tmp_path: Path) -> None:
    stream, back = tmp_path / "x.gvc", tmp_path / "gray.raw"
    call_ok("gvc-encode", raw_rgb, stream, *TINY_TRAINING, "--quality-frames", "0")
    call_ok("gvc-decode", stream, back, "--gray")
    expected = b"".join(rgb_to_ycocg_r(moving_picture(64, 48, index)).luma.tobytes() for index in range(18))
    assert back.read_bytes() == expected


def test_color_output_keeps_the_gray(video: Path, encoded: Path, tmp_path: Path) -> None:
    """The Y plane of the decoded color video is the source's, to the bit."""
    run_ok("gvc-decode", encoded, tmp_path / "out.mkv", "--codec", "ffv1")
    assert gray_planes(tmp_path / "out.mkv") == gray_planes(video)


def test_raw_output_is_in_the_source_format(encoded: Path, raw_rgb: Path, tmp_path: Path) -> None:
    call_ok("gvc-decode", encoded, tmp_path / "out.raw")
    assert (tmp_path / "out.raw").stat().st_size == 18 * 64 * 48 * 3 // 2
    with brief_settling():
        call_ok("gvc-encode", raw_rgb, tmp_path / "x.gvc", *TINY_TRAINING, "--quality-frames", "0")
    call_ok("gvc-decode", tmp_path / "x.gvc", tmp_path / "rgb.raw")
    assert (tmp_path / "rgb.raw").stat().st_size == raw_rgb.stat().st_size


@pytest.mark.parametrize("name", ["out.mov", "out.webm", "out.y4m", "frames/"])
def test_other_outputs(encoded: Path, name: str, tmp_path: Path) -> None:
    call_ok("gvc-decode", encoded, f"{tmp_path}/{name}")
    if name == "frames/":
        assert len(list((tmp_path / "frames").glob("*.png"))) == 18
        return
    with av.open(str(tmp_path / name)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 18


@pytest.mark.parametrize("luma", ["raw", "zstd", "ffv1", "x264", "x265", "x265:crf=20", "svtav1", "x264:crf=18"])
def test_every_luma_codec(video: Path, luma: str, tmp_path: Path) -> None:
    """The gray alone, lossless ones to the bit, lossy ones near it."""
    stream, back = tmp_path / "x.gvc", tmp_path / "gray.y4m"
    summary = call_json("gvc-encode", video, stream, "--luma", luma, "--color", "none")
    call_ok("gvc-decode", stream, back, "--gray")
    originals = np.frombuffer(b"".join(gray_planes(video)), np.uint8).astype(float)
    decoded = np.frombuffer(b"".join(gray_planes(back, ("gray",))), np.uint8).astype(float)
    if summary["luma_is_lossless"]:
        assert np.array_equal(originals, decoded)
    else:
        assert np.mean(np.square(originals - decoded)) < 30


def test_info_names_what_is_inside(encoded: Path) -> None:
    text = call_ok("gvc-info", encoded).stdout.decode()
    assert "singh2020" in text
    description = json.loads(call_ok("gvc-info", encoded, "--json").stdout)
    assert description["num_frames"] == 18
    assert description["total_bytes"] == encoded.stat().st_size
    assert description["keyframes"] == sorted(set(description["keyframes"]))
    assert description["keyframes"][-1] < 18


@pytest.mark.slow
def test_same_seed_same_gray_and_keyframes(video: Path, encoded: Path, tmp_path: Path) -> None:
    call_ok("gvc-encode", video, tmp_path / "again.gvc", *TINY_TRAINING, "--segment-frames", "6")
    first, second = (json.loads(call_ok("gvc-info", p, "--json").stdout) for p in (encoded, tmp_path / "again.gvc"))
    assert first["keyframes"] == second["keyframes"]
    assert [s["luma_bytes"] for s in first["segments"]] == [s["luma_bytes"] for s in second["segments"]]
