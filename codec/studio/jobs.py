"""The queue: jobs wait, run in processes of their own, and keep what they made until it is removed."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from codec.errors import GvcError, InputError
from codec.studio.process import JobProcess
from codec.studio.tasks import FramesTask, Result, Task

MAX_JOBS = 500
"""In the queue, with those that are done."""


class State(StrEnum):
    """Of a job. The last three are final."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True)
class Stage:
    """Where a running job is.

    Attributes:
        name: a few words that say what is done.
        unit: of ``done`` and ``total``.
        total: None if it is not known.
        done: units that are finished.
        detail: a few words beside it.
        began: on the clock of the queue.
        seconds: in the stage so far.
    """

    name: str
    unit: str
    total: int | None
    began: float
    done: int = 0
    detail: str = ""
    seconds: float = 0.0

    @property
    def rate(self) -> float | None:
        """Units a second; None before the first one."""
        return self.done / self.seconds if self.done and self.seconds > 0 else None

    @property
    def seconds_left(self) -> float | None:
        """Of this stage, at its speed so far; None if that is not known."""
        return None if self.total is None or self.rate is None else max(0, self.total - self.done) / self.rate


@dataclass
class Job:
    """A job. Only the queue changes it.

    Attributes:
        number: its name in the page.
        task: what it does.
        label: of the video, for the page.
        about: numbers of the video and of the job that it belongs to, for the page.
        folder: of its own; there while it runs, and after it is done.
        state: see :class:`State`.
        stage: of a running job; None before the first.
        num_bytes: in its folder.
        result: of a job that is done.
        error: of a job that failed: one line.
    """

    number: int
    task: Task
    label: str
    about: dict[str, Any]
    folder: Path
    state: State = State.WAITING
    stage: Stage | None = None
    num_bytes: int = 0
    result: Result = field(default_factory=dict)
    error: str = ""
    process: JobProcess | None = None

    def as_json(self) -> dict[str, Any]:
        """For the page."""
        stage = self.stage
        return {
            "number": self.number,
            "kind": self.task.kind,
            "label": self.label,
            **self.about,
            "state": str(self.state),
            "stage": None if stage is None else stage.name,
            "unit": None if stage is None else stage.unit,
            "done": None if stage is None else stage.done,
            "total": None if stage is None else stage.total,
            "detail": "" if stage is None else stage.detail,
            "rate": None if stage is None else stage.rate,
            "seconds_left": None if stage is None else stage.seconds_left,
            "bytes": self.num_bytes,
            "result": self.result,
            "error": self.error,
        }


