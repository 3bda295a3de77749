"""Encodes on a cluster of real processes: the same bytes, also if a worker is killed or stopped in the middle."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.end_to_end.conftest import assert_one_line_error, command, run, run_ok, write_video

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="stops processes")

WAIT_SECONDS = 600.0
LOSSLESS = ("--color", "lossless", "--speed", "max", "--segment-frames", "4")
FAST = ("--color", "none", "--luma", "zstd", "--segment-frames", "4")
PATIENCE = {signal.SIGKILL: (), signal.SIGSTOP: ("--cluster-patience", "8")}
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@contextmanager
def dask(program: str, folder: Path, *arguments: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of Dask, which is killed in the end."""
    line = [sys.executable, "-m", f"distributed.cli.dask_{program}", *arguments, "--dashboard-address", "127.0.0.1:0"]
    log = (folder / f"{program}.log").open("ab")
    with log:
        process = subprocess.Popen(line, stdout=log, stderr=log, cwd=folder, env={**ENVIRONMENT, **variables})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class Machines:
    """A scheduler, and two workers of one thread each.

    Args:
        folder: for their files.
        processes: end them.
        common: options of all of them.
    """

    def __init__(self, folder: Path, processes: ExitStack, *common: str) -> None:
        self._folder = folder
        self._processes = processes
        self._common = common
        self.file = folder / "scheduler.json"
        place = ("--scheduler-file", str(self.file), "--host", "127.0.0.1", "--port", "0")
        scheduler = processes.enter_context(dask("scheduler", folder, *place, *common))
        deadline = time.monotonic() + WAIT_SECONDS
        while not (self.file.is_file() and self.file.stat().st_size):
            assert scheduler.poll() is None, (folder / "scheduler.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        self.address = json.loads(self.file.read_text())["address"]
        self.workers = [self.start_worker(), self.start_worker()]

    def start_worker(self, **variables: str) -> subprocess.Popen[bytes]:
        own = ("--nthreads", "1", "--no-nanny", "--host", "127.0.0.1", "--local-directory", str(self._folder))
        return self._processes.enter_context(
            dask("worker", self._folder, self.address, *own, *self._common, **variables)
        )


@pytest.fixture
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    with ExitStack() as processes:
        yield Machines(tmp_path_factory.mktemp("dask"), processes)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mkv"
    write_video(path, width=160, height=120, frames=48)
    return path


@pytest.fixture(scope="module")
def stream(clip: Path) -> bytes:
    path = clip.with_suffix(".gvc")
    run_ok("gvc-encode", clip, path, *LOSSLESS, "-q")
    return path.read_bytes()


def begun(clip: Path, folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """An encode that has coded its first segments: what is finished is kept, and shows how far it is."""
    line = [command("gvc-encode"), str(clip), str(folder / "out.gvc"), *LOSSLESS, "--resume", "-q", *arguments]
    process = subprocess.Popen(line, stderr=subprocess.PIPE)
    deadline = time.monotonic() + WAIT_SECONDS
    while not (folder / "out.gvc.work" / "segment-000001").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return process


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_worker_that_dies_or_hangs_costs_its_segments_only(
    number: signal.Signals, machines: Machines, clip: Path, stream: bytes, tmp_path: Path
) -> None:
    process = begun(clip, tmp_path, "--cluster", machines.address, *PATIENCE[number])
    machines.workers[0].send_signal(number)
    assert not list(tmp_path.glob("out.gvc"))  # it was in the middle
    _, errors = process.communicate(timeout=WAIT_SECONDS)
    assert (process.returncode, errors) == (0, b"")
    assert (tmp_path / "out.gvc").read_bytes() == stream


def test_a_worker_that_comes_later_is_used(machines: Machines, clip: Path, stream: bytes, tmp_path: Path) -> None:
    process = begun(clip, tmp_path, "--cluster", machines.address)
    for worker in machines.workers:
        worker.kill()
    machines.start_worker()
    _, errors = process.communicate(timeout=WAIT_SECONDS)
    assert (process.returncode, errors) == (0, b"")
    assert (tmp_path / "out.gvc").read_bytes() == stream


def test_without_workers_it_ends_and_goes_on_later(
    machines: Machines, clip: Path, stream: bytes, tmp_path: Path
) -> None:
    process = begun(clip, tmp_path, "--cluster", machines.address, "--cluster-patience", "1")
    for worker in machines.workers:
        worker.kill()
    output, errors = process.communicate(timeout=WAIT_SECONDS)
    result = subprocess.CompletedProcess([], process.returncode, output, errors)
    assert_one_line_error(result, 1, "no worker of the cluster is left")
    report = json.loads(run_ok("gvc-encode", clip, tmp_path / "out.gvc", *LOSSLESS, "--resume", "--json").stdout)
    assert report["resumed_segments"] >= 2
    assert (tmp_path / "out.gvc").read_bytes() == stream


def test_a_worker_that_differs_is_named_before_the_work(machines: Machines, clip: Path, tmp_path: Path) -> None:
    machines.start_worker(GVC_ISA="numpy")
    deadline = time.monotonic() + WAIT_SECONDS
    while True:  # it takes a moment until it has come
        result = run("gvc-encode", clip, tmp_path / "out.gvc", *FAST, "-y", "--cluster", machines.address)
        if result.returncode or time.monotonic() > deadline:
            break
    assert_one_line_error(
        result, 3, "expected workers with native kernels", "Received: tcp://127.0.0.1:", "kernels none"
    )


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes a certificate")
def test_tls_keeps_others_out(clip: Path, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    making = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=gvc", "-days", "2")
    subprocess.run(["openssl", *making, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    files = ("--tls-ca-file", str(certificate), "--tls-cert", str(certificate), "--tls-key", str(key))
    here, there = tmp_path / "here.gvc", tmp_path / "there.gvc"
    with ExitStack() as processes:
        machines = Machines(tmp_path, processes, "--protocol", "tls", *files)
        assert machines.address.startswith("tls://")
        run_ok("gvc-encode", clip, there, *FAST, "-q", "--cluster", machines.address, *files)
        plain = machines.address.replace("tls:", "tcp:")
        result = run("gvc-encode", clip, tmp_path / "plain.gvc", *FAST, "--cluster", plain)
        assert_one_line_error(result, 3, f"expected a Dask scheduler at {plain}")
    run_ok("gvc-encode", clip, here, *FAST, "-q")
    assert here.read_bytes() == there.read_bytes()


def test_processes_here_code_several_inputs(clip: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.mkv"
    write_video(other, pixel_format="yuv444p", frames=13)
    coded = ("--color", "coded", "--luma", "zstd", "--hints", "2:x265:crf=30", "--segment-frames", "5")
    for folder, more in (("here", ()), ("there", ("--cluster", "local:2"))):
        run_ok("gvc-encode", clip, other, tmp_path / folder, *coded, "-q", *more)
    for name in ("clip.gvc", "other.gvc"):
        assert (tmp_path / "here" / name).read_bytes() == (tmp_path / "there" / name).read_bytes()


def test_what_is_no_cluster_is_one_line(clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.gvc"
    for arguments, word in (
        (("--cluster", "here"), "tcp://HOST:PORT"),
        (("--cluster", "local:0"), "local:N with N from 1"),
        (("--cluster", "tls://127.0.0.1:8786"), "--tls-ca-file"),
        (("--cluster", "tcp://127.0.0.1:8786", "--tls-key", "x"), "tls://HOST:PORT"),
        (("--cluster", "tcp://127.0.0.1:1"), "expected a Dask scheduler at tcp://127.0.0.1:1"),
    ):
        assert_one_line_error(run("gvc-encode", clip, out, *FAST, *arguments), 3, word)
    assert list(tmp_path.iterdir()) == []
