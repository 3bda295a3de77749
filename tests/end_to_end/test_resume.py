"""Encodes that are killed at random moments, and go on: the same bytes, and no finished segment is coded again."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from codec.cli.encode import main
from codec.files import WorkFolder
from container_format import StreamReader
from container_format.errors import StreamError
from container_format.records import SegmentRecord
from tests.end_to_end.conftest import (
    TINY_GUIDED,
    assert_one_line_error,
    call,
    call_ok,
    command,
    run,
    run_ok,
    slow,
    write_video,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills processes, and needs locks")

SEED = 20
QUICK_KILLS, SLOW_KILLS = 2, 20
WAIT_SECONDS = 600.0
SEGMENTS = ("--segment-frames", "4", "--workers", "2")
LOSSLESS = ("--color", "lossless", "--speed", "swift", *SEGMENTS)
LONG = ("--color", "lossless", "--speed", "max", "--segment-frames", "2", "--workers", "2")
"""Coding takes most of its time."""
GUIDED = (*TINY_GUIDED, *SEGMENTS)
FAST = ("--color", "none", "--luma", "zstd", "--segment-frames", "4")


@dataclass(frozen=True)
class Job:
    """An encode, the seconds that it takes, and its bytes."""

    clip: Path
    options: tuple[str, ...]
    seconds: float
    stream: bytes

    def line(self, output: Path) -> list[str]:
        return [command("gvc-encode"), str(self.clip), str(output), *self.options, "--resume", "--json"]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mkv"
    write_video(path, width=128, height=96, frames=40)
    return path


def measured(clip: Path, options: tuple[str, ...], output: Path) -> Job:
    """The encode, carried out once, without a work folder."""
    start = time.monotonic()
    run_ok("gvc-encode", clip, output, *options, "-q")
    return Job(clip, options, time.monotonic() - start, output.read_bytes())


def num_kept(work: Path) -> int:
    return len(list(work.glob("segment-??????")))


def num_written(folder: Path) -> int:
    """Whole segments in the output that a killed run has left."""
    count = 0
    for part in folder.glob("*.part"):
        with part.open("rb") as stream:
            try:
                for record in StreamReader(stream).records():
                    count += isinstance(record, SegmentRecord)
            except StreamError:  # it ends where the run was killed
                pass
    return count


def kill_and_resume(job: Job, delay: float, folder: Path) -> tuple[int, int] | None:
    """Kill an encode, look at what it has left, and go on.

    Returns:
        The segments that were kept, and those that were coded afterwards; None if the encode had ended before the kill.
    """
    output = folder / "out.gvc"
    process = subprocess.Popen(job.line(output), stdout=subprocess.DEVNULL, start_new_session=True)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()
    work = folder / "out.gvc.work"
    kept, written = num_kept(work), num_written(folder)
    if output.exists():
        assert output.read_bytes() == job.stream
        shutil.rmtree(work, ignore_errors=True)
        output.unlink()
        return None
    assert written <= kept  # what is finished is kept before it is written
    result = subprocess.run(job.line(output), capture_output=True, check=True, timeout=WAIT_SECONDS)
    report = json.loads(result.stdout)
    assert output.read_bytes() == job.stream
    assert report["resumed_segments"] == kept  # nothing that was kept is coded again
    assert list(folder.iterdir()) == [output]
    output.unlink()
    return kept, report["segments"] - kept


def kill_often(job: Job, kills: int, folder: Path, prepared: Path | None = None) -> None:
    """Kill an encode so often in its middle, each time at a random moment.

    Args:
        job: the encode.
        kills: how often.
        folder: an empty one.
        prepared: the work folder from which each encode goes on; None begins anew.
    """
    randomness = random.Random(SEED)
    while kills:
        if prepared is not None:
            shutil.copytree(prepared, folder / "out.gvc.work")
        found = kill_and_resume(job, randomness.uniform(0, job.seconds), folder)
        if found is not None:
            kills -= 1
            print(f"{found[0]:3} segments kept, {found[1]:3} coded after the kill")


@pytest.fixture(scope="module")
def lossless(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Job:
    return measured(clip, LOSSLESS, tmp_path_factory.mktemp("lossless") / "out.gvc")


def test_a_few_kills(lossless: Job, tmp_path: Path) -> None:
    kill_often(lossless, QUICK_KILLS, tmp_path)


@pytest.mark.slow
def test_many_kills(clip: Path, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    long = measured(clip, LONG, tmp_path_factory.mktemp("long") / "out.gvc")
    kill_often(long, SLOW_KILLS, tmp_path)


@pytest.mark.slow
def test_many_kills_with_a_network(clip: Path, tmp_path: Path) -> None:
    """Training need not give the same bytes again: a run that is killed before its end has trained for nothing.

    So the trained network comes from a folder, from which an undisturbed run makes the stream to compare with.
    """
    output, work, trained = tmp_path / "out.gvc", tmp_path / "out.gvc.work", tmp_path / "trained"
    line = Job(clip, GUIDED, 0, b"").line(output)
    process = subprocess.Popen(line, stdout=subprocess.DEVNULL, start_new_session=True)
    await_file(work / "prepared", process)
    process.kill()
    process.wait()
    work.rename(trained)
    for piece in trained.glob("segment-*"):
        piece.unlink()
    shutil.copytree(trained, work)
    start = time.monotonic()
    subprocess.run(line, stdout=subprocess.DEVNULL, check=True)
    job = Job(clip, GUIDED, time.monotonic() - start, output.read_bytes())
    for path in (*tmp_path.glob(".out.gvc*"), output):
        path.unlink()
    assert b"compact" in job.stream  # the name of the network
    runs = tmp_path / "runs"
    runs.mkdir()
    kill_often(job, SLOW_KILLS, runs, trained)


def await_file(path: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not path.exists():
        assert process.poll() is None, "the run has ended before"
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def killed(lossless: Job, tmp_path: Path) -> Path:
    """The output of an encode that was killed after its third segment."""
    output = tmp_path / "out.gvc"
    process = subprocess.Popen(lossless.line(output), stdout=subprocess.DEVNULL, start_new_session=True)
    await_file(tmp_path / "out.gvc.work" / "segment-000002", process)
    process.kill()
    process.wait()
    return output


@dataclass(frozen=True)
class Called:
    """A command that ran in this process, whose libraries are loaded already."""

    code: int
    error: str


@pytest.fixture
def encode(capsys: pytest.CaptureFixture[str]) -> Callable[..., Called]:
    def call(*arguments: str | Path) -> Called:
        code = main([*map(str, arguments)])
        return Called(code, capsys.readouterr().err)

    return call


def assert_refused(called: Called, code: int, *words: str) -> None:
    assert called.code == code
    (line,) = (line for line in called.error.splitlines() if "error:" in line)
    assert all(word in line for word in words), line


def test_what_has_changed_is_named(lossless: Job, killed: Path, encode: Callable[..., Called]) -> None:
    clip, again = lossless.clip, ("--resume", *LOSSLESS)
    work = killed.with_name("out.gvc.work")
    before = num_kept(work)
    for changed, name, was, now in (
        (("--segment-frames", "5"), "--segment-frames", "4", "5"),
        (("--speed", "max"), "--speed", "swift", "max"),
        (("--frames", "20"), "--frames", "not given", "20"),
        (("--source-md5",), "--source-md5", "not given", "given"),
        (("--start", "1"), "--start", "0", "1"),
    ):
        called = encode(clip, killed, *again, *changed)
        assert_refused(called, 3, f"{name} was {was}. Received: {now}.", "--clean")
    status = clip.stat()
    try:
        os.utime(clip, ns=(status.st_atime_ns, status.st_mtime_ns + 10**9))
        assert_refused(encode(clip, killed, *again), 3, "the input's time of change was")
    finally:
        os.utime(clip, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert num_kept(work) == before
    assert encode(clip, killed, *again, "--workers", "1", "-q") == Called(0, "")  # which changes no byte
    assert killed.read_bytes() == lossless.stream


def test_without_the_option_it_is_left_alone_and_said(
    lossless: Job, killed: Path, encode: Callable[..., Called]
) -> None:
    assert "has unfinished work: --resume goes on from it" in encode(lossless.clip, killed, *FAST).error
    work = killed.with_name("out.gvc.work")
    assert num_kept(work) >= 3
    result = call_ok("gvc-encode", "--clean", killed)
    assert result.stderr.decode() == f"gvc-encode: {work} is removed\n"
    assert list(killed.parent.iterdir()) == [killed]
    assert b"is not there" in call_ok("gvc-encode", "--clean", killed).stderr


def test_damaged_pieces_are_coded_again(lossless: Job, killed: Path) -> None:
    work = killed.with_name("out.gvc.work")
    kept = num_kept(work)
    for name, place in (("segment-000000", 200), ("segment-000002", -1)):
        data = bytearray((work / name).read_bytes())
        data[place] ^= 255
        (work / name).write_bytes(data)
    result = run_ok(*Path("gvc-encode").parts, *lossless.line(killed)[1:])
    assert json.loads(result.stdout)["resumed_segments"] == kept - 2
    assert killed.read_bytes() == lossless.stream


def test_two_runs_at_once_do_not_mix(lossless: Job, tmp_path: Path) -> None:
    output = tmp_path / "out.gvc"
    first = subprocess.Popen(lossless.line(output), stdout=subprocess.DEVNULL)
    await_file(tmp_path / "out.gvc.work" / "survey", first)
    first.send_signal(signal.SIGSTOP)
    result = run("gvc-encode", lossless.clip, output, *LOSSLESS, "--resume")
    assert_one_line_error(result, 6, "out.gvc.work, is in use")
    assert_one_line_error(run("gvc-encode", "--clean", output), 6, "out.gvc.work, is in use")
    first.send_signal(signal.SIGCONT)
    assert first.wait(WAIT_SECONDS) == 0
    assert output.read_bytes() == lossless.stream


def test_a_full_disk_loses_nothing_that_is_finished(lossless: Job, tmp_path: Path) -> None:
    """The limit of a file's size stands for the end of the disk: the output grows beyond it, the pieces do not."""
    limit = len(lossless.stream) * 2 // 3
    output = tmp_path / "out.gvc"

    def with_little_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    line = [*lossless.line(output), "--workers", "1"]  # memory that workers share is a file, too
    result = subprocess.run(line, preexec_fn=with_little_room, capture_output=True, check=False)
    assert_one_line_error(result, 6, "out.gvc", "File too large")
    kept = num_kept(tmp_path / "out.gvc.work")
    assert kept >= 3
    assert [path.name for path in tmp_path.iterdir()] == ["out.gvc.work"]
    again = subprocess.run(lossless.line(output), capture_output=True, check=True)
    assert json.loads(again.stdout)["resumed_segments"] == kept
    assert output.read_bytes() == lossless.stream


