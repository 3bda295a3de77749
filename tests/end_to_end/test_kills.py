"""Commands that are killed, terminated or interrupted at random moments, and what is left of them.

A killed command may leave an unfinished output under a temporary name, which the next command that writes the same name
removes. One that is told to end leaves nothing. Under the output's own name there is nothing or all of it.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.conftest import TINY_GUIDED, command, run_ok, write_video

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")

SEED = 16
QUICK_ROUNDS = 2  # of each signal
SLOW_ROUNDS = {signal.SIGKILL: 200, signal.SIGTERM: 100, signal.SIGINT: 100}
SLOW_ROUNDS_WITH_A_NETWORK = 10  # of each signal; each of them imports TensorFlow
STOP_SECONDS = 5.0  # one second is promised on an idle core; tests share theirs
GONE_SECONDS = 60.0
OUTPUT = "out"
CODES = {signal.SIGTERM: 143, signal.SIGINT: 130}
WORDS = {signal.SIGTERM: "terminated", signal.SIGINT: "interrupted"}
_LOSSLESS = ("--color", "lossless", "--luma", "x264", "--chroma", "ffv1", "--effort", "none")


@dataclass(frozen=True)
class Job:
    """A command without its output.

    Attributes:
        name: of the command.
        before, after: what stands before and behind the output.
        ending: of the output's name.
        seconds: that it takes.
        files: the output's bytes, by the path in it ("" for a file).
    """

    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    ending: str
    seconds: float
    files: dict[str, bytes]

    @classmethod
    def measured(cls, folder: Path, name: str, before: tuple[str, ...], after: tuple[str, ...], ending: str) -> Job:
        """The job, carried out once."""
        output = folder / (OUTPUT + ending)
        start = time.monotonic()
        run_ok(name, *before, output, *after, "-q", "-y")
        seconds = time.monotonic() - start
        files = files_in(output)
        remove(output)
        return cls(name, before, after, ending, seconds, files)

    def line(self, folder: Path) -> list[str]:
        """The command line that writes into a folder, whether there is an output already or not."""
        return [command(self.name), *self.before, str(folder / (OUTPUT + self.ending)), *self.after, "-q", "-y"]


def files_in(output: Path) -> dict[str, bytes]:
    if output.is_dir():
        return {path.name: path.read_bytes() for path in sorted(output.iterdir())}
    return {"": output.read_bytes()}


def remove(output: Path) -> None:
    if output.is_dir():
        for path in output.iterdir():
            path.unlink()
        output.rmdir()
    else:
        output.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mkv"
    write_video(path, width=160, height=120, frames=24)
    return path


@pytest.fixture(scope="module")
def jobs(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Job]:
    """Encode, decode to a file and to a folder, colorize, cut and join. All of them write the same bytes again."""
    folder = tmp_path_factory.mktemp("jobs")
    stream = str(folder / "clip.gvc")
    segments = ("--segment-frames", "4", "--workers", "2")
    run_ok("gvc-encode", clip, stream, *_LOSSLESS, *segments)
    work = folder / "work"
    work.mkdir()
    return [
        Job.measured(work, "gvc-encode", (str(clip),), (*_LOSSLESS, *segments), ".gvc"),
        Job.measured(work, "gvc-decode", (stream,), ("--workers", "2"), ".y4m"),
        Job.measured(work, "gvc-decode", (stream,), ("--workers", "2", "-f", "images"), ""),
        Job.measured(work, "gvc-colorize", (str(clip),), ("--to-gray",), ".mp4"),
        Job.measured(work, "gvc-cut", (stream,), ("--frames", "4:20"), ".gvc"),
        Job.measured(work, "gvc-join", (stream, stream), (), ".gvc"),
    ]


@pytest.fixture(scope="module")
def jobs_with_a_network(video: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Job]:
    """One that imports TensorFlow, and trains."""
    folder = tmp_path_factory.mktemp("network_jobs")
    return [Job.measured(folder, "gvc-encode", (str(video),), TINY_GUIDED, ".gvc")]


def living_processes(session: int) -> list[int]:
    """Processes of a session that have not ended."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, number, *_ = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(number) == session and state not in "ZX":
            found.append(int(path.parent.name))
    return found


