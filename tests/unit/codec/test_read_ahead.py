"""Stages that overlap: the same items, errors in their place, and no thread left behind."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Generator

import pytest

from codec import read_ahead as read_ahead_module
from codec import unfinished
from codec.read_ahead import read_ahead


def numbers(count: int) -> Generator[int, None, None]:
    yield from range(count)


def test_items_come_in_order() -> None:
    assert list(read_ahead(read_ahead(numbers(100), 3), 1)) == list(range(100))


def test_an_error_comes_in_its_place() -> None:
    def failing() -> Generator[int, None, None]:
        yield 1
        raise OSError("disk")

    items = read_ahead(failing(), 4)
    assert next(items) == 1
    with pytest.raises(OSError, match="disk"):
        next(items)


def test_a_thread_that_waits_for_ever_is_left_to_itself() -> None:
    given_up, is_over = threading.Event(), threading.Event()

    def waiting() -> Generator[int, None, None]:
        yield 1
        given_up.set()
        is_over.wait()
        yield 2

    with contextlib.closing(read_ahead(waiting(), 1, given_up=given_up)) as items:
        assert list(items) == [1]
    is_over.set()


def test_a_process_that_was_told_to_end_waits_for_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    is_over = threading.Event()

    def waiting() -> Generator[int, None, None]:
        yield 1
        is_over.wait()

    monkeypatch.setattr(unfinished, "_is_ending", False)
    with contextlib.closing(read_ahead(waiting(), 1)) as items:
        assert next(items) == 1
        unfinished.begin_ending()
    is_over.set()


def test_what_the_thread_waits_for_is_ended_first() -> None:
    is_over = threading.Event()

    def waiting() -> Generator[int, None, None]:
        yield 1
        is_over.wait()

    with contextlib.closing(read_ahead(waiting(), 1, on_stop=is_over.set)) as items:
        assert next(items) == 1


def test_it_works_ahead_and_no_further() -> None:
    made: list[int] = []
    waits = threading.Event()

    def watched() -> Generator[int, None, None]:
        for number in range(100):
            made.append(number)
            if number == 3:
                waits.set()
            yield number

    with contextlib.closing(read_ahead(watched(), 2)) as items:
        assert next(items) == 0
        assert waits.wait(10)  # number 3 is made while 1 and 2 wait
        assert len(made) == 4


def test_a_reader_that_stops_early_ends_the_thread_and_closes_what_it_read() -> None:
    closed: list[str] = []

    def endless(name: str) -> Generator[int, None, None]:
        try:
            while True:
                yield 0
        finally:
            closed.append(name)

    before = threading.active_count()
    items = read_ahead(read_ahead(endless("inner"), 1), 1)
    next(items)
    items.close()
    assert closed == ["inner"]
    assert threading.active_count() == before


def test_a_thread_that_waits_for_room_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_ahead_module, "_POLL_SECONDS", 3600.0)
    items = read_ahead(numbers(100), 1)
    assert next(items) == 0
    closing = threading.Thread(target=items.close, daemon=True)
    closing.start()
    closing.join(30)
    assert not closing.is_alive()


def test_items_that_their_own_thread_ends_do_not_wait_for_it() -> None:
    """As when the collector of garbage runs in that thread."""
    kept: list[Generator[int, None, None]] = []
    is_read, errors = threading.Event(), list[BaseException | None]()

    def items() -> Generator[int, None, None]:
        yield 1
        assert is_read.wait(10)
        try:
            kept.pop().close()
            errors.append(None)
        except RuntimeError as error:
            errors.append(error)
        yield 2

    reader = read_ahead(items(), 1)
    kept.append(reader)  # type: ignore[arg-type]
    assert next(reader) == 1
    is_read.set()
    for _ in range(1000):
        if errors:
            break
        time.sleep(0.01)
    assert errors == [None]
