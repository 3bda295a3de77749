"""Several videos in one call of gvc-encode."""

from __future__ import annotations

import json
from pathlib import Path

from tests.end_to_end.conftest import assert_one_line_error, call, call_ok, run, run_json, run_ok, write_video

FAST = ("--color", "none", "--luma", "zstd")


def test_a_bad_file_does_not_stop_the_others(tmp_path: Path, video: Path) -> None:
    write_video(tmp_path / "other.mkv", frames=5)
    (tmp_path / "bad.mkv").write_text("no video")
    out = tmp_path / "out"
    inputs = (video, tmp_path / "bad.mkv", tmp_path / "other.mkv")
    result = run("gvc-encode", *inputs, out, *FAST)
    assert_one_line_error(result, 3, "bad.mkv")
    assert sorted(path.name for path in out.iterdir()) == ["other.gvc", "small.gvc"]
    text = result.stderr.decode()
    assert "2 of 3: " in text
    rows = [line.split() for line in text.splitlines()[-4:]]
    assert [row[0] for row in rows] == ["small.gvc", "bad.gvc", "other.gvc", "2"]
    assert rows[1] == ["bad.gvc", "failed"]
    run_ok("gvc-encode", video, tmp_path / "alone.gvc", *FAST)
    assert (out / "small.gvc").read_bytes() == (tmp_path / "alone.gvc").read_bytes()
    assert run_json("gvc-info", out / "other.gvc")["num_frames"] == 5
    assert_one_line_error(run("gvc-encode", video, tmp_path / "other.mkv", out, *FAST), 6, "exists")


def test_a_line_of_json_for_each(tmp_path: Path, video: Path, raw_rgb: Path) -> None:
    result = call_ok("gvc-encode", video, raw_rgb, tmp_path, *FAST, "--json")
    reports = [json.loads(line) for line in result.stdout.splitlines()]
    assert [Path(report["output"]).name for report in reports] == ["small.gvc", f"{raw_rgb.stem}.gvc"]
    assert result.stderr == b""


def test_nothing_is_made_where_names_clash(tmp_path: Path, video: Path) -> None:
    result = call("gvc-encode", video, tmp_path / "small.mp4", tmp_path / "out", *FAST)
    assert_one_line_error(result, 3, "different names", "small.mp4")
    assert list(tmp_path.iterdir()) == []
