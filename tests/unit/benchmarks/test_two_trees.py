"""Two checkouts are compared by the same frames of the same streams."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import two_trees
from benchmarks.measure import BenchmarkError
from benchmarks.two_trees import ASKED, HERE, main

STREAM = Path(__file__).parents[2] / "conformance" / "v1" / "valid" / "coded_yuv420p.gvc"


def test_a_row_for_all_that_is_asked(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_trees, "ASKED", {"its gray": ASKED["its gray"], "all in order": ASKED["all in order"]})
    assert main([str(HERE), str(STREAM), "--rounds", "1", "--frames", "3"]) == 0
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in capsys.readouterr().out.splitlines()[2:]]
    assert [row[:2] for row in rows] == [["coded_yuv420p", "its gray"], ["coded_yuv420p", "all in order"]]
    assert all(float(cell) > 0 for row in rows for cell in row[2:])


def test_the_other_checkout_must_run(tmp_path: Path) -> None:
    (tmp_path / "gvc.py").write_text("raise SystemExit('no native library')")
    with pytest.raises(BenchmarkError, match="no native library"):
        main([str(tmp_path), str(STREAM), "--rounds", "1", "--frames", "1"])
