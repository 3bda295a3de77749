"""What runs in a worker of the cluster: a job, on a context that it keeps."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from codec.workers.messages import portable

Work = Callable[[Any, Any], Any]
"""What a job runs: given the context and the job's argument. It is sent by its name: a function of a module."""

_lock = threading.Lock()
_contexts: dict[str, Any] = {}


class UnfitError(Exception):
    """This worker cannot do such jobs, for a reason of its own; another one may."""


@dataclass(frozen=True)
class Answer:
    """What comes back of a job.

    Attributes:
        value: of the function; None if it has failed.
        error: that it has raised; None if it has not.
        seconds: that it took.
    """

    value: Any
    error: BaseException | None
    seconds: float


def run(work: Work, context_name: str, context: bytes, argument: bytes) -> Answer:
    """Run a job.

    Args:
        work: the function.
        context_name: of the context; jobs of the same name share one.
        context: pickled.
        argument: for the function, pickled.
    """
    start = time.monotonic()
    try:
        value, error = work(_unpickled(context_name, context), pickle.loads(argument)), None
    except Exception as failure:
        value, error = None, portable(failure)
    return Answer(value, error, time.monotonic() - start)


def _unpickled(name: str, context: bytes) -> Any:
    """The context, which is unpickled once. Only the last one is kept."""
    with _lock:
        if name not in _contexts:
            _contexts.clear()
            _contexts[name] = pickle.loads(context)
        return _contexts[name]
