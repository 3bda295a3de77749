"""``python -m benchmarks``, as a person runs it: the quick suite, its page, and a comparison."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.measure import ROOT
from benchmarks.results import ResultSet

HEADINGS = ("The papers", "Color: bytes", "Lossless, rgb24", "Lossless, yuv420p", "Speed and memory", "Consistency")


def benchmarks(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "benchmarks", *(str(argument) for argument in arguments)]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900)


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the quick suite was run."""
    folder = tmp_path_factory.mktemp("bench")
    done = benchmarks("quick", "--work", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 failed" in done.stdout
    return folder


@pytest.mark.slow
def test_quick_measures_everything_and_writes_a_page(quick: Path) -> None:
    records = list(ResultSet(quick / "quick.jsonl"))
    assert len(records) > 20
    for record in records:
        if record.contender in ("FFV1", "x264", "x264rgb", "VP9", "raw") or "lossless" in record.settings:
            assert record.quality.picture_exact, record.case
        elif record.contender == "gvc" or "chroma" in record.contender:
            assert record.quality.luma_exact, record.case
        assert sum(record.parts_bytes.values()) == record.total_bytes
    page = (quick / "report-quick.html").read_text()
    for heading in HEADINGS:
        assert heading in page
    assert "data:image/jpeg;base64," in page


@pytest.mark.slow
def test_a_set_does_not_differ_from_itself(quick: Path) -> None:
    path = quick / "quick.jsonl"
    done = benchmarks("compare", path, path)
    assert done.returncode == 0
    assert "cases in both" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "slow"], "expected suites of papers"),
        (["run", "--only", "nobody"], "expected clips among"),
        (["run", "quick", "--cluster", "nowhere"], "expected --cluster as tcp://HOST:PORT"),
        (["compare", "no-such-set", "neither"], "expected a set of results"),
        (["report", "--set", "no-such-set.jsonl"], "expected results in"),
    ],
)
def test_mistakes_are_one_line(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 1
    said = capsys.readouterr().err
    assert said.startswith("benchmarks: ")
    assert message in said
    assert said.count("\n") == 1


def test_help_names_every_suite() -> None:
    done = benchmarks("--help")
    assert done.returncode == 0
    for name in ("papers", "color", "lossless", "speed", "consistency", "quick"):
        assert name in done.stdout
