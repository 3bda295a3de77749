"""One long job at one worker, such as a training: it is waited for as long as the worker shows that it lives.

Nobody knows how long such a job takes, so it cannot be told by its time whether the worker hangs. But a worker reports
to the scheduler every second or so, also while it works, and one that was stopped does not.
"""

from __future__ import annotations

import contextlib
import pickle
import secrets
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from codec.cluster.remote import Answer, Work

if TYPE_CHECKING:
    from codec.cluster.connection import Cluster

_LOOK_SECONDS = 1.0


class LostJobError(Exception):
    """A worker could not do a job; another one may."""


def done_at(
    cluster: Cluster, worker: str, work: Work, argument: object, *, resource: str, on_wait: Callable[[float], None]
) -> Any:
    """Have a job done by a worker, and wait for it.

    Args:
        cluster: of the worker.
        worker: its address.
        work: what is run, with None as its context.
        argument: for it; pickled.
        resource: of Dask; the job takes one of it, and waits until it is free.
        on_wait: is told the seconds so far, every second or so.

    Raises:
        LostJobError: the worker is gone, hangs, or the job has raised an error there.
        WorkerError: the scheduler is gone.
    """
    name, over, start = f"gvc-{secrets.token_hex(8)}", threading.Event(), time.monotonic()
    packed = pickle.dumps(argument, pickle.HIGHEST_PROTOCOL)
    future = cluster.submit(work, name, pickle.dumps(None), packed, worker, name, resources={resource: 1.0})
    try:
        future.add_done_callback(lambda _: over.set())
        while not over.wait(_LOOK_SECONDS):
            _check_alive(cluster, worker)
            on_wait(time.monotonic() - start)
        try:
            answer: Answer = future.result(cluster.options.patience_seconds)
        except Exception as error:  # the worker could not run it, or its answer did not come
            raise LostJobError(_reason(error)) from error
    finally:
        with contextlib.suppress(Exception):  # the connection may be broken
            future.cancel()
    if answer.error is not None:
        raise LostJobError(_reason(answer.error)) from answer.error
    return answer.value


def _check_alive(cluster: Cluster, worker: str) -> None:
    if worker not in cluster.described():
        raise LostJobError("it is gone")
    if worker in cluster.silent(cluster.options.patience_seconds):
        cluster.give_up(worker)
        raise LostJobError("it hangs")


def _reason(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
