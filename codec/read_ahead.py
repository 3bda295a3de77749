"""An iterator that runs ahead of its consumer in its own thread, so that the stages of a pipeline overlap."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")
_POLL_SECONDS = 0.2


def read_ahead(items: Generator[T, None, None], depth: int) -> Generator[T, None, None]:
    """Yield the items of a generator, which runs up to ``depth`` items ahead in its own thread.

    An exception of ``items`` is raised here, after the items before it. If the consumer stops early and closes this
    generator, the thread ends after its current item.

    Args:
        items: the generator. Only the thread may use it.
        depth: how many items may wait for the consumer, 1 or more.

    Yields:
        The items, in order.
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

    # The thread is a daemon, so that a process that is told to end does not wait for it.
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
