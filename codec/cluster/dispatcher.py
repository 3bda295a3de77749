"""Jobs to the workers of a cluster: the longest first, three tries each, and no worker is waited for for ever."""

from __future__ import annotations

import contextlib
import itertools
import pickle
import queue
import secrets
import statistics
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from codec.cluster.remote import Answer, UnfitError, Work
from codec.errors import GvcError, WorkerError

MOST_TRIES = 3
_AHEAD = 1  # a worker has so many jobs more than threads, so that it need not wait for the next
_MEDIANS = 10  # a worker that finishes nothing for so many times as long as its job takes elsewhere hangs
_FIRST_PATIENCE = 30  # before it is known how long a job takes: so many times the patience
_LOOK_SECONDS = 0.5  # from one look at the workers to the next


class Future(Protocol):
    """Of a job at one worker."""

    def add_done_callback(self, call: Any) -> None:
        """Call with the future when it is over, in another thread."""

    def result(self, timeout: float) -> Any:
        """The answer, of a future that is over; an error if it does not come in so many seconds."""

    def cancel(self) -> None:
        """Nobody waits for it any more."""


class Workers(Protocol):
    """Workers, as :class:`codec.cluster.connection.Cluster` has them."""

    def workers(self) -> Mapping[str, int]:
        """The threads of each, by its address."""

    def silent(self, seconds: float) -> set[str]:
        """Those that have not reported to the scheduler for so long."""

    def give_up(self, worker: str) -> None:
        """A worker hangs: it is none of them any more."""

    def submit(self, work: Work, context_name: str, context: bytes, argument: bytes, worker: str, key: str) -> Future:
        """Have a job done by one worker."""


@dataclass(eq=False)
class Job:
    """A job.

    Attributes:
        number: in the order in which the jobs came.
        size: how long it takes, in any unit that all jobs share.
        argument: for the function, pickled; empty once there is an answer.
        answer: None before.
        tried: the workers that have failed it.
    """

    number: int
    size: int
    argument: bytes
    answer: Answer | None = None
    tried: list[str] = field(default_factory=list)


@dataclass(eq=False)
class _Attempt:
    """A job at a worker."""

    job: Job
    worker: str
    future: Future


