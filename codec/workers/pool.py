"""A pool of worker processes: each is served by a thread of this process, and started when there is a job for it."""

from __future__ import annotations

import pickle
import queue
import threading
from collections.abc import Callable, Iterator

from codec.workers.arena import Arena
from codec.workers.messages import Assignment, Credit, Event, Failed, Finished, Item, Work
from codec.workers.process import WorkerProcess

EventListener = Callable[[object], None]


class PoolClosedError(Exception):
    """The pool was closed while somebody waited for it."""


class Job:
    """A job of a pool. Its results may be taken in any thread.

    Args:
        assignment: for the worker.
        listener: is told events, in a thread of the pool.
    """

    def __init__(self, assignment: Assignment, listener: EventListener | None) -> None:
        self.assignment = assignment
        self._listener = listener
        self._messages: queue.SimpleQueue[Item | Finished | Failed] = queue.SimpleQueue()
        self._process: WorkerProcess | None = None
        self._is_over = False

    @property
    def is_over(self) -> bool:
        """All results are there, or the job has failed."""
        return self._is_over

    def results(self) -> Iterator[object]:
        """The results, in order, as they come.

        Raises:
            WorkerError: a process of the pool has died.
            PoolClosedError: the pool was closed.
            Exception: whatever the job has raised.
        """
        while True:
            message = self._messages.get()
            if isinstance(message, Item):
                yield message.value
            elif isinstance(message, Failed):
                raise message.error
            else:
                return

    def used_up(self) -> None:
        """One more result was used up: its place may be taken."""
        if self._process is not None and not self._is_over:
            try:
                self._process.send(Credit(self.assignment.number))
            except OSError:
                return  # the thread that listens to the process reports it

    def run(self, process: WorkerProcess) -> None:
        """Run in a process, to the end.

        Raises:
            EOFError, OSError: the process has ended.
        """
        self._process = process
        if not self._is_over:
            process.send(self.assignment)
        while not self._is_over:
            message = process.receive()
            if isinstance(message, Event):
                if self._listener is not None:
                    self._listener(message.value)
            elif isinstance(message, Item):
                self._messages.put(message)
            elif isinstance(message, Finished | Failed):
                self.end(message)

    def end(self, message: Finished | Failed) -> None:
        """The job is over."""
        self._is_over = True
        self._messages.put(message)


class Pool:
    """Runs jobs in up to ``num_workers`` processes; whoever starts one must close it.

    Args:
        context: gives what every job is given beside its argument. Asked once, when the first job comes, and pickled.
        num_workers: the most processes.
        num_arenas: pieces of memory that this process shares with all of them.
    """

    def __init__(self, context: Callable[[], object], *, num_workers: int, num_arenas: int) -> None:
        self._make_context = context
        self._context = b""
        self._num_workers = num_workers
        self._num_arenas = num_arenas
        self._arenas: list[Arena] = []
        self._lock = threading.Lock()
        self._waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._unfinished: set[Job] = set()
        self._processes: list[WorkerProcess] = []
        self._threads: list[threading.Thread] = []
        self._num_jobs = 0
        self._failure: BaseException | None = None

    def arena(self, number: int) -> Arena:
        """One of the arenas."""
        with self._lock:
            self._check()
            if not self._arenas:
                self._arenas = [Arena.create() for _ in range(self._num_arenas)]
            return self._arenas[number]

    def submit(self, work: Work, argument: object, listener: EventListener | None = None) -> Job:
        """Have a job done.

        Args:
            work: a function of a module.
            argument: for it.
            listener: is told the job's events, in a thread of the pool.

        Raises:
            WorkerError: a process of the pool has died.
            PoolClosedError: the pool was closed.
        """
        with self._lock:
            self._check()
            self._context = self._context or pickle.dumps(self._make_context())
            self._num_jobs += 1
            job = Job(Assignment(self._num_jobs, work, argument), listener)
            self._unfinished.add(job)
            if len(self._threads) < min(self._num_workers, len(self._unfinished)):
                # A daemon, so that a process that is told to end does not wait for it.
                self._threads.append(threading.Thread(target=self._serve, daemon=True))
                self._threads[-1].start()
        self._waiting.put(job)
        return job

    def close(self) -> None:
        """Kill the processes, and end every wait for them. May be called again, and from any thread but the pool's."""
        self._fail(PoolClosedError())
        with self._lock:
            threads, processes, arenas = self._threads, self._processes, self._arenas
            self._threads, self._processes, self._arenas = [], [], []
        for process in processes:
            process.kill()
        for _ in threads:
            self._waiting.put(None)
        for thread in threads:
            thread.join()
        for process in processes:
            process.close()
        for arena in arenas:
            arena.close()

    def _serve(self) -> None:
        """What each thread does: start a process, and give it jobs."""
        try:
            process = self._start()
            try:
                process.prepare(self._context)
                while (job := self._waiting.get()) is not None:
                    job.run(process)
                    with self._lock:
                        self._unfinished.discard(job)
            except (EOFError, OSError):
                self._fail(process.death())
        except BaseException as error:
            self._fail(error)

    def _start(self) -> WorkerProcess:
        with self._lock:
            self._check()
            process = WorkerProcess(self._arenas)
            self._processes.append(process)
            return process

    def _fail(self, error: BaseException) -> None:
        """All jobs that are not finished fail, since nobody can use what comes after a gap."""
        with self._lock:
            if self._failure is not None:
                return
            self._failure = error
            unfinished, self._unfinished = self._unfinished, set()
        for job in unfinished:
            if not job.is_over:
                job.end(Failed(error))

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure
