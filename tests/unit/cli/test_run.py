"""Exit codes: one for each branch of the error tree."""

from __future__ import annotations

import pytest

from codec.cli.run import run
from codec.errors import GvcError, InputError, OutputError, RecoveredError, StreamError, TrainingError
from container_format import DamagedError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError("no"), 3),
        (StreamError("no"), 4),
        (DamagedError("no"), 4),
        (TrainingError("no"), 5),
        (OutputError("no"), 6),
        (RecoveredError("no"), 7),
        (GvcError("no"), 1),
        (KeyboardInterrupt(), 130),
        (MemoryError(), 1),
        (ZeroDivisionError("no"), 1),
    ],
)
def test_exit_codes(error: BaseException, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> int:
        raise error

    assert run("gvc-test", fail, debug=False) == code
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("gvc-test: error: ")
    assert captured.out == ""


def test_debug_shows_where(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> int:
        raise InputError("no\nsecond line")

    run("gvc-test", fail, debug=True)
    text = capsys.readouterr().err
    assert "Traceback" in text
    assert text.endswith("gvc-test: error: no second line\n")
