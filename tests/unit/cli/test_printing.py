"""All printing: no control character comes out, and what cannot be printed is an error."""

from __future__ import annotations

import errno
import io
import sys

import pytest

from codec.cli import tables
from codec.cli.printing import (
    CommandParser,
    complain,
    print_json,
    print_message,
    print_notes,
    print_result,
    visible,
    visible_values,
)
from codec.errors import ClosedPipeError, OutputError

EVIL = "a\x1b[2Jb\x07\x9b1m\u202e\udcff\rc"
TAME = "a?[2Jb??1m???c"


class Broken(io.StringIO):
    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def write(self, text: str) -> int:
        del text
        raise OSError(self._number, "it broke")


def test_nothing_but_line_breaks_moves_the_cursor() -> None:
    assert visible(EVIL) == TAME
    assert visible("größer\n中文") == "größer\n中文"
    assert visible_values({EVIL: [EVIL, 1, None, "two\nlines"]}) == {TAME: [TAME, 1, None, "two?lines"]}


def test_every_way_out_goes_through_the_filter(capsys: pytest.CaptureFixture[str]) -> None:
    print_result(EVIL)
    print_message(EVIL)
    print_notes("gvc-test", (EVIL + "\nsecond",))
    complain("gvc-test", EVIL)
    with pytest.raises(SystemExit):
        CommandParser(prog="gvc-test").error(EVIL)
    captured = capsys.readouterr()
    assert visible(captured.out + captured.err) == captured.out + captured.err
    assert captured.out == TAME + "\n"
    assert captured.err.splitlines()[1] == f"gvc-test: note: {TAME.replace('?c', ' c')} second"


def test_a_table_of_strange_names(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "summary_rows", lambda _: [(EVIL, "1", EVIL)])
    monkeypatch.setattr(tables, "quality_line", lambda _: EVIL)
    tables.print_summary(_Report())  # type: ignore[arg-type]
    text = capsys.readouterr().err
    assert visible(text) == text
    assert TAME in text


class _Report:
    output = EVIL


def test_results_that_cannot_be_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    for number, kind in ((errno.ENOSPC, OutputError), (errno.EPIPE, ClosedPipeError)):
        monkeypatch.setattr(sys, "stdout", Broken(number))
        for action in (lambda: print_result("x"), lambda: print_json({"a": 1})):
            with pytest.raises(kind, match="standard output"):
                action()
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(OutputError, match="a closed one"):
        print_result("x")


def test_a_complaint_that_cannot_be_printed_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Broken(errno.ENOSPC))
    complain("gvc-test", "no")
    with pytest.raises(OutputError):
        print_message("no")
    with pytest.raises(SystemExit) as caught:
        CommandParser(prog="gvc-test").error("no")
    assert caught.value.code == 2


def test_letters_that_the_terminal_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    print_result("größer")
    assert raw.getvalue() == b"gr??er\n"
