"""Stops of a command in a process of its own, wherever the signal finds it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from codec.cli.stopping import PromptStops

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

# A command that has begun an output in the folder argv[1], says so, and then does what the test wants. Under nohup,
# tests ignore hangups, and so would their children.
PROGRAM = """
import ctypes, signal, sys, time
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from codec.cli.run import run
from codec.files import PendingFile, PendingFolder
from codec.read_ahead import read_ahead
from codec.workers.process import WorkerProcess

def ready():
    print("ready", flush=True)

def outputs():
    pending = PendingFile(sys.argv[1] + "/out.bin", overwrite=False)
    folder = PendingFolder(sys.argv[1] + "/frames", overwrite=False)
    (folder.working_path / "frame.png").touch()
    return pending, folder

def wait_in_c():
    # One call that no signal interrupts, as those of an encoder: a lock that waits for itself.
    held = ctypes.CDLL(None)
    buffer = ctypes.create_string_buffer(256)
    held.pthread_mutex_init(buffer, None)
    held.pthread_mutex_lock(buffer)
    held.pthread_mutex_lock(buffer)

def in_c():
    kept = outputs()
    ready()
    wait_in_c()

def in_python():
    pending, folder = outputs()
    try:
        ready()
        while True:
            time.sleep(0.01)
    finally:
        pending.abort()
        folder.abort()

def without_an_owner():
    outputs()
    ready()
    while True:
        time.sleep(0.01)

def in_a_thread():
    kept = outputs()
    def items():
        yield 1
        ready()
        wait_in_c()
        yield 2
    for item in read_ahead(items(), 1):
        pass

def that_swallows_it():
    kept = outputs()
    ready()
    while True:
        try:
            time.sleep(0.01)
        except BaseException:
            pass

def with_a_worker():
    kept = outputs()
    process = WorkerProcess([])
    print(process._process.pid, flush=True)
    wait_in_c()

sys.exit(run("gvc-test", globals()[sys.argv[2]], debug=False))
"""


def start(kind: str, folder: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder), kind], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.first_line = process.stdout.readline()  # type: ignore[attr-defined]
    return process


@pytest.mark.parametrize("kind", ["in_python", "without_an_owner", "in_c", "in_a_thread", "that_swallows_it"])
@pytest.mark.parametrize(
    ("number", "code", "word"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated"), (signal.SIGHUP, 143, "terminated")],
)
def test_a_signal_ends_it(kind: str, number: signal.Signals, code: int, word: str, tmp_path: Path) -> None:
    process = start(kind, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    process.send_signal(number)
    process.send_signal(number)  # an impatient person changes nothing
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors.decode()) == (code, f"gvc-test: error: {word}\n")
    assert list(tmp_path.iterdir()) == []


def test_workers_end_with_it(tmp_path: Path) -> None:
    process = start("with_a_worker", tmp_path)
    worker = int(process.first_line)  # type: ignore[attr-defined]
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 143
    for _ in range(1000):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
    assert Path(f"/proc/{worker}/stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX"  # nobody has asked for it yet


def test_ignored_signals_stay_ignored_and_handlers_come_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    hangup = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with PromptStops("gvc-test"):
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) is not before
        assert signal.getsignal(signal.SIGTERM) is before
    finally:
        signal.signal(signal.SIGHUP, hangup)