@pytest.mark.parametrize("number", [signal.SIGTERM, *slow(signal.SIGINT)])
def test_an_interrupt_keeps_what_is_finished(number: signal.Signals, lossless: Job, tmp_path: Path) -> None:
    output = tmp_path / "out.gvc"
    process = subprocess.Popen(lossless.line(output), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    await_file(tmp_path / "out.gvc.work" / "segment-000001", process)
    process.send_signal(number)
    process.communicate(timeout=WAIT_SECONDS)
    assert [path.name for path in tmp_path.iterdir()] == ["out.gvc.work"]
    assert num_kept(tmp_path / "out.gvc.work") >= 2
    call_ok("gvc-encode", lossless.clip, output, *LOSSLESS, "--resume", "-q")
    assert output.read_bytes() == lossless.stream


def test_pipes_and_exports_cannot_go_on(clip: Path, tmp_path: Path, encode: Callable[..., Called]) -> None:
    out, options = tmp_path / "out.gvc", (*FAST, "--resume")
    assert_refused(encode("-", out, *options), 3, "a pipe cannot be read again")
    assert_refused(encode(clip, "-", *options), 6, "expected a file as output")
    assert_refused(encode(clip, out, *options, "--export-keyframes", tmp_path / "k"), 3, "--export-keyframes")
    (tmp_path / "out.gvc.work").mkdir()
    (tmp_path / "out.gvc.work" / "letter.txt").touch()
    assert_refused(encode(clip, out, *options), 6, "letter.txt, which is none of gvc's")
    assert_one_line_error(call("gvc-encode", "--clean", out), 6, "letter.txt, which is none of gvc's")


def test_of_several_inputs_the_finished_ones_are_left(
    clip: Path, tmp_path: Path, encode: Callable[..., Called]
) -> None:
    inputs = [tmp_path / f"{name}.mkv" for name in "abc"]
    for path in inputs:
        shutil.copy(clip, path)
    out = tmp_path / "out"
    again = (*inputs, out, *FAST, "--resume")
    assert encode(*again).code == 0
    streams = {path.name: path.read_bytes() for path in out.iterdir()}
    assert sorted(streams) == ["a.gvc", "b.gvc", "c.gvc"]
    (out / "b.gvc").write_bytes(streams["b.gvc"][:-30])  # as a copy that was cut off
    (out / "c.gvc").unlink()
    called = encode(*again)
    assert_refused(called, 6, "b.gvc exists. Give -y")
    assert "1 of 3 outputs are whole already\n" in called.error
    times = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    called = encode(*again, "-y")
    assert called.code == 0
    assert "2 of 3 outputs are whole already\n" in called.error
    assert {path.name: path.read_bytes() for path in out.iterdir()} == streams
    assert [name for name in times if (out / name).stat().st_mtime_ns != times[name]] == ["b.gvc"]
    left = out / "a.gvc.work"  # of a run that was ended before it could remove it
    with closing(WorkFolder(str(out / "a.gvc"))) as folder:
        folder.write("job", b"{}")
    os.utime(left / "job", ns=(times["a.gvc"], times["a.gvc"]))
    assert "3 of 3 outputs are whole already\n" in encode(*again).error
    assert not left.exists()
    os.utime(inputs[0])  # newer than its output
    called = encode(*again)
    assert_refused(called, 6, "a.gvc exists. Give -y")
    assert "2 of 3 outputs are whole already\n" in called.error
