"""The queue with real processes: progress, results, failures, cancellation, and what is left."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest

from codec.errors import InputError
from codec.progress import Progress
from codec.studio.events import changes
from codec.studio.jobs import Job, JobQueue, Stage, State, bytes_in
from codec.studio.tasks import FramesTask

PATIENCE = 900.0


@dataclass(frozen=True)
class Steps:
    """A task for tests: writes, reports, and waits until it may end."""

    kind: ClassVar[str] = "steps"

    gate: Path
    failure: str = ""

    def run(self, folder: Path, progress: Progress) -> dict[str, Any]:
        (folder / "out").write_bytes(b"12345")
        progress.start("stepping", 4, "steps")
        progress.advance(4, "all of them")
        if self.failure == "half":
            progress._link.write(b'{"event":')  # type: ignore[attr-defined]
            os._exit(7)
        print("what a library prints is no message")
        while not self.gate.exists():
            time.sleep(0.01)
        if self.failure == "die":
            os._exit(7)
        if self.failure == "bug":
            raise ZeroDivisionError(f"in {folder}{os.sep}out")
        if self.failure:
            raise InputError(self.failure)
        return {"files": ["out"], "notes": [f"as in {folder / 'out'}"]}


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    return tmp_path / "gate"


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[JobQueue]:
    folder = tmp_path / "jobs"
    folder.mkdir()
    queue = JobQueue(folder, 1)
    yield queue
    queue.close()


def wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def has_stage(job: Job) -> bool:
    return job.stage is not None and job.stage.done > 0


def test_a_job_from_its_place_in_the_queue_to_its_result(queue: JobQueue, gate: Path) -> None:
    job = queue.add(Steps(gate), "clip", video=3)
    waiting = queue.add(Steps(gate), "clip")
    wait(lambda: has_stage(job))
    shown = job.as_json()
    assert (shown["state"], shown["stage"], shown["done"], shown["total"]) == ("running", "stepping", 4, 4)
    assert (shown["video"], shown["detail"], shown["bytes"]) == (3, "all of them", 5)
    assert waiting.state is State.WAITING
    gate.touch()
    wait(lambda: waiting.state is State.DONE)
    assert job.state is State.DONE
    assert job.result == {"files": ["out"], "notes": ["as in out"]}
    assert (job.folder / "out").read_bytes() == b"12345"
    queue.cancel(job.number)
    assert not job.folder.exists()
    assert queue.jobs() == [waiting]


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        ("expected something\nelse", "expected something else"),
        ("bug", "internal error, please report it (ZeroDivisionError: in out)"),
        ("die", "the job's process has died (exit code 7)"),
    ],
)
def test_a_failure_is_one_line_and_leaves_nothing(queue: JobQueue, gate: Path, failure: str, message: str) -> None:
    gate.touch()
    job = queue.add(Steps(gate, failure), "clip")
    wait(lambda: job.state is State.FAILED)
    assert job.error == message
    assert not job.folder.exists()


def test_a_process_that_is_killed_in_the_middle_of_a_message(queue: JobQueue, gate: Path) -> None:
    job = queue.add(Steps(gate, "half"), "clip")
    wait(lambda: job.state is State.FAILED)
    assert job.error == "the job's process has died (exit code 7)"
    last = queue.add(Steps(gate), "clip")  # the lane goes on
    gate.touch()
    wait(lambda: last.state is State.DONE)


def test_bytes_are_counted_while_folders_get_their_names(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    (first / "file").write_bytes(b"12345")
    is_over = threading.Event()

    def rename() -> None:
        while not is_over.is_set():
            first.rename(second)
            second.rename(first)

    renaming = threading.Thread(target=rename)
    renaming.start()
    try:
        found = {bytes_in(tmp_path) for _ in range(500)}
    finally:
        is_over.set()
        renaming.join()
    assert found <= {0, 5}
    assert bytes_in(tmp_path) == 5


def test_cancel_kills_what_runs_and_what_waits(queue: JobQueue, gate: Path) -> None:
    running, waiting = queue.add(Steps(gate), "a"), queue.add(Steps(gate), "b")
    wait(lambda: has_stage(running))
    queue.cancel(waiting.number)
    queue.cancel(running.number)
    wait(lambda: not running.folder.exists() and running.process is None)
    assert (running.state, waiting.state) == (State.CANCELED, State.CANCELED)
    assert running.error == ""
    last = queue.add(Steps(gate), "c")  # the lane goes on
    gate.touch()
    wait(lambda: last.state is State.DONE)
    assert not waiting.folder.exists()


def test_frames_to_look_at_do_not_wait_for_the_others(queue: JobQueue, gate: Path) -> None:
    running = queue.add(Steps(gate), "a")
    wait(lambda: has_stage(running))
    frames = queue.add(FramesTask(gate, {running.number: gate}, (0,)), "a", shows=[running.number])
    wait(lambda: frames.state is State.FAILED)
    assert "gate" in frames.error
    assert running.state is State.RUNNING


def test_closing_kills_all(tmp_path: Path, gate: Path) -> None:
    queue = JobQueue(tmp_path, 2)
    jobs = [queue.add(Steps(gate), "clip") for _ in range(3)]
    wait(lambda: has_stage(jobs[0]) and has_stage(jobs[1]))
    queue.close()
    assert [job.state for job in jobs] == [State.CANCELED] * 3
    assert not any(job.folder.exists() for job in jobs)


def test_time_left_follows_the_speed_so_far() -> None:
    stage = Stage("coding", "frames", 100, began=5.0, done=20, seconds=4.0)
    assert stage.rate == 5
    assert stage.seconds_left == 16
    assert Stage("coding", "frames", None, began=5.0, done=20, seconds=4.0).seconds_left is None
    assert Stage("coding", "frames", 100, began=5.0).seconds_left is None


def test_events_tell_every_state(queue: JobQueue, gate: Path) -> None:
    async def watch() -> list[str]:
        states: list[str] = []
        async for event in changes(queue, look_seconds=0.01):
            kind, _, data = event.strip().partition("\n")
            assert kind == "event: jobs"
            jobs = json.loads(data.removeprefix("data: "))
            if not jobs:
                queue.add(Steps(gate), "clip")
                continue
            if not states or states[-1] != jobs[0]["state"]:
                states.append(jobs[0]["state"])
            if jobs[0]["stage"] == "stepping":
                gate.touch()
            if states[-1] == "done":
                return states
        return states

    states = asyncio.run(asyncio.wait_for(watch(), PATIENCE))
    assert states[-2:] == ["running", "done"]
