"""How many worker processes are useful. Light to import."""

from __future__ import annotations

import os

from codec.errors import InputError

OPTION = "--workers"


def usable_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def default_workers() -> int:
    """As many as there are cores; one where a process cannot be given open files, as on Windows."""
    return usable_cores() if os.name == "posix" else 1


def check_workers(count: int) -> None:
    """Find out whether so many workers are possible.

    Raises:
        InputError: they are not.
    """
    if count < 1:
        raise InputError(f"expected {OPTION} to be 1 or more. Received: {count}", option=OPTION)
    if count > 1 and os.name != "posix":
        raise InputError(f"expected {OPTION} 1 on this system. Received: {count}", option=OPTION)
