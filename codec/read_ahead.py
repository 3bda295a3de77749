"""An iterator that runs ahead of its consumer in its own thread, so that the stages of a pipeline overlap."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Generator
from typing import TypeVar

from codec.unfinished import is_ending

T = TypeVar("T")
_AHEAD_BYTES = 2**26
_POLL_SECONDS = 0.2
_LEAVE_SECONDS = 0.3


def depth_for(item_bytes: int, most: int) -> int:
    """How many items of this size may wait: at most ``most``, and at least one, whatever its size."""
    return max(1, min(most, _AHEAD_BYTES // item_bytes))


def read_ahead(
    items: Generator[T, None, None],
    depth: int,
    *,
    on_stop: Callable[[], None] | None = None,
    given_up: threading.Event | None = None,
) -> Generator[T, None, None]:
    """Yield the items of a generator, which runs up to ``depth`` items ahead in its own thread.

    An exception of ``items`` is raised here, after the items before it. If the consumer stops early and closes this
    generator, or is interrupted while it waits, the thread ends after its current item. A process that was told to end
    does not wait for that.

    Args:
        items: the generator. Only the thread may use it.
        depth: how many items may wait for the consumer, 1 or more.
        on_stop: called at the end, before the thread is waited for: ends what the thread may wait for.
        given_up: once it is set, the items end. The thread is left to itself if it does not end soon: it may wait for a
            pipe that nobody writes to. Give it only where nothing breaks if the thread goes on.

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
            return not is_stopped.is_set()
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
            try:
                item, error = waiting.get(timeout=None if given_up is None else _POLL_SECONDS)
            except queue.Empty:
                if given_up is not None and given_up.is_set():
                    return
                continue
            if isinstance(error, StopIteration):
                return
            if error is not None:
                raise error
            yield item  # type: ignore[misc]
    finally:
        is_stopped.set()
        with contextlib.suppress(queue.Empty):  # a thread that waits for room is awake at once
            while True:
                waiting.get_nowait()
        if on_stop is not None:
            on_stop()
        is_left = is_ending() or (given_up is not None and given_up.is_set())
        if thread is not threading.current_thread():  # the collector of garbage may end items in any thread
            thread.join(_LEAVE_SECONDS if is_left else None)
