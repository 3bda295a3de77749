"""Jobs in worker processes: order, errors, death, and an end in the middle."""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from codec.errors import StreamError, WorkerError
from codec.native.isa import NUMPY
from codec.native.library import engine
from codec.workers.arena import Arena, room_for
from codec.workers.pool import Pool, PoolClosedError
from codec.workers.worker import Channel

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs open files that are given to processes")
GONE_SECONDS = 20.0  # how long to wait for a process to end, on a machine that does other things too


def count_up(context: int, argument: int, channel: Channel) -> None:
    for number in range(argument):
        channel.tell(number)
        channel.send(context + number)


def double(_: None, argument: tuple[int, Any], channel: Channel) -> None:
    arena = channel.arenas[argument[0]]
    (arrays,) = arena.views([argument[1]])
    channel.send(arena.write(room_for(arrays), [2 * array for array in arrays]))


def in_two_places(_: None, argument: int, channel: Channel) -> None:
    for number in range(argument):
        if number >= 2:
            channel.wait()
        channel.send(number)


def break_down(*_: object) -> None:
    raise StreamError("it is broken", option="--x", segment=3, byte_offset=17)


class TwoPartError(Exception):
    """Cannot be pickled: it must be made with two arguments, and knows one."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first + second)


def break_down_oddly(*_: object) -> None:
    raise TwoPartError("it is ", "odd")


def end_by(_: None, argument: int, __: Channel) -> None:
    if argument < 0:
        os.kill(os.getpid(), -argument)
    os._exit(argument)


def tell_and_sleep(_: None, argument: float, channel: Channel) -> None:
    channel.send(os.getpid())
    time.sleep(argument)
    channel.send("awake")


def engine_in_use(_: None, __: None, channel: Channel) -> None:
    """The instruction set, and whether any library was asked for known answers."""
    channel.send((engine().isa, "codec.native.known_answers" in sys.modules))


def imported(_: None, argument: tuple[str, ...], channel: Channel) -> None:
    for name in argument:
        importlib.import_module(name)
    channel.send(set(sys.modules))


@contextlib.contextmanager
def pool_of(num_workers: int, context: object = None) -> Iterator[Pool]:
    before = threading.active_count()
    with contextlib.closing(Pool(lambda: context, num_workers=num_workers, num_arenas=2)) as pool:
        yield pool
    assert threading.active_count() == before


def assert_gone(pid: int) -> None:
    deadline = time.monotonic() + GONE_SECONDS
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return  # it has ended; whoever adopted it has not looked yet
        time.sleep(0.02)
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize("num_workers", [1, 3])
def test_results_belong_to_their_jobs_in_their_order(num_workers: int) -> None:
    events: list[object] = []
    with pool_of(num_workers, context=100) as pool:
        jobs = [pool.submit(count_up, count, events.append) for count in (3, 0, 5, 1)]
        assert [list(job.results()) for job in jobs] == [[100, 101, 102], [], [100, 101, 102, 103, 104], [100]]
        assert all(job.is_over for job in jobs)
    assert sorted(map(str, events)) == ["0", "0", "0", "1", "1", "2", "2", "3", "4"]


def test_processes_start_when_there_is_work_and_no_more_than_that() -> None:
    with pool_of(4, context=0) as pool:
        assert not pool._processes
        assert list(pool.submit(count_up, 1).results()) == [0]
        assert len(pool._processes) == 1


def test_arrays_travel_through_an_arena() -> None:
    arrays = [np.arange(15, dtype=np.uint8).reshape(5, 3), np.array([[-7, 300]], np.int16)]
    with pool_of(1) as pool:
        arena = pool.arena(1)
        (placed,) = pool.submit(double, (1, arena.write(0, arrays))).results()
        found = arena.read(placed)  # type: ignore[arg-type]
    for before, after in zip(arrays, found, strict=True):
        assert after.dtype == before.dtype
        np.testing.assert_array_equal(after, 2 * before)


def test_workers_do_not_import_keras() -> None:
    with pool_of(1) as pool:
        (names,) = pool.submit(imported, ("codec.decoder.in_workers", "codec.encoder.in_workers")).results()
    assert isinstance(names, set)
    assert "codec.encoder.segment" in names
    assert not {"keras", "tensorflow", "rich"} & names


def test_a_worker_uses_the_library_of_its_parent_without_testing_it() -> None:
    with pool_of(1) as pool:
        (found,) = pool.submit(engine_in_use, None).results()
    assert found == (engine().isa, engine().isa == NUMPY)


def test_an_arena_has_no_name() -> None:
    arena = Arena.create()
    assert os.fstat(arena.descriptor).st_nlink == 0
    arena.close()


def test_a_worker_waits_for_places() -> None:
    with pool_of(1) as pool:
        job, after = pool.submit(in_two_places, 5), pool.submit(in_two_places, 2)
        results = job.results()
        assert [next(results), next(results)] == [0, 1]
        time.sleep(0.2)
        assert job._messages.empty()
        for number in (2, 3, 4):
            job.used_up()
            assert next(results) == number
        assert list(results) == []
        job.used_up()  # too much of it is no matter, and the next job does not get it
        assert list(after.results()) == [0, 1]


def test_an_error_arrives_as_it_was_raised() -> None:
    with pool_of(1) as pool, pytest.raises(StreamError, match="it is broken") as raised:
        list(pool.submit(break_down, None).results())
    error = raised.value
    assert (error.option, error.segment, error.byte_offset) == ("--x", 3, 17)
    assert "in break_down" in error.__notes__[0]


def test_an_error_that_cannot_be_pickled_is_told_in_words() -> None:
    with pool_of(1) as pool, pytest.raises(RuntimeError, match="TwoPartError: it is odd"):
        list(pool.submit(break_down_oddly, None).results())


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (-signal.SIGKILL, r"killed \(signal 9\), probably for lack of memory: try --workers 1"),
        (-signal.SIGSEGV, "ended by signal 11: try --workers 1"),
        (3, "exit code 3"),
    ],
)
def test_a_worker_that_dies_is_an_error_of_every_job(how: int, words: str) -> None:
    with pool_of(2) as pool:
        sleeping = pool.submit(tell_and_sleep, 600.0)
        results = sleeping.results()
        next(results)
        with pytest.raises(WorkerError, match=words):
            list(pool.submit(end_by, how).results())
        with pytest.raises(WorkerError, match=words):
            next(results)
        with pytest.raises(WorkerError, match=words):
            pool.submit(end_by, 0)


def test_closing_ends_work_and_waits() -> None:
    found: list[BaseException] = []
    with pool_of(1) as pool:
        results = pool.submit(tell_and_sleep, 600.0).results()
        pid = next(results)

        def wait() -> None:
            try:
                next(results)
            except PoolClosedError as error:
                found.append(error)

        thread = threading.Thread(target=wait)
        thread.start()
        pool.close()
        thread.join()
        with pytest.raises(PoolClosedError):
            pool.submit(end_by, 0)
    assert found
    assert_gone(int(str(pid)))


def test_what_interrupts_the_parent_does_not_interrupt_workers() -> None:
    with pool_of(1) as pool:
        results = pool.submit(tell_and_sleep, 0.3).results()
        pid = int(str(next(results)))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(pid, number)
        assert next(results) == "awake"


def test_workers_end_when_their_parent_is_killed() -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "import test_pool, codec.workers.pool as pool\n"
        "workers = pool.Pool(lambda: None, num_workers=2, num_arenas=1)\n"
        "jobs = [workers.submit(test_pool.tell_and_sleep, 600.0).results() for _ in range(2)]\n"
        "print(*map(next, jobs), flush=True)\n"
        "next(jobs[0])"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    pids = [int(word) for word in parent.stdout.readline().split()]
    assert len(pids) == 2
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for pid in pids:
        assert_gone(pid)
