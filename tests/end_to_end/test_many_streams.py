"""Several streams in one call of gvc-decode."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.end_to_end.conftest import assert_one_line_error, call, call_ok, run, run_ok
from tests.unit.splicing.spliced_streams import KEPT, long_stream

NAMES = ("segments", "coded_yuv420p")


@pytest.fixture
def streams(tmp_path: Path) -> list[Path]:
    """Two small streams."""
    paths = [tmp_path / f"{name}.gvc" for name in NAMES]
    for path in paths:
        shutil.copy(KEPT / path.name, path)
    return paths


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_bad_stream_does_not_stop_the_others(streams: list[Path], tmp_path: Path) -> None:
    (tmp_path / "bad.gvc").write_text("no stream")
    out = tmp_path / "out"
    result = run("gvc-decode", streams[0], tmp_path / "bad.gvc", streams[1], out, "-f", "y4m")
    assert_one_line_error(result, 4, "bad.gvc: ", "expected a .gvc stream")
    assert names_in(out) == ["coded_yuv420p.y4m", "segments.y4m"]
    text = result.stderr.decode()
    assert "gvc-decode: 2 of 3: " in text
    rows = [line.split() for line in text.splitlines()[-4:]]
    assert [(row[0], row[-1]) for row in rows[:2]] == [("segments.y4m", rows[0][2]), ("bad.y4m", "failed")]
    assert rows[3][:4] == ["2", "of", "3", "10"]
    run_ok("gvc-decode", streams[1], tmp_path / "alone.y4m")
    assert (out / "coded_yuv420p.y4m").read_bytes() == (tmp_path / "alone.y4m").read_bytes()
    again = run("gvc-decode", *streams, out, "-f", "y4m")
    assert_one_line_error(again, 6, "segments.y4m exists. Give -y")


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ((), ["coded_yuv420p.mp4", "segments.mp4"]),
        (("--codec", "ffv1"), ["coded_yuv420p.mkv", "segments.mkv"]),
        (("-f", "rawvideo", "--frames", ":2"), ["coded_yuv420p.raw", "segments.raw"]),
        (("-f", "image2"), ["coded_yuv420p", "segments"]),
    ],
)
def test_the_format_says_what_each_becomes(
    options: tuple[str, ...], names: list[str], streams: list[Path], tmp_path: Path
) -> None:
    result = call_ok("gvc-decode", *streams, tmp_path / "out", *options, "--json")
    reports = [json.loads(line) for line in result.stdout.splitlines()]
    assert sorted(Path(report["output"]).name for report in reports) == names == names_in(tmp_path / "out")
    assert result.stderr == b""


def test_one_stream_into_a_folder(streams: list[Path], tmp_path: Path) -> None:
    """As a pattern that matches one file has it: a file with a format that is none of folders, pictures without."""
    call_ok("gvc-decode", streams[0], f"{tmp_path}/films/", "-f", "mkv")
    assert names_in(tmp_path / "films") == ["segments.mkv"]
    call_ok("gvc-decode", streams[0], f"{tmp_path}/stills/")
    assert len(names_in(tmp_path / "stills")) == 5


def test_a_damaged_stream_is_recovered_among_others(streams: list[Path], tmp_path: Path) -> None:
    data = bytearray(long_stream("segments"))
    data[len(data) // 2] ^= 1
    streams[0].write_bytes(data)
    result = call("gvc-decode", *streams, tmp_path / "out", "-f", "y4m", "--recover")
    assert_one_line_error(result, 7, "segments.gvc: the stream is damaged", "frames were recovered")
    assert names_in(tmp_path / "out") == ["coded_yuv420p.y4m", "segments.y4m"]
    assert b"damaged: in part" in result.stderr


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("-f", "avi"), 6, ("expected --format to be one of mp4, mkv", "Received: avi")),
        (("--start", "soon"), 3, ("expected a time", "Received: soon")),
    ],
)
def test_wrong_options_are_said_once(
    options: tuple[str, ...], code: int, words: tuple[str, ...], streams: list[Path], tmp_path: Path
) -> None:
    assert_one_line_error(call("gvc-decode", *streams, tmp_path / "out", *options), code, *words)
    assert names_in(tmp_path) == sorted(path.name for path in streams)