class Dispatcher:
    """Gives jobs to workers. It works while somebody submits a job or waits for one, which two threads may do.

    Args:
        workers: that do them.
        work: what each job runs.
        context: what each job is given beside its argument.
        patience_seconds: a worker that finishes nothing for so long, and for ten times as long as its jobs take
            elsewhere, hangs.
        in_order: workers read from one place on: the first job that waits goes first, not the longest. How long a job
            takes depends on where the worker is, so it hangs only if it does not even report any more.
    """

    def __init__(
        self, workers: Workers, work: Work, context: object, *, patience_seconds: float, in_order: bool = False
    ) -> None:
        self._workers = workers
        self._work = work
        self._context = pickle.dumps(context)
        self._name = secrets.token_hex(8)
        self._patience_seconds = patience_seconds
        self._in_order = in_order
        self._numbers, self._sent = itertools.count(), itertools.count()
        self._waiting: list[Job] = []
        self._attempts: set[_Attempt] = set()
        self._lock = threading.Lock()
        self._over: queue.SimpleQueue[tuple[_Attempt, float]] = queue.SimpleQueue()
        self._news = threading.Event()  # something is over
        self._unfit: dict[str, str] = {}  # workers that cannot do these jobs, and why
        self._threads: dict[str, int] = {}
        self._active: dict[str, float] = {}  # when a worker was last given a first job, or has finished one
        self._seconds_of_size: list[float] = []
        self._looked = -_LOOK_SECONDS
        self._without_workers_since: float | None = None
        self._look()

    @property
    def num_slots(self) -> int:
        """Jobs that the workers do at the same time, at least 1."""
        return max(1, sum(self._threads.values()))

    def submit(self, argument: object, size: int) -> Job:
        """Have a job done.

        Args:
            argument: for the function; pickled.
            size: how long it takes, in any unit that all jobs share.

        Raises:
            WorkerError: the scheduler is gone.
        """
        packed = pickle.dumps(argument, pickle.HIGHEST_PROTOCOL)
        with self._lock:
            job = Job(next(self._numbers), size, packed)
            self._waiting.append(job)
            self._advance()
        return job

    def result(self, job: Job) -> Any:
        """Wait for a job.

        Raises:
            WorkerError: it has failed at three workers, or there is no worker any more.
            GvcError: what the job has raised; it would raise the same elsewhere.
        """
        while True:
            self._news.clear()  # before the look, so that what is over after it is noticed
            with self._lock:
                self._advance()
                answer = job.answer
            if answer is not None:
                break
            self._news.wait(_LOOK_SECONDS)
        if answer.error is not None:
            raise answer.error
        return answer.value

    def close(self) -> None:
        """Nobody waits for the jobs any more."""
        with self._lock:
            for attempt in self._attempts:
                _cancel(attempt.future)
            self._attempts.clear()
            self._waiting.clear()

    def _advance(self) -> None:
        """Take answers, look at the workers from time to time, and give jobs to those that have room."""
        while True:
            try:
                self._take(*self._over.get_nowait())
            except queue.Empty:
                break
        if time.monotonic() - self._looked >= _LOOK_SECONDS:
            self._look()
        self._assign()

    def _take(self, attempt: _Attempt, moment: float) -> None:
        if attempt not in self._attempts:
            return  # it was given up before
        self._attempts.discard(attempt)
        self._active[attempt.worker] = moment
        try:
            answer: Answer = attempt.future.result(self._patience_seconds)
        except Exception as error:  # the worker could not run it, or its answer did not come
            self._fail(attempt, f"{type(error).__name__}: {error}")
            return
        if isinstance(answer.error, UnfitError):
            self._leave_out(attempt, str(answer.error))
            return
        if answer.error is not None and not isinstance(answer.error, GvcError):
            self._fail(attempt, f"{type(answer.error).__name__}: {answer.error}")  # such as a lack of memory there
            return
        attempt.job.answer, attempt.job.argument = answer, b""
        self._seconds_of_size.append(answer.seconds / attempt.job.size)

    def _leave_out(self, attempt: _Attempt, reason: str) -> None:
        """Give a worker that is unfit nothing more. What it has counts as no try."""
        worker = attempt.worker
        self._unfit[worker] = reason
        self._threads.pop(worker, None)
        for other in [attempt, *(one for one in self._attempts if one.worker == worker)]:
            self._attempts.discard(other)
            _cancel(other.future)
            self._waiting.append(other.job)

    def _look(self) -> None:
        """Find workers that have come, that are gone, and that hang."""
        self._looked = time.monotonic()
        found = self._workers.workers()
        self._threads = {address: count for address, count in found.items() if address not in self._unfit}
        self._drop({attempt.worker for attempt in self._attempts} - self._threads.keys(), "it is gone")
        hanging = self._hanging()
        if self._in_order:
            hanging |= self._workers.silent(self._patience_seconds) & {attempt.worker for attempt in self._attempts}
        for address in hanging:
            self._workers.give_up(address)
            del self._threads[address]
        self._drop(hanging, "it has finished nothing for too long")
        self._check_workers()

    def _hanging(self) -> set[str]:
        """Workers that have finished nothing for too long."""
        known = self._seconds_of_size
        least = self._patience_seconds * (1 if known and not self._in_order else _FIRST_PATIENCE)
        per_size = _MEDIANS * statistics.median(known or [0.0])
        longest: dict[str, int] = {}
        for attempt in self._attempts:
            longest[attempt.worker] = max(longest.get(attempt.worker, 0), attempt.job.size)
        return {
            address
            for address, size in longest.items()
            if self._looked - self._active[address] > max(least, per_size * size)
        }

    def _check_workers(self) -> None:
        if self._threads:
            self._without_workers_since = None
            return
        self._without_workers_since = self._without_workers_since or self._looked
        if self._looked - self._without_workers_since > self._patience_seconds:
            reasons = "".join(f"; {address} cannot be used: {reason}" for address, reason in self._unfit.items())
            raise WorkerError(f"no worker of the cluster is left: start one, and give the same command again{reasons}")

    def _drop(self, workers: Iterable[str], reason: str) -> None:
        lost = set(workers)
        for attempt in [one for one in self._attempts if one.worker in lost]:
            self._attempts.discard(attempt)
            _cancel(attempt.future)
            self._fail(attempt, reason)

    def _fail(self, attempt: _Attempt, reason: str) -> None:
        """Put a job back into the line, or end it."""
        job = attempt.job
        job.tried.append(attempt.worker)
        if len(job.tried) < MOST_TRIES:
            self._waiting.append(job)
            return
        workers = ", ".join(job.tried)
        job.answer = Answer(None, WorkerError(f"a segment failed at {MOST_TRIES} workers, {workers}: {reason}"), 0.0)

    def _assign(self) -> None:
        """The next job to the worker with the most room; not to one that has failed it, if there is another."""
        self._waiting.sort(key=lambda job: (0 if self._in_order else -job.size, job.number))
        for job in list(self._waiting):
            load = dict.fromkeys(self._threads, 0)
            for attempt in self._attempts:
                load[attempt.worker] = load.get(attempt.worker, 0) + 1
            free = [address for address, count in self._threads.items() if load[address] < count + _AHEAD]
            if not free:
                return
            untried = [address for address in free if address not in job.tried]
            if not untried and len(job.tried) < len(self._threads):
                continue  # another worker will have room
            worker = min(untried or free, key=lambda address: load[address] / self._threads[address])
            self._waiting.remove(job)
            if not load[worker]:
                self._active[worker] = time.monotonic()
            self._send(job, worker)

    def _send(self, job: Job, worker: str) -> None:
        key = f"gvc-{self._name}-{job.number}-{next(self._sent)}"
        future = self._workers.submit(self._work, self._name, self._context, job.argument, worker, key)
        attempt = _Attempt(job, worker, future)
        self._attempts.add(attempt)

        def note(_: object) -> None:
            self._over.put((attempt, time.monotonic()))
            self._news.set()

        future.add_done_callback(note)


def _cancel(future: Future) -> None:
    with contextlib.suppress(Exception):  # the connection may be broken
        future.cancel()