def await_end_of_session(session: int) -> None:
    deadline = time.monotonic() + GONE_SECONDS
    while left := living_processes(session):
        assert time.monotonic() < deadline, f"processes {left} are left"
        time.sleep(0.01)


def disturb(job: Job, number: signal.Signals, delay: float, folder: Path, *, is_exact: bool) -> tuple[str, float]:
    """Start a job, send it a signal, and look at what is left.

    Returns:
        A few words for the table, and the seconds from the signal to the end.
    """
    process = subprocess.Popen(job.line(folder), stderr=subprocess.PIPE, start_new_session=True)
    time.sleep(delay)
    sent = time.monotonic()
    process.send_signal(number)
    _, errors = process.communicate(timeout=GONE_SECONDS)
    seconds = time.monotonic() - sent
    await_end_of_session(process.pid)
    output = folder / (OUTPUT + job.ending)
    if output.exists() and is_exact:
        assert files_in(output) == job.files
    parts = [path for path in folder.iterdir() if path != output]
    assert all(path.name.startswith(f".{output.name}.") and path.suffix == ".part" for path in parts), parts
    left = f"{'whole output' if output.exists() else 'no output'}, {len(parts)} temporary"
    if number != signal.SIGKILL:
        assert parts == []
        text = errors.decode()
        if process.returncode == -number or "KeyboardInterrupt" in text:
            left = f"{left}, while Python started or ended"  # before the first line of the command, or after the last
        elif process.returncode != 0:
            assert (process.returncode, text) == (CODES[number], f"{job.name}: error: {WORDS[number]}\n")
    elif parts:
        subprocess.run(job.line(folder), check=True)
        assert list(folder.iterdir()) == [output]
    remove(output)
    return left, seconds


def disturb_often(
    jobs: list[Job], rounds: Callable[[signal.Signals], int], folder: Path, *, is_exact: bool
) -> tuple[Counter[str], list[float]]:
    """Every signal, that often, at random moments of random jobs."""
    randomness = random.Random(SEED)
    table: Counter[str] = Counter()
    seconds = []
    for number in SLOW_ROUNDS:
        for _ in range(rounds(number)):
            job = randomness.choice(jobs)
            left, took = disturb(job, number, randomness.uniform(0, job.seconds), folder, is_exact=is_exact)
            table[f"{number.name} {job.name}{job.ending}: {left}"] += 1
            seconds.append(took)
    return table, seconds


def test_a_few_disturbed_commands(jobs: list[Job], tmp_path: Path) -> None:
    disturb_often(jobs, lambda _: QUICK_ROUNDS, tmp_path, is_exact=True)


@pytest.mark.slow
def test_many_disturbed_commands(jobs: list[Job], tmp_path: Path) -> None:
    table, seconds = disturb_often(jobs, SLOW_ROUNDS.__getitem__, tmp_path, is_exact=True)
    report(table, seconds)
    assert max(seconds) < STOP_SECONDS


@pytest.mark.slow
def test_disturbed_networks(jobs_with_a_network: list[Job], tmp_path: Path) -> None:
    # Training need not give the same bytes again.
    table, seconds = disturb_often(jobs_with_a_network, lambda _: SLOW_ROUNDS_WITH_A_NETWORK, tmp_path, is_exact=False)
    report(table, seconds)
    assert max(seconds) < STOP_SECONDS


def report(table: Counter[str], seconds: list[float]) -> None:
    """With ``pytest -s``, what was left how often."""
    for line, count in sorted(table.items()):
        print(f"{count:4} {line}")
    median = sorted(seconds)[len(seconds) // 2]
    print(f"from the signal to the end: {max(seconds):.2f} s at most, {median:.2f} s median")
