"""Freed memory that goes back to the system.

The C library keeps what codecs free, for later. A pool of pictures of one encoder does not fit the next, so that some
encoders one after another take as much as if all were open.
"""

from __future__ import annotations

import ctypes
import functools
import sys
from collections.abc import Callable
from typing import Any


def give_back() -> None:
    """Give all freed memory back, where the C library is glibc; elsewhere nothing happens. Takes milliseconds."""
    trim = _malloc_trim()
    if trim is not None:
        trim(0)


@functools.cache
def _malloc_trim() -> Callable[..., Any] | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return None
    trim.argtypes = (ctypes.c_size_t,)
    return trim
