"""What a pool and its processes say to each other."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codec.workers.worker import Channel

Work = Callable[[Any, Any, "Channel"], None]
"""What a job runs: given the pool's context, the job's argument, and a channel for results.

It is sent by its name, so it must be a function of a module.
"""


@dataclass(frozen=True)
class Assignment:
    """To a worker: run this. The number is the job's."""

    number: int
    work: Work
    argument: object


@dataclass(frozen=True)
class Credit:
    """To a worker: one more result of this job was used up."""

    number: int


@dataclass(frozen=True)
class Event:
    """From a worker: something to be told at once, such as progress."""

    value: object


@dataclass(frozen=True)
class Item:
    """From a worker: the next result."""

    value: object


@dataclass(frozen=True)
class Finished:
    """From a worker: there are no more results."""


@dataclass(frozen=True)
class Failed:
    """From a worker: the job has failed."""

    error: BaseException


def portable(error: BaseException) -> BaseException:
    """The error as it can be sent: its traceback as a note; if it cannot be pickled, another that says the same."""
    error.add_note("in a worker process:\n" + "".join(traceback.format_exception(error)))
    try:
        copy = pickle.loads(pickle.dumps(error))
    except Exception:
        copy = None
    return error if type(copy) is type(error) else RuntimeError(f"{type(error).__name__}: {error}")
