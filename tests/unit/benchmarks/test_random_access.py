"""The measurement of random access gives a row for each length of segments."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import gvc
from benchmarks.random_access import HEAD, main


def test_a_small_video(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    planes = [np.full(shape, 90, np.uint8) for shape in ((16, 16), (8, 8), (8, 8))]
    with gvc.Writer(tmp_path / "small.gvc", fps=25, pixel_format="yuv420p") as writer:
        writer.write_batch([planes] * 6)
    gvc.decode(tmp_path / "small.gvc", tmp_path / "small.y4m")
    assert main([str(tmp_path / "small.y4m"), "--gop", "6", "2"]) == 0
    head, _, *rows = capsys.readouterr().out.splitlines()
    assert head == "| " + " | ".join(HEAD) + " |"
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert [row[1:4] for row in cells] == [
        ["smallest", "6", "1"],
        ["smallest", "2", "3"],
        ["x264", "6", "1"],
        ["x264", "2", "3"],
    ]
