"""Guided color through the installed commands: close to the source, the same to the bit everywhere, and checked."""

from __future__ import annotations

import io
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from codec.native.isa import NUMPY, VARIABLE
from codec.native.library import available
from codec.video.sources import SourceOptions, open_source
from container_format import NetworkRecord, SegmentRecord, StreamReader, StreamWriter
from tests.end_to_end.conftest import (
    TINY_GUIDED,
    assert_one_line_error,
    call,
    call_json,
    call_ok,
    command,
    gray_planes,
    run_ok,
    write_video,
)


@pytest.fixture(scope="module")
def guided(video: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("guided") / "small.gvc"
    run_ok("gvc-encode", video, path, *TINY_GUIDED, "--segment-frames", "6")
    return path


@pytest.fixture(scope="module")
def decoded(guided: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("decoded") / "small.raw"
    run_ok("gvc-decode", guided, path)
    return path.read_bytes()


def frames_of(raw: bytes, width: int = 64, height: int = 48) -> np.ndarray[Any, Any]:
    """(frames, samples) uint8 of 4:2:0 video."""
    return np.frombuffer(raw, np.uint8).reshape(-1, width * height * 3 // 2)


def psnr_chroma(first: bytes, second: bytes) -> float:
    one, two = (frames_of(raw)[:, 64 * 48 :].astype(float) for raw in (first, second))
    return float(10 * np.log10(255**2 / np.mean((one - two) ** 2)))


def raw_of(video: Path) -> bytes:
    source = open_source(str(video), SourceOptions())
    return b"".join(source.info.pixel_format.pack(frame.picture) for frame in source.frames())


def test_color_is_close_and_gray_is_exact(video: Path, guided: Path, decoded: bytes, tmp_path: Path) -> None:
    original = raw_of(video)
    assert len(decoded) == len(original)
    np.testing.assert_array_equal(frames_of(decoded)[:, : 64 * 48], frames_of(original)[:, : 64 * 48])
    assert psnr_chroma(decoded, original) > 33
    call_ok("gvc-decode", guided, tmp_path / "gray.y4m", "--gray")
    assert gray_planes(tmp_path / "gray.y4m") == gray_planes(video)


def test_the_report_accounts_for_hints_and_network(video: Path, tmp_path: Path) -> None:
    stream = tmp_path / "x.gvc"
    summary = call_json("gvc-encode", video, stream, *TINY_GUIDED, "--verify")
    assert summary["color"] == "guided"
    assert summary["network"] == "compact"
    assert summary["hints"] == "2:svtav1:crf=30,preset=8"
    assert summary["total_bytes"] == stream.stat().st_size
    parts = ("luma_bytes", "network_bytes", "color_bytes", "copy_bytes", "other_bytes")
    assert sum(summary[part] for part in parts) == summary["total_bytes"]
    assert min(summary["network_bytes"], summary["color_bytes"]) > 0
    described = call_json("gvc-info", stream)
    assert described["header"]["hints"]["scale"] == 2
    text = call_ok("gvc-info", stream).stdout.decode()
    assert "guided" in text
    assert "hints av1 1:2 every 1 in" in text


@pytest.mark.parametrize("isa", [*(kind.name for kind in available()), NUMPY])
def test_every_machine_decodes_the_same_bits(isa: str, guided: Path, decoded: bytes, tmp_path: Path) -> None:
    target = tmp_path / "out.raw"
    line = [command("gvc-decode"), str(guided), str(target), "--workers", "1"]
    result = subprocess.run(line, env={**os.environ, VARIABLE: isa}, capture_output=True, timeout=300, check=False)
    assert result.returncode == 0, result.stderr.decode()
    assert target.read_bytes() == decoded


@pytest.mark.parametrize("pixel_format", [pytest.param("yuv444p", marks=pytest.mark.slow), "yuv422p"])
def test_other_chroma_at_odd_sizes(pixel_format: str, tmp_path: Path) -> None:
    source, stream, back = tmp_path / "in.mkv", tmp_path / "x.gvc", tmp_path / "out.y4m"
    grays = write_video(source, pixel_format=pixel_format, width=35, height=17, frames=5)
    call_ok("gvc-encode", source, stream, *TINY_GUIDED)
    call_ok("gvc-decode", stream, back)
    assert gray_planes(back, (pixel_format,)) == grays


def test_rgb_comes_back_close(raw_rgb: Path, tmp_path: Path) -> None:
    stream, back = tmp_path / "x.gvc", tmp_path / "out.raw"
    summary = call_json("gvc-encode", raw_rgb, stream, *TINY_GUIDED)
    call_ok("gvc-decode", stream, back)
    first, second = (np.frombuffer(path.read_bytes(), np.uint8).astype(float) for path in (raw_rgb, back))
    assert first.size == second.size
    assert 10 * np.log10(255**2 / np.mean((first - second) ** 2)) > 30
    assert summary["color"] == "guided"


def test_hints_alone(video: Path, tmp_path: Path) -> None:
    stream, back = tmp_path / "x.gvc", tmp_path / "out.raw"
    summary = call_json(
        "gvc-encode", video, stream, "--color", "coded", "--hints", "1:x265:crf=12", "--quality-frames", "4"
    )
    assert (summary["color"], summary["network"], summary["network_bytes"]) == ("coded", None, 0)
    call_ok("gvc-decode", stream, back)
    assert psnr_chroma(back.read_bytes(), raw_of(video)) > 40


def test_a_target_is_met_by_the_cheapest_way(video: Path, tmp_path: Path) -> None:
    stream, back = tmp_path / "x.gvc", tmp_path / "out.raw"
    summary = call_json("gvc-encode", video, stream, "--color-target", "psnr=38", "--effort", "fast")
    call_ok("gvc-decode", stream, back)
    reached = psnr_chroma(back.read_bytes(), raw_of(video))
    assert reached >= 38 or "the color misses its target psnr=38" in summary["notes"]
    assert reached > 37


def test_compact_alone_is_exact_too(video: Path, tmp_path: Path) -> None:
    stream, back = tmp_path / "x.gvc", tmp_path / "out.raw"
    summary = call_json(
        "gvc-encode", video, stream, "--color", "model", "--network", "compact", "--max-seconds", "2", "--verify"
    )
    assert (summary["color"], summary["network"], summary["color_bytes"]) == ("model", "compact", 0)
    assert summary["network_bytes"] < 10_000
    call_ok("gvc-decode", stream, back)
    segments = [r for r in StreamReader(io.BytesIO(stream.read_bytes())).records() if isinstance(r, SegmentRecord)]
    assert all(segment.color_crc32 is not None for segment in segments)


def rewritten(stream: bytes, index: int, **changes: object) -> bytes:
    """The stream with other values in one of its segments, and right checksums of its chunks."""
    reader = StreamReader(io.BytesIO(stream))
    target = io.BytesIO()
    writer = StreamWriter(target, reader.header)
    for record in reader.records():
        if isinstance(record, NetworkRecord):
            writer.write_network(record)
        elif isinstance(record, SegmentRecord):
            writer.write_segment(replace(record, **changes) if record.index == index else record)  # type: ignore[arg-type]
    writer.finish()
    return target.getvalue()


def test_color_that_differs_from_the_sender_is_an_error(guided: Path, decoded: bytes, tmp_path: Path) -> None:
    bad, back = tmp_path / "bad.gvc", tmp_path / "out.raw"
    bad.write_bytes(rewritten(guided.read_bytes(), 1, color_crc32=1))
    assert_one_line_error(call("gvc-decode", bad, back), 4, "color of segment 1", "--no-verify")
    assert not back.exists()
    call_ok("gvc-decode", bad, back, "--no-verify")
    assert back.read_bytes() == decoded
    result = call("gvc-decode", bad, back, "--recover", "-y")
    assert result.returncode == 7
    assert len(frames_of(back.read_bytes())) == 12


def test_hints_that_do_not_decode_are_an_error(guided: Path, tmp_path: Path) -> None:
    bad, back = tmp_path / "bad.gvc", tmp_path / "out.raw"
    bad.write_bytes(rewritten(guided.read_bytes(), 0, hint_packets=(b"\x12\x00junk",) * 6))
    assert_one_line_error(call("gvc-decode", bad, back), 4, "error")
    assert not back.exists()
    call_ok("gvc-decode", bad, back, "--gray")
