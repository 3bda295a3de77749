"""Jobs to workers: the longest first, three tries each, and no worker is waited for for ever."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from codec.cluster.dispatcher import MOST_TRIES, Dispatcher, Job
from codec.cluster.remote import Answer, UnfitError, run
from codec.errors import InputError, WorkerError

PATIENCE_SECONDS = 0.4


def double(context: int, argument: int) -> int:
    return context * argument


def refuse(context: int, argument: int) -> int:
    raise InputError(f"{context} refuses {argument}", option="--luma")


class Future:
    """Of a job at a worker of this test."""

    def __init__(self, answer: Callable[[], Answer]) -> None:
        self._answer = answer
        self._calls: list[Callable[[Any], None]] = []
        self.is_cancelled = False

    def add_done_callback(self, call: Callable[[Any], None]) -> None:
        self._calls.append(call)

    def result(self, timeout: float) -> Answer:
        assert timeout > 0
        return self._answer()

    def cancel(self) -> None:
        self.is_cancelled = True

    def end(self) -> None:
        for call in self._calls:
            call(self)


class Machines:
    """Workers that do what they are given when they are told to."""

    def __init__(self, *names: str) -> None:
        self.threads = dict.fromkeys(names, 1)
        self.given: list[tuple[str, int, Future]] = []
        self.keys: set[str] = set()
        self.stopped: set[str] = set()

    def workers(self) -> dict[str, int]:
        return dict(self.threads)

    def silent(self, seconds: float) -> set[str]:
        assert seconds == PATIENCE_SECONDS
        return self.stopped

    def give_up(self, worker: str) -> None:
        del self.threads[worker]

    def submit(self, work: Any, context_name: str, context: bytes, argument: bytes, worker: str, key: str) -> Future:
        assert key not in self.keys
        self.keys.add(key)
        future = Future(lambda: run(work, context_name, context, argument))
        self.given.append((worker, pickle.loads(argument), future))
        return future


def dispatcher(machines: Machines, work: Any = double, patience_seconds: float = PATIENCE_SECONDS) -> Dispatcher:
    return Dispatcher(machines, work, 2, patience_seconds=patience_seconds)


def at(machines: Machines, worker: str) -> list[int]:
    return [argument for name, argument, _ in machines.given if name == worker]


def test_results_come_back() -> None:
    machines = Machines("a", "b")
    tested = dispatcher(machines)
    jobs = [tested.submit(number, size=1) for number in range(3)]
    for _, _, future in list(machines.given):
        future.end()
    assert [tested.result(job) for job in jobs] == [0, 2, 4]
    assert tested.num_slots == 2


def test_the_longest_is_first_and_workers_have_little_ahead() -> None:
    machines = Machines("a")
    tested = dispatcher(machines)
    sizes = [5, 1, 3, 9]
    for size in sizes:
        tested.submit(size, size=size)
    assert at(machines, "a") == [5, 1]  # one that is done, one that waits there
    machines.given[0][2].end()
    tested.submit(4, size=4)
    assert at(machines, "a") == [5, 1, 9]
    machines.given[1][2].end()
    tested.submit(7, size=7)
    assert at(machines, "a") == [5, 1, 9, 7]


def test_an_error_of_the_job_is_not_tried_again() -> None:
    machines = Machines("a", "b")
    tested = dispatcher(machines, refuse)
    job = tested.submit(7, size=1)
    machines.given[0][2].end()
    with pytest.raises(InputError, match="2 refuses 7") as raised:
        tested.result(job)
    assert raised.value.option == "--luma"
    assert len(machines.given) == 1


def run_out(context: int, argument: int) -> int:
    raise MemoryError(context * argument)


def test_an_error_of_the_machine_is_tried_elsewhere() -> None:
    machines = Machines("a", "b", "c")
    tested = dispatcher(machines, run_out)
    job = tested.submit(7, size=1)
    for number in range(MOST_TRIES):
        machines.given[number][2].end()
        tested._advance()
    assert sorted(worker for worker, _, _ in machines.given) == ["a", "b", "c"]
    with pytest.raises(WorkerError, match="failed at 3 workers, a, b, c: MemoryError: 14"):
        tested.result(job)


def broken() -> Answer:
    raise OSError("connection reset")


def test_three_tries_each_at_another_worker() -> None:
    machines = Machines("a", "b", "c", "d")
    tested = dispatcher(machines)
    job = tested.submit(7, size=1)
    for number in range(MOST_TRIES):
        future = machines.given[number][2]
        future._answer = broken
        future.end()
        tested._advance()
    assert len({worker for worker, _, _ in machines.given}) == MOST_TRIES == len(machines.given)
    with pytest.raises(WorkerError, match="failed at 3 workers, a, b, c: OSError: connection reset"):
        tested.result(job)


def test_a_worker_that_is_gone_costs_its_jobs_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codec.cluster.dispatcher._LOOK_SECONDS", 0.0)
    machines = Machines("a", "b")
    tested = dispatcher(machines)
    jobs = [tested.submit(number, size=1) for number in range(2)]
    lost = next(future for worker, _, future in machines.given if worker == "a")
    del machines.threads["a"]
    tested._advance()
    assert lost.is_cancelled
    assert sorted(at(machines, "b")) == [0, 1]
    lost.end()  # too late: it is not taken
    for worker, _, future in machines.given:
        if worker == "b":
            future.end()
    assert [tested.result(job) for job in jobs] == [0, 2]


def finished(tested: Dispatcher, machines: Machines, worker: str) -> Job:
    """One more job, done by this worker."""
    job = tested.submit(1, size=1)
    future = machines.given[-1][2]
    assert machines.given[-1][0] == worker
    future.end()
    tested.result(job)
    return job


def test_a_worker_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codec.cluster.dispatcher._LOOK_SECONDS", 0.01)
    machines = Machines("a", "b")
    tested = dispatcher(machines)
    slow = tested.submit(7, size=1)
    assert at(machines, "a") == [7]
    finished(tested, machines, "b")
    deadline = time.monotonic() + 30
    while at(machines, "b") != [1, 7]:
        assert time.monotonic() < deadline
        time.sleep(0.01)
        tested._advance()
    machines.given[-1][2].end()
    assert tested.result(slow) == 14
    assert tested.num_slots == 1
    assert list(machines.threads) == ["b"]  # no later encode waits for it again


def test_the_first_job_may_take_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as nobody knows how long a job takes, a worker is not given up after the patience."""
    monkeypatch.setattr("codec.cluster.dispatcher._LOOK_SECONDS", 0.0)
    machines = Machines("a", "b")
    tested = dispatcher(machines)
    tested.submit(7, size=1)
    time.sleep(2 * PATIENCE_SECONDS)
    tested._advance()
    assert at(machines, "a") == [7]
    assert at(machines, "b") == []


