"""Freed memory that goes back to the system.

The C library keeps what codecs free, for later. A pool of pictures of one encoder does not fit the next, so that some
encoders one after another take as much as if all were open. Threads at the same time have arenas of their own, each
with freed memory of its own.
"""

from __future__ import annotations

import ctypes
import functools
import sys
from collections.abc import Callable
from typing import Any, cast

_ARENA_MAX = -8  # of glibc's mallopt


def give_back() -> None:
    """Give all freed memory back, where the C library is glibc; elsewhere nothing happens. Takes milliseconds."""
    trim = _of_glibc("malloc_trim", ctypes.c_size_t)
    if trim is not None:
        trim(0)


def share_arenas(count: int) -> bool:
    """Let all threads take memory from so many arenas, for the life of the process.

    A process that begins and ends threads with codecs all the time grows otherwise, as each may begin an arena.

    Returns:
        Whether the C library is glibc, and does so.
    """
    option = _of_glibc("mallopt", ctypes.c_int, ctypes.c_int)
    return option is not None and bool(option(_ARENA_MAX, count))


@functools.cache
def _of_glibc(name: str, *arguments: type) -> Callable[..., Any] | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        found = getattr(ctypes.CDLL(None), name)
    except (OSError, AttributeError):
        return None
    found.argtypes = arguments
    return cast(Callable[..., Any], found)
