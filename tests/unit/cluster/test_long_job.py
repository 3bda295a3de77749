"""A long job at one worker, which lives as long as it reports."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from codec.cluster.connection import WorkerFacts
from codec.cluster.long_job import LostJobError, done_at
from codec.cluster.remote import Answer, run
from codec.errors import TrainingError


def square(context: None, argument: int) -> int:
    assert context is None
    if argument < 0:
        raise TrainingError("training diverged")
    return argument**2


class Future:
    """Of a job at the worker of this test."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self._call: Any = None
        self.is_cancelled = False

    def add_done_callback(self, call: Any) -> None:
        self._call = call

    def end(self) -> None:
        self._call(self)

    def result(self, timeout: float) -> Answer:
        assert timeout > 0
        found = self._answer()
        assert isinstance(found, Answer)
        return found

    def cancel(self) -> None:
        self.is_cancelled = True


class Cluster:
    """One worker, which ends its job after so many looks at it."""

    def __init__(self, looks: int, *, is_stopped: bool = False, lives: bool = True) -> None:
        self.options = SimpleNamespace(patience_seconds=0.2)
        self.given_up: list[str] = []
        self._looks, self._is_stopped, self._lives = looks, is_stopped, lives

    def submit(self, *arguments: Any, resources: dict[str, float]) -> Future:
        work, name, context, argument, worker, key = arguments
        assert (worker, name, resources) == ("a", key, {"GPU": 1.0})
        self.future = Future(lambda: run(work, name, context, argument))
        return self.future

    def described(self) -> dict[str, WorkerFacts]:
        self._looks -= 1
        if self._looks == 0:
            threading.Timer(0.0, self.future.end).start()
        return {"a": WorkerFacts({"GPU": 1.0}, 0.0)} if self._lives else {}

    def silent(self, seconds: float) -> set[str]:
        assert seconds == self.options.patience_seconds
        return {"a"} if self._is_stopped else set()

    def give_up(self, worker: str) -> None:
        self.given_up.append(worker)


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codec.cluster.long_job._LOOK_SECONDS", 0.05)


def done(cluster: Cluster, argument: int) -> tuple[Any, int]:
    waits: list[float] = []
    found = done_at(cluster, "a", square, argument, resource="GPU", on_wait=waits.append)  # type: ignore[arg-type]
    return found, len(waits)


def test_it_is_waited_for_beyond_any_patience() -> None:
    found, num_waits = done(Cluster(looks=12), 7)  # 0.6 seconds
    assert found == 49
    assert num_waits >= 12


def test_a_worker_that_is_gone_or_hangs_is_no_place() -> None:
    gone, stopped = Cluster(looks=99, lives=False), Cluster(looks=99, is_stopped=True)
    with pytest.raises(LostJobError, match="it is gone"):
        done(gone, 7)
    assert gone.future.is_cancelled
    with pytest.raises(LostJobError, match="it hangs"):
        done(stopped, 7)
    assert stopped.given_up == ["a"]


def test_what_it_raises_may_be_of_that_machine_alone() -> None:
    with pytest.raises(LostJobError, match="TrainingError: training diverged"):
        done(Cluster(looks=1), -1)
