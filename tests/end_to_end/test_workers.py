"""Segments in worker processes: the same bytes, and an end that leaves nothing behind, however it comes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.end_to_end.conftest import assert_one_line_error, call, call_json, command, run_ok, write_video

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")
WAIT_SECONDS = 60.0
MODES = {
    "lossless": ("--color", "lossless", "--luma", "x264", "--chroma", "ffv1", "--effort", "none"),
    "coded": ("--color", "coded", "--luma", "zstd", "--hints", "2:x265:crf=30", "--quality-frames", "4"),
    "none": ("--color", "none", "--luma", "x265:crf=30"),
}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mkv"
    write_video(path, width=320, height=240, frames=48)
    return path


@pytest.fixture(scope="module")
def stream(clip: Path) -> Path:
    path = clip.with_suffix(".gvc")
    run_ok("gvc-encode", clip, path, *MODES["lossless"], "--segment-frames", "4", "--workers", "1")
    return path


@pytest.mark.parametrize("mode", MODES)
def test_any_number_of_workers_gives_the_same_bytes(mode: str, video: Path, tmp_path: Path) -> None:
    one, three = tmp_path / "1.gvc", tmp_path / "3.gvc"
    for path in (one, three):
        report = call_json(
            "gvc-encode", video, path, *MODES[mode], "--segment-frames", "4", "--verify", "--workers", path.stem
        )
        assert report["segments"] == 5
    assert one.read_bytes() == three.read_bytes()
    call_json("gvc-decode", one, tmp_path / "1.y4m", "--workers", "1")
    call_json("gvc-decode", one, tmp_path / "2.y4m", "--workers", "2")
    call_json("gvc-decode", one, tmp_path / "3.y4m", "--workers", "3", "--recover")
    assert (tmp_path / "1.y4m").read_bytes() == (tmp_path / "2.y4m").read_bytes() == (tmp_path / "3.y4m").read_bytes()


def test_an_impossible_number_of_workers_is_refused(video: Path, stream: Path, tmp_path: Path) -> None:
    for arguments in (("gvc-encode", video, tmp_path / "x.gvc"), ("gvc-decode", stream, tmp_path / "x.y4m")):
        result = call(*arguments, "--workers", "0")
        assert_one_line_error(result, 3, "expected --workers to be 1 or more. Received: 0")


def children_of(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        text = "".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
        return [int(word) for word in text.split()]
    return []


def is_running(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


class Running:
    """A command in the middle of its work, with two workers."""

    def __init__(self, kind: str, clip: Path, stream: Path, folder: Path) -> None:
        if kind == "encode":
            own: tuple[str | Path, ...] = (clip, folder / "out.gvc", *MODES["lossless"], "--segment-frames", "4")
        else:
            # An output that takes its time, so that the work does not end before it is disturbed.
            own = (stream, folder / "out.mp4", "--codec", "h265", "--preset", "veryslow")
        self.process = subprocess.Popen(
            [command(f"gvc-{kind}"), *map(str, own), "-q", "--workers", "2"],
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.workers: list[int] = []
        deadline = time.monotonic() + WAIT_SECONDS
        while len(self.workers) < 2 and time.monotonic() < deadline and self.process.poll() is None:
            self.workers = children_of(self.process.pid)
            time.sleep(0.002)
        assert len(self.workers) == 2, self.process.communicate()

    def end(self) -> subprocess.CompletedProcess[bytes]:
        output, errors = self.process.communicate(timeout=WAIT_SECONDS)
        deadline = time.monotonic() + WAIT_SECONDS
        while any(map(is_running, self.workers)) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not any(map(is_running, self.workers))
        return subprocess.CompletedProcess([], self.process.returncode, output, errors)


@pytest.mark.parametrize("kind", ["encode", "decode"])
@pytest.mark.parametrize(
    ("number", "code", "words"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_a_signal_ends_all_processes(
    kind: str, number: signal.Signals, code: int, words: str, clip: Path, stream: Path, tmp_path: Path
) -> None:
    running = Running(kind, clip, stream, tmp_path)
    for pid in (running.process.pid, *running.workers):  # as a terminal does
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
    assert_one_line_error(running.end(), code, words)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["encode", "decode"])
def test_a_killed_worker_is_an_error_in_one_line(kind: str, clip: Path, stream: Path, tmp_path: Path) -> None:
    running = Running(kind, clip, stream, tmp_path)
    os.kill(running.workers[0], signal.SIGKILL)
    assert_one_line_error(running.end(), 1, "a worker process was killed (signal 9)", "try --workers 1")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["encode", "decode"])
def test_workers_do_not_outlive_a_killed_command(kind: str, clip: Path, stream: Path, tmp_path: Path) -> None:
    running = Running(kind, clip, stream, tmp_path)
    running.process.kill()
    assert running.end().returncode == -9
    assert not [path for path in tmp_path.iterdir() if not path.name.endswith(".part")]
