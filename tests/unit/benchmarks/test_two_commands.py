"""Two checkouts are compared by whole commands, whose outputs must be the same bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import two_commands
from benchmarks.measure import BenchmarkError
from benchmarks.two_commands import HERE, main

OPTIONS = ["--size", "16x16", "--pix-fmt", "gray", "--fps", "5", "--color", "none", "--luma", "raw", "--rounds", "1"]


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "clip.raw"
    path.write_bytes(bytes(range(256)) * 3)
    return path


def test_a_row_for_each_command(video: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(HERE), str(video), *OPTIONS]) == 0
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in capsys.readouterr().out.splitlines()[2:]]
    assert [row[0] for row in rows] == ["encode", "decode"]
    assert all(float(cell) > 0 for row in rows for cell in row[1:])


def test_other_bytes_are_an_error(video: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def timed(*arguments: Path) -> tuple[float, float]:
        arguments[3].write_text(arguments[3].stem)
        return 1.0, 1.0

    monkeypatch.setattr(two_commands, "timed", timed)
    with pytest.raises(BenchmarkError, match="expected the same bytes of both checkouts"):
        main([str(HERE), str(video), *OPTIONS])


def test_a_command_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="which does not exist"):
        main([str(HERE), str(tmp_path / "none.raw"), *OPTIONS])
