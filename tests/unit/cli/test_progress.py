"""Progress where there is no terminal: few lines, and all that they say."""

from __future__ import annotations

import pytest

from codec.cli.progress import ProgressLines, progress_for
from codec.progress import Silent


class Clock:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_line_a_minute(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    progress = ProgressLines("gvc-x", clock)
    progress.start("coding", 1200, "frames")
    for second in range(1, 130):
        clock.now = 100 + second
        progress.advance(5 * second, f"{second / 10:.1f} MB of about 24.0 MB")
    progress.start("settling", None, "trials")
    clock.now = 290.0
    progress.advance(7)
    progress.finish()
    assert capsys.readouterr().err.splitlines() == [
        "gvc-x: coding: 25 %, 300 of 1200 frames, 5.0/s, 0:03:00 left, 6.0 MB of about 24.0 MB",
        "gvc-x: coding: 50 %, 600 of 1200 frames, 5.0/s, 0:02:00 left, 12.0 MB of about 24.0 MB",
        "gvc-x: settling: 7 trials, 0.1/s",
    ]


def test_short_work_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    progress = progress_for("gvc-x", quiet=False)
    progress.start("coding", 3, "frames")
    progress.advance(3)
    progress.finish()
    assert capsys.readouterr().err == ""
    assert isinstance(progress, ProgressLines)
    assert isinstance(progress_for("gvc-x", quiet=True), Silent)
