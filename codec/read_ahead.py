"""An iterator that works ahead of its reader, in a thread of its own: stages of a pipeline that overlap."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")
_POLL_SECONDS = 0.2


def read_ahead(items: Generator[T, None, None], depth: int) -> Generator[T, None, None]:
    """The same items, made up to ``depth`` ahead of being asked for.

    What ``items`` raises is raised here, in its place. When the reader stops early, by closing the generator or by an
    exception of its own, the thread ends after the item that it is at.

    Args:
        items: used in the thread alone.
        depth: how many items may wait, 1 or more.
    """
    waiting: queue.Queue[tuple[T | None, BaseException | None]] = queue.Queue(depth)
    is_stopped = threading.Event()

    def put(entry: tuple[T | None, BaseException | None]) -> bool:
        while not is_stopped.is_set():
            try:
                waiting.put(entry, timeout=_POLL_SECONDS)
            except queue.Full:
                continue
            return True
        return False

    def work() -> None:
        try:
            with contextlib.closing(items):
                for item in items:
                    if not put((item, None)):
                        return
            put((None, StopIteration()))
        except BaseException as error:
            put((None, error))

    # A daemon, so that a process that is told to end does not wait for it.
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        while True:
            item, error = waiting.get()
            if isinstance(error, StopIteration):
                return
            if error is not None:
                raise error
            yield item  # type: ignore[misc]
    finally:
        is_stopped.set()
        thread.join()
