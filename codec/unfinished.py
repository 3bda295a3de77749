"""What must not outlive this process: outputs without their name, temporary files, worker processes.

In the ordinary way its owner removes each of them while the stack unwinds. A process that is told to end cannot always
wait for that. So whoever makes such a thing says here how it is removed, before it is made, and
:func:`remove_unfinished` does it from any thread. After that this module lets nobody through: an output cannot get its
name any more.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Callable, Iterator

from codec.errors import OutputError

Removal = Callable[[], None]

_lock = threading.RLock()
_numbers = itertools.count()
_removals: dict[int, Removal] = {}
_is_ending = False


def add_removal(removal: Removal) -> int:
    """Say how something is removed.

    Args:
        removal: may be called from any thread, also if the thing is not there yet or not any more.

    Returns:
        A number for :func:`discard_removal`.
    """
    with _lock:
        number = next(_numbers)
        _removals[number] = removal
        return number


def discard_removal(number: int) -> None:
    """It is finished, or removed."""
    with _lock:
        _removals.pop(number, None)


@contextlib.contextmanager
def settling() -> Iterator[None]:
    """While an output gets its name: nothing is removed meanwhile, and once all was removed this waits for ever.

    Raises:
        OutputError: the process was told to end. A library may have swallowed what the signal's handler raised, so that
            the output lacks what was being written then.
    """
    with _lock:
        if _is_ending:
            raise OutputError("the output is not finished: the process was told to end")
        yield


def begin_ending() -> None:
    """The process was told to end: no thread is waited for any more. May be called from a signal's handler."""
    global _is_ending
    _is_ending = True


def is_ending() -> bool:
    """Whether the process was told to end."""
    return _is_ending


def remove_unfinished(wait_seconds: float) -> None:
    """Remove everything, just before the process ends.

    Args:
        wait_seconds: for an output that gets its name at this moment.
    """
    _lock.acquire(timeout=wait_seconds)  # and never released
    for removal in list(_removals.values()):
        with contextlib.suppress(Exception):
            removal()