class JobQueue:
    """Runs jobs in the order in which they came, so many at a time. Frames to look at do not wait for the others.

    Args:
        folder: each job gets a folder in it.
        num_parallel: jobs that run at the same time.
        clock: seconds.
    """

    def __init__(self, folder: Path, num_parallel: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._clock = clock
        self._jobs: dict[int, Job] = {}
        self._numbers = itertools.count(1)
        self._changed = threading.Condition()
        self._is_closed = False
        self.version = 0
        """Rises with every change."""
        kinds = [False] * num_parallel + [True]
        self._lanes = [threading.Thread(target=self._serve, args=(is_quick,), daemon=True) for is_quick in kinds]
        for lane in self._lanes:
            lane.start()

    def add(self, task: Task, label: str, **about: Any) -> Job:
        """Put a job at the end.

        Raises:
            InputError: there are too many.
        """
        with self._changed:
            if len(self._jobs) >= MAX_JOBS:
                raise InputError(f"expected at most {MAX_JOBS} jobs. Received: one more; remove some that are done")
            number = next(self._numbers)
            job = Job(number, task, label, about, self._folder / str(number))
            self._jobs[number] = job
            self._touch()
        return job

    def get(self, number: int) -> Job | None:
        """A job by its number."""
        with self._changed:
            return self._jobs.get(number)

    def jobs(self) -> list[Job]:
        """All of them, in their order."""
        with self._changed:
            return list(self._jobs.values())

    def as_json(self) -> tuple[int, list[dict[str, Any]]]:
        """The version, and all jobs of it."""
        with self._changed:
            return self.version, [job.as_json() for job in self._jobs.values()]

    def cancel(self, number: int) -> None:
        """Kill a job that waits or runs, with all that it has written; forget one that has ended."""
        with self._changed:
            job = self._jobs.get(number)
            if job is None:
                return
            if job.state is State.WAITING:
                job.state = State.CANCELED
            elif job.state is State.RUNNING:
                job.state = State.CANCELED
                if job.process is not None:
                    job.process.kill()
            else:
                self._forget(job)
                for other in [other for other in self._jobs.values() if _is_quick(other)]:
                    if number in other.about.get("shows", ()) and other.state is State.DONE:
                        self._forget(other)
            self._touch()

    def close(self) -> None:
        """Kill all jobs, and wait until their processes have ended."""
        with self._changed:
            self._is_closed = True
            for job in self._jobs.values():
                if job.state in (State.WAITING, State.RUNNING):
                    job.state = State.CANCELED
                if job.process is not None:
                    job.process.kill()
            self._touch()
        for lane in self._lanes:
            lane.join()

    def kill(self) -> None:
        """Kill the processes of all jobs, without waiting for anything. May be called from any thread."""
        for job in list(self._jobs.values()):
            if (process := job.process) is not None:
                process.kill()

    def _forget(self, job: Job) -> None:
        del self._jobs[job.number]
        shutil.rmtree(job.folder, ignore_errors=True)

    def _touch(self) -> None:
        self.version += 1
        self._changed.notify_all()

    def _serve(self, is_quick: bool) -> None:
        while (job := self._next(is_quick)) is not None:
            try:
                self._run(job)
            except (GvcError, OSError) as error:
                self._end(job, {"event": "failed", "error": " ".join(str(error).split())})

    def _next(self, is_quick: bool) -> Job | None:
        """The next job, which runs from now on; None when the queue is closed."""
        with self._changed:
            while True:
                if self._is_closed:
                    return None
                fitting = (job for job in self._jobs.values() if _is_quick(job) == is_quick)
                waiting = next((job for job in fitting if job.state is State.WAITING), None)
                if waiting is not None:
                    waiting.state = State.RUNNING
                    self._touch()
                    return waiting
                self._changed.wait()

    def _run(self, job: Job) -> None:
        job.folder.mkdir()
        process = JobProcess(job.task, job.folder)
        last: dict[str, Any] | None = None
        try:
            with self._changed:
                job.process = process
                if job.state is State.CANCELED:  # before there was a process to kill
                    process.kill()
            for message in process.messages():
                last = message
                self._note(job, message)
        finally:
            code = process.close()
            with self._changed:
                job.process = None
        if last is None or last["event"] not in ("done", "failed"):
            last = {"event": "failed", "error": f"the job's process has died (exit code {code})"}
        self._end(job, last)

    def _note(self, job: Job, message: dict[str, Any]) -> None:
        num_bytes = bytes_in(job.folder)
        with self._changed:
            job.num_bytes = num_bytes
            now = self._clock()
            if message["event"] == "stage":
                job.stage = Stage(message["stage"], message["unit"], message["total"], now)
            elif message["event"] == "advance" and job.stage is not None:
                began = job.stage.began
                job.stage = Stage(
                    job.stage.name,
                    job.stage.unit,
                    job.stage.total,
                    began,
                    message["done"],
                    message["detail"],
                    now - began,
                )
            self._touch()

    def _end(self, job: Job, last: dict[str, Any]) -> None:
        """The job's process is gone: keep what it made, or remove it."""
        with self._changed:
            if job.state is State.RUNNING:
                job.state = State.DONE if last["event"] == "done" else State.FAILED
            if job.state is State.DONE:
                job.result = last["result"]
                job.num_bytes = bytes_in(job.folder)
            else:
                job.num_bytes = 0
                job.error = last.get("error", "") if job.state is State.FAILED else ""
                shutil.rmtree(job.folder, ignore_errors=True)
            job.stage = None
            self._touch()


def _is_quick(job: Job) -> bool:
    return isinstance(job.task, FramesTask)


def bytes_in(folder: Path) -> int:
    """The size of all files in a folder, also of those that have no name of their own yet.

    Files and folders may be renamed or removed meanwhile: those that are gone count nothing.
    """
    total = 0
    for place, _, names in os.walk(folder):  # which passes over what is gone; Path.rglob raises
        for name in names:
            with contextlib.suppress(OSError):
                total += Path(place, name).stat().st_size
    return total
