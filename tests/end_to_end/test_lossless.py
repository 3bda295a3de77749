"""Lossless color through the installed commands: every bit comes back, on every machine."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from codec.lossless.predictor_weights import LUMA_PREDICTOR
from codec.native.isa import NUMPY, VARIABLE
from codec.native.library import available
from codec.video.pixel_formats import PIXEL_FORMATS
from container_format import StreamReader
from tests.end_to_end.conftest import (
    assert_one_line_error,
    call,
    call_json,
    call_ok,
    command,
    gray_planes,
    run_ok,
    write_video,
)
from tests.end_to_end.test_guided import raw_of, rewritten

PlaneArray = npt.NDArray[np.uint8]
UNTRAINED = ("--color", "lossless", "--effort", "none")
LOSSLESS = (*UNTRAINED, "--chroma", "network")
WIDTH, HEIGHT = 33, 21


def raw_rgb_video(path: Path, frames: Iterator[PlaneArray]) -> Path:
    """Frames (height, width, 3) uint8 as a raw file."""
    path.write_bytes(b"".join(frame.tobytes() for frame in frames))
    return path


def assert_comes_back(source: Path, tmp_path: Path, *options: str) -> None:
    """A raw RGB file survives encode and decode."""
    stream, back = tmp_path / "x.gvc", tmp_path / "out.raw"
    geometry = ("--size", f"{WIDTH}x{HEIGHT}", "--fps", "25", "--pix-fmt", "rgb24")
    call_json("gvc-encode", source, stream, *geometry, *LOSSLESS, *options)
    call_json("gvc-decode", stream, back)
    assert back.read_bytes() == source.read_bytes()


@pytest.fixture(scope="module")
def lossless(video: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lossless") / "small.gvc"
    run_ok("gvc-encode", video, path, *LOSSLESS, "--luma", "network", "--segment-frames", "6")
    return path


def test_every_bit_comes_back(video: Path, lossless: Path, tmp_path: Path) -> None:
    back, gray = tmp_path / "out.raw", tmp_path / "gray.y4m"
    run_ok("gvc-decode", lossless, back)
    assert back.read_bytes() == raw_of(video)
    run_ok("gvc-decode", lossless, gray, "--gray")
    assert gray_planes(gray) == gray_planes(video)


@pytest.mark.parametrize("isa", [*(kind.name for kind in available()), NUMPY])
def test_every_machine_decodes_the_same_bits(isa: str, lossless: Path, video: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.raw"
    line = [command("gvc-decode"), str(lossless), str(target), "--workers", "1"]
    result = subprocess.run(line, env={**os.environ, VARIABLE: isa}, capture_output=True, timeout=300, check=False)
    assert result.returncode == 0, result.stderr.decode()
    assert target.read_bytes() == raw_of(video)


def info_text(stream: Path) -> str:
    return call_ok("gvc-info", stream).stdout.decode()


@pytest.mark.parametrize("pixel_format", ["yuv444p", "yuv422p", "yuv411p"])
def test_other_chroma_at_odd_sizes(pixel_format: str, tmp_path: Path) -> None:
    source, stream, back = tmp_path / "in.mkv", tmp_path / "x.gvc", tmp_path / "out.raw"
    write_video(source, pixel_format=pixel_format, width=35, height=17, frames=3)
    summary = call_json("gvc-encode", source, stream, *LOSSLESS, "--verify")
    call_json("gvc-decode", stream, back)
    assert back.read_bytes() == raw_of(source)
    assert (summary["color"], summary["max_error"], summary["network"]) == ("lossless", 0, None)
    parts = ("luma_bytes", "network_bytes", "color_bytes", "copy_bytes", "other_bytes")
    assert sum(summary[part] for part in parts) == summary["total_bytes"] == stream.stat().st_size


def frames_of_kind(kind: str) -> Iterator[PlaneArray]:
    random = np.random.default_rng(1)
    shape = (HEIGHT, WIDTH, 3)
    for index in range(1 if kind == "one frame" else 5):
        if kind in ("black", "white"):
            yield np.full(shape, 255 if kind == "white" else 0, np.uint8)
        elif kind == "one color a frame":
            yield np.broadcast_to(random.integers(0, 256, 3), shape).astype(np.uint8)
        elif kind == "a cut at every frame":
            slope = np.add.outer(np.arange(HEIGHT) * (index + 2), np.arange(WIDTH) * 3)
            yield np.stack([slope, 255 - slope, slope * index], axis=-1).astype(np.uint8)
        else:
            yield random.integers(0, 256, shape).astype(np.uint8)


@pytest.mark.parametrize("kind", ["black", "white", "noise", "one frame", "one color a frame", "a cut at every frame"])
def test_videos_without_mercy(kind: str, tmp_path: Path) -> None:
    source = raw_rgb_video(tmp_path / "in.raw", frames_of_kind(kind))
    assert_comes_back(source, tmp_path, "--luma", "network", "--segment-frames", "3")


@pytest.mark.parametrize(
    ("pixel_format", "luma", "chroma", "decoder"),
    [("yuv420p", "x264", "x264", "h264"), ("yuv422p", "network", "ffv1", "ffv1"), ("yuv444p", "ffv1", "ffv1", "ffv1")],
)
def test_chroma_through_a_video_codec(pixel_format: str, luma: str, chroma: str, decoder: str, tmp_path: Path) -> None:
    source, stream, back = tmp_path / "in.mkv", tmp_path / "x.gvc", tmp_path / "out.raw"
    write_video(source, pixel_format=pixel_format, width=35, height=17, frames=5)
    options = ("--chroma", chroma, "--luma", luma, "--segment-frames", "3", "--verify")
    summary = call_json("gvc-encode", source, stream, *UNTRAINED, *options)
    call_json("gvc-decode", stream, back)
    assert back.read_bytes() == raw_of(source)
    assert summary["chroma"] == chroma
    assert f"color      lossless, chroma {decoder}" in info_text(stream)


def test_the_smallest_way_of_the_chroma_is_taken(tmp_path: Path) -> None:
    """Edges as sharp as these, and colors as strong, are nothing that the network has seen."""
    source = tmp_path / "in.raw"
    blocks = np.kron(np.random.default_rng(3).integers(0, 2, (8, 8, 3)) * 255, np.ones((8, 8, 1))).astype(np.uint8)
    raw_rgb_video(source, (np.roll(blocks, 3 * index, axis=1) for index in range(6)))
    geometry = ("--size", "64x64", "--fps", "25", "--pix-fmt", "rgb24")
    sizes = {}
    for chroma in ("auto", "network", "x264", "ffv1"):
        options = ("--chroma", chroma, "--luma", "ffv1")
        summary = call_json("gvc-encode", source, tmp_path / f"{chroma}.gvc", *geometry, *UNTRAINED, *options)
        sizes[chroma] = summary["total_bytes"]
        assert summary["chroma"] == ("x264" if chroma == "auto" else chroma)
    assert sizes["auto"] == sizes["x264"] == min(sizes.values()) < sizes["network"]
    call_ok("gvc-decode", tmp_path / "auto.gvc", tmp_path / "out.raw")
    assert (tmp_path / "out.raw").read_bytes() == source.read_bytes()


@pytest.mark.parametrize(
    ("pixel_format", "luma", "decoder"),
    [("yuv420p", "auto", "h264"), ("yuv422p", "x264:preset=fast", "h264"), ("yuv411p", "auto", "ffv1")],
)
def test_gray_and_chroma_in_one_picture(pixel_format: str, luma: str, decoder: str, tmp_path: Path) -> None:
    source, stream, back, gray = (tmp_path / name for name in ("in.mkv", "x.gvc", "out.raw", "gray.y4m"))
    write_video(source, pixel_format=pixel_format, width=35, height=17, frames=5)
    options = ("--chroma", "joint", "--luma", luma, "--segment-frames", "3", "--verify")
    summary = call_json("gvc-encode", source, stream, *UNTRAINED, *options)
    call_json("gvc-decode", stream, back)
    assert back.read_bytes() == raw_of(source)
    assert (summary["chroma"], summary["color_bytes"]) == ("joint", 0)
    assert f"gray       {decoder} (lossless) and chroma" in info_text(stream)
    call_json("gvc-decode", stream, gray, "--gray")
    assert gray_planes(gray) == raw_gray_planes(raw_of(source), pixel_format)


def raw_gray_planes(raw: bytes, pixel_format: str) -> list[bytes]:
    size = PIXEL_FORMATS[pixel_format].frame_bytes(35, 17)
    return [raw[start : start + 35 * 17] for start in range(0, len(raw), size)]


def test_one_picture_is_taken_where_it_is_the_smallest(tmp_path: Path) -> None:
    """Nothing tells noise, so that every way but the shortest is too long."""
    source = tmp_path / "in.raw"
    source.write_bytes(np.random.default_rng(3).integers(0, 256, (12, 64 * 64 * 3 // 2), np.uint8).tobytes())
    geometry = ("--size", "64x64", "--fps", "25", "--pix-fmt", "yuv420p")
    sizes = {}
    for chroma in ("auto", "network", "x264", "ffv1", "joint"):
        stream = tmp_path / f"{chroma}.gvc"
        sizes[chroma] = call_json("gvc-encode", source, stream, *geometry, *UNTRAINED, "--chroma", chroma)[
            "total_bytes"
        ]
    assert sizes["auto"] == sizes["joint"] == min(sizes.values()) < min(sizes["network"], sizes["x264"], sizes["ffv1"])


@pytest.mark.parametrize(("pixel_format", "luma"), [("yuv420p", "network"), ("yuv411p", "x264"), ("yuv420p", "zstd")])
def test_no_joint_picture_by_other_codecs(pixel_format: str, luma: str, tmp_path: Path) -> None:
    source = tmp_path / "in.mkv"
    write_video(source, pixel_format=pixel_format, width=32, height=16, frames=2)
    result = call("gvc-encode", source, tmp_path / "x.gvc", *UNTRAINED, "--chroma", "joint", "--luma", luma)
    assert_one_line_error(result, 3, "--chroma joint", pixel_format)


def test_no_joint_picture_of_rgb(raw_rgb: Path, tmp_path: Path) -> None:
    result = call("gvc-encode", raw_rgb, tmp_path / "x.gvc", *UNTRAINED, "--chroma", "joint")
    assert_one_line_error(result, 3, "--chroma joint", "rgb24")


def test_networks_trained_on_the_video_pay_or_stay_away(raw_rgb: Path, tmp_path: Path) -> None:
    plain, trained, back = tmp_path / "plain.gvc", tmp_path / "trained.gvc", tmp_path / "out.raw"
    before = call_json("gvc-encode", raw_rgb, plain, *LOSSLESS, "--luma", "ffv1")
    options = (*LOSSLESS[:2], "--chroma", "network", "--luma", "ffv1", "--effort", "fast", "--max-seconds", "4")
    after = call_json("gvc-encode", raw_rgb, trained, *options)
    assert before["network_bytes"] == 0
    assert after["total_bytes"] <= before["total_bytes"] * 1.02
    call_ok("gvc-decode", trained, back)
    assert back.read_bytes() == raw_rgb.read_bytes()


def test_chroma_within_an_error(raw_rgb: Path, tmp_path: Path) -> None:
    sizes = []
    for error in (0, 1, 3):
        stream, back = tmp_path / f"{error}.gvc", tmp_path / f"{error}.raw"
        summary = call_json("gvc-encode", raw_rgb, stream, *LOSSLESS, "--max-error", str(error))
        call_json("gvc-decode", stream, back)
        first, second = (np.frombuffer(path.read_bytes(), np.uint8).reshape(-1, 3) for path in (raw_rgb, back))
        for one, two in zip(ycocg(first), ycocg(second), strict=True):
            assert np.abs(one - two).max() <= error
        assert np.array_equal(ycocg(first)[0], ycocg(second)[0])
        assert summary["max_error"] == error
        sizes.append(summary["color_bytes"])
    assert sizes == sorted(sizes, reverse=True)


def ycocg(rgb: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.int_], ...]:
    red, green, blue = (rgb[:, channel].astype(int) for channel in range(3))
    orange = red - blue
    middle = blue + (orange >> 1)
    return middle + ((green - middle) >> 1), orange, green - middle


def test_damaged_samples_are_an_error(lossless: Path, tmp_path: Path) -> None:
    bad, back = tmp_path / "bad.gvc", tmp_path / "out.raw"
    stream = lossless.read_bytes()
    bad.write_bytes(rewritten(stream, 1, color_crc32=1))
    assert_one_line_error(call("gvc-decode", bad, back), 4, "color of segment 1", "--no-verify")
    bad.write_bytes(rewritten(stream, 1, luma_crc32=1))
    assert_one_line_error(call("gvc-decode", bad, back), 4, "gray of segment 1")
    assert not back.exists()
    run_ok_with_loss = call("gvc-decode", bad, back, "--recover")
    assert run_ok_with_loss.returncode == 7
    with bad.open("rb") as file:
        planes = StreamReader(file).header.planes
    assert planes is not None
    assert planes.luma_predictor == LUMA_PREDICTOR


def test_info_tells_of_it(lossless: Path) -> None:
    text = info_text(lossless)
    assert "gray       network (lossless)" in text
    assert "color      lossless" in text


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--color", "lossless", "--luma", "x265:crf=20"), 3, ("lossless --luma", "x265:crf=20")),
        (("--color", "guided", "--max-error", "1"), 2, ("--max-error", "guided")),
        (("--color", "lossless", "--max-error", "4096"), 3, ("--max-error from 0 to 4095", "4096")),
        (("--color", "guided", "--effort", "none"), 3, ("--effort", "none")),
        (("--color", "lossless", "--chroma", "vp9"), 3, ("--chroma", "auto, adaptive, network, x264, ffv1", "vp9")),
        (("--color", "coded", "--chroma", "ffv1"), 2, ("--chroma", "coded")),
        (("--color", "lossless", "--hints", "2:x265:crf=30", "--network", "nonsense"), 2, ("--hints", "lossless")),
        (("--color", "lossless", "--network", "nonsense"), 2, ("--network", "lossless")),
        (("--color", "none", "--effort", "best"), 2, ("--effort", "none")),
        (("--hints", "2:network"), 3, ("plane codec", "2:network")),
        (("--hints", "2:auto"), 3, ("plane codec", "2:auto")),
        (("--color", "model", "--effort", "fast"), 3, ("--effort", "singh2020")),
    ],
)
def test_wrong_choices_are_named_before_a_frame_is_read(
    options: tuple[str, ...], code: int, words: tuple[str, ...], tmp_path: Path
) -> None:
    """The input does not even exist: what is wrong with the options is found first."""
    result = call("gvc-encode", tmp_path / "missing.mp4", tmp_path / "x.gvc", *options)
    assert_one_line_error(result, code, *words)
