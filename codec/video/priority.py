"""The priority of threads, which one encoder changes for the whole process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def unchanged_priority() -> Iterator[None]:
    """Open an encoder in it: afterwards all threads are scheduled as the calling one was before.

    Where root runs it, SVT-AV1 4.1 gives its threads real-time priority when it is opened, and the thread that opens it
    too, which keeps it. A few such threads leave a twentieth of a small machine to everything else.
    """
    if not hasattr(os, "sched_setscheduler"):
        yield
        return
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        with suppress(OSError):
            for thread in Path("/proc/self/task").iterdir():
                with suppress(OSError):  # it has ended
                    if os.sched_getscheduler(int(thread.name)) in (os.SCHED_FIFO, os.SCHED_RR):
                        os.sched_setscheduler(int(thread.name), policy, parameters)