def test_without_workers_it_ends_after_the_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codec.cluster.dispatcher._LOOK_SECONDS", 0.01)
    machines = Machines("a")
    tested = dispatcher(machines, patience_seconds=0.05)
    job = tested.submit(7, size=1)
    machines.threads.clear()
    with pytest.raises(WorkerError, match="no worker of the cluster is left"):
        tested.result(job)


def refuse_at_a(context: int, argument: int) -> int:
    raise UnfitError(f"no file {context * argument} here")


def test_a_worker_that_is_unfit_gets_nothing_more() -> None:
    machines = Machines("a", "b")
    tested = dispatcher(machines)
    jobs = [tested.submit(number, size=1) for number in range(4)]
    for worker, number, future in list(machines.given):
        if worker == "a":
            future._answer = lambda number=number: run(refuse_at_a, "c", pickle.dumps(2), pickle.dumps(number))  # type: ignore[misc]
            future.end()
            break
    tested._advance()
    assert len(at(machines, "a")) == 2
    while any(job.answer is None for job in jobs):
        machines.given[-1][2].end()
        for worker, _, future in list(machines.given):
            if worker == "b":
                future.end()
        tested._advance()
    assert [tested.result(job) for job in jobs] == [0, 2, 4, 6]
    assert not any(job.tried for job in jobs)  # it counts as no try
    assert len(at(machines, "a")) == 2
    assert tested.num_slots == 1


def test_if_all_are_unfit_it_is_said_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codec.cluster.dispatcher._LOOK_SECONDS", 0.01)
    machines = Machines("a")
    tested = dispatcher(machines, refuse_at_a, patience_seconds=0.05)
    job = tested.submit(7, size=1)
    machines.given[0][2].end()
    with pytest.raises(WorkerError, match=r"no worker of the cluster is left.*; a cannot be used: no file 14 here"):
        tested.result(job)


def test_in_order_the_first_job_goes_first() -> None:
    machines = Machines("a")
    tested = Dispatcher(machines, double, 2, patience_seconds=PATIENCE_SECONDS, in_order=True)
    for size in (5, 1, 3, 9):
        tested.submit(size, size=size)
    for number in range(2):
        machines.given[number][2].end()
    tested._advance()
    assert at(machines, "a") == [5, 1, 3, 9]


def test_in_order_a_worker_may_take_long_but_must_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codec.cluster.dispatcher._LOOK_SECONDS", 0.0)
    machines = Machines("a", "b")
    tested = Dispatcher(machines, double, 2, patience_seconds=PATIENCE_SECONDS, in_order=True)
    tested.submit(7, size=1)
    assert at(machines, "a") == [7]
    finished(tested, machines, "b")
    time.sleep(2 * PATIENCE_SECONDS)  # it reads its way to the segment
    tested._advance()
    assert at(machines, "b") == [1]
    machines.stopped = {"a"}
    tested._advance()
    assert at(machines, "b") == [1, 7]
    assert list(machines.threads) == ["b"]


def test_one_thread_may_submit_while_another_waits() -> None:
    machines = Machines("a", "b")
    tested = dispatcher(machines)
    first = tested.submit(1, size=1)
    results: list[int] = []
    waiting = threading.Thread(target=lambda: results.append(tested.result(first)))
    waiting.start()
    second = tested.submit(2, size=1)  # which takes whatever is over, also for the other thread
    machines.given[0][2].end()
    third = tested.submit(3, size=1)
    waiting.join(30)
    assert results == [2]
    for _, _, future in list(machines.given)[1:]:
        future.end()
    assert [tested.result(job) for job in (second, third)] == [4, 6]


def test_nobody_waits_for_a_closed_one() -> None:
    machines = Machines("a", "b")
    tested = dispatcher(machines)
    tested.submit(7, size=1)
    tested.close()
    assert machines.given[0][2].is_cancelled
