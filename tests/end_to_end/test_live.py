"""Live, as real processes: pictures come out while the source still runs, others join, and it ends in good order."""

from __future__ import annotations

import contextlib
import io
import json
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.end_to_end.conftest import (
    assert_one_line_error,
    call_json,
    call_ok,
    command,
    moving_picture,
    run,
    run_json,
    run_ok,
)

WIDTH, HEIGHT, RATE = 64, 48, 20
LUMA_BYTES = WIDTH * HEIGHT
FRAME_BYTES = LUMA_BYTES * 3 // 2
PATIENCE = 120.0
LIVE = ("--live", "--latency", "1s", "--json")


class Source:
    """A y4m source that goes on until it is told to end."""

    def __init__(self, sink: IO[bytes], seconds: float | None = None) -> None:
        self.grays: list[bytes] = []
        self._sink = sink
        self._most = None if seconds is None else int(seconds * RATE)
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._is_over.set()
        self._thread.join(PATIENCE)

    def wait(self) -> None:
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        with contextlib.suppress(BrokenPipeError), self._sink:
            self._sink.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip C420jpeg\n".encode())
            begin = time.monotonic()
            while not self._is_over.is_set() and len(self.grays) != self._most:
                time.sleep(max(0.0, begin + len(self.grays) / RATE - time.monotonic()))
                rgb = moving_picture(WIDTH, HEIGHT, len(self.grays) % 40)
                rgb[0, 0] = rgb[0, 1] = (len(self.grays) % 250, len(self.grays) // 250, 7)  # no two are the same
                gray = rgb[..., 1].tobytes()
                chroma = rgb[::2, ::2, 0].tobytes() + rgb[::2, ::2, 2].tobytes()
                self.grays.append(gray)
                self._sink.write(b"FRAME\n" + gray + chroma)
                self._sink.flush()


class Screen:
    """Takes the pictures of a y4m stream as they come."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.grays: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._stream = stream
        threading.Thread(target=self._run, daemon=True).start()

    def next(self) -> bytes | None:
        """The next gray; None at the end."""
        return self.grays.get(timeout=PATIENCE)

    def rest(self) -> list[bytes]:
        return list(iter(self.next, None))

    def _run(self) -> None:
        with self._stream:
            self._stream.readline()
            while self._stream.readline() == b"FRAME\n":
                self.grays.put(self._stream.read(FRAME_BYTES)[:LUMA_BYTES])
        self.grays.put(None)


@contextlib.contextmanager
def running(*line: str, stdin: int | IO[bytes] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [command(line[0]), *line[1:]], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


def in_order(grays: list[bytes], sent: list[bytes]) -> bool:
    """Whether the grays are some of those that were sent, in their order, each once."""
    rest = iter(sent)
    return all(gray in rest for gray in grays)


def test_pictures_come_out_while_the_source_still_runs() -> None:
    with (
        running("gvc-encode", "-", "-", *LIVE, "--color", "lossless", stdin=subprocess.PIPE) as sender,
        running("gvc-decode", "-", "-", "-q", stdin=sender.stdout) as receiver,
    ):
        assert sender.stdin
        assert sender.stdout
        assert receiver.stdout
        sender.stdout.close()
        source, screen = Source(sender.stdin), Screen(receiver.stdout)
        first = [screen.next() for _ in range(RATE)]
        assert not first.count(None)
        source.end()
        grays = [gray for gray in first if gray] + screen.rest()
        assert (sender.wait(PATIENCE), receiver.wait(PATIENCE)) == (0, 0)
        assert sender.stderr
        report = json.loads(sender.stderr.read().splitlines()[-1])
    assert in_order(grays, source.grays)
    assert len(grays) == report["frames"]
    assert report["frames"] + report["frames_dropped"] + report["frames_skipped"] == report["frames_came"]
    assert report["frames_came"] == len(source.grays)
    assert report["segments"] > 1


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets here")
def test_receivers_come_in_the_middle_and_go(tmp_path: Path) -> None:
    place = f"unix:{tmp_path / 'live'}"
    line = ("gvc-encode", "-", f"{place}?listen", *LIVE, "--color", "coded", "--hints", "1:x264:crf=20")
    with running(*line, stdin=subprocess.PIPE) as sender:
        assert sender.stdin
        source = Source(sender.stdin)
        deadline = time.monotonic() + PATIENCE
        while not (tmp_path / "live").exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        with running("gvc-decode", place, "-", "-q") as going:
            assert going.stdout
            assert Screen(going.stdout).next()
            going.kill()  # a receiver that goes does no harm
        with running("gvc-decode", place, "-", "-q") as late:
            assert late.stdout
            screen = Screen(late.stdout)
            grays = [screen.next() for _ in range(RATE)]
            source.end()
            rest = screen.rest()
            assert late.wait(PATIENCE) == 0
        assert sender.wait(PATIENCE) == 0
        assert sender.stdout
        report = json.loads(sender.stdout.read())
    assert in_order([gray for gray in grays if gray] + rest, source.grays)
    assert source.grays.index(grays[0] or b"") > 0
    assert report["receivers"] == 2
    assert not (tmp_path / "live").exists()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[bytes]]:
    """A live stream in a file, ended by Ctrl-C, and what went in."""
    path = tmp_path_factory.mktemp("live") / "live.gvc"
    line = ("gvc-encode", "-", str(path), *LIVE, "--repeat", "0.5", "--color", "coded", "--hints", "1:x264:crf=20")
    with running(*line, stdin=subprocess.PIPE) as sender:
        assert sender.stdin
        source = Source(sender.stdin)
        deadline = time.monotonic() + PATIENCE
        while not any(entry.stat().st_size > 100_000 for entry in path.parent.iterdir()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        sender.send_signal(signal.SIGINT)
        assert sender.wait(PATIENCE) == 0
        source.end()
    return path, source.grays


@pytest.mark.skipif(sys.platform == "win32", reason="a program cannot press Ctrl-C for another here")
def test_ctrl_c_ends_a_recording_in_good_order(recorded: tuple[Path, list[bytes]], tmp_path: Path) -> None:
    path, sent = recorded
    description = call_json("gvc-info", path)
    assert description["header"]["is_live"]
    call_ok("gvc-decode", path, tmp_path / "all.y4m", "-q")
    with (tmp_path / "all.y4m").open("rb") as stream:
        grays = Screen(stream).rest()
    assert len(grays) == description["num_frames"]
    assert in_order(grays, sent)


@pytest.mark.skipif(sys.platform == "win32", reason="needs the recording")
def test_joining_and_recovering(recorded: tuple[Path, list[bytes]]) -> None:
    data = recorded[0].read_bytes()
    behind = data[data.index(b"SEGM") + 1 :]
    assert_one_line_error(run("gvc-decode", "-", "-", stdin=behind), 4, "expected a .gvc stream")
    joined = run_ok("gvc-decode", "--join", "-", "-", "-q", stdin=behind)
    whole = run_ok("gvc-decode", "-", "-", "-q", stdin=data)
    assert 0 < len(joined.stdout) < len(whole.stdout)
    assert whole.stdout.endswith(joined.stdout[joined.stdout.index(b"FRAME") :])
    middle = data.index(b"SEGM", data.index(b"SEGM") + 1) + 40  # in its payload
    damaged = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    assert_one_line_error(run("gvc-decode", "-", "-", "-q", stdin=damaged), 4, "damaged")
    rest = run("gvc-decode", "--recover", "-", "-", "-q", stdin=damaged)
    assert rest.returncode == 7
    assert 0 < len(rest.stdout) < len(whole.stdout)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"", ("expected a video on standard input",)),
        (b"YUV4MPEG2 W64 H48 F20:1\n", ("at least one frame",)),
        (b"nothing that FFmpeg reads", ("cannot open standard input as live video",)),
    ],
)
def test_sources_that_are_none(source: bytes, words: tuple[str, ...], tmp_path: Path) -> None:
    result = run("gvc-encode", "--live", "-", tmp_path / "out.gvc", "--color", "none", stdin=source)
    assert_one_line_error(result, 3, *words)
    assert not list(tmp_path.iterdir())


def test_a_source_that_breaks_off_leaves_a_whole_stream(tmp_path: Path) -> None:
    frames = io.BytesIO()
    frames.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip C420jpeg\n".encode())
    for index in range(4):
        frames.write(b"FRAME\n" + bytes([index]) * FRAME_BYTES)
    result = run(
        "gvc-encode", "--live", "-", tmp_path / "out.gvc", "--color", "none", stdin=frames.getvalue() + b"FRAME\nx"
    )
    assert_one_line_error(result, 3, "the file is cut off", "4 frames that came before were sent")
    assert run_json("gvc-verify", tmp_path / "out.gvc")["frames"] == 4


def test_nobody_at_the_address() -> None:
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip C420jpeg\n".encode() + b"FRAME\n" + bytes(FRAME_BYTES)
    assert_one_line_error(run("gvc-decode", "tcp://127.0.0.1:9", "-"), 3, "cannot connect to tcp://127.0.0.1:9")
    result = run("gvc-encode", "--live", "-", "tcp://127.0.0.1:9", "--color", "none", stdin=head)
    assert_one_line_error(result, 6, "cannot connect to tcp://127.0.0.1:9")


def test_an_address_that_is_taken() -> None:
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip C420jpeg\n".encode() + b"FRAME\n" + bytes(FRAME_BYTES)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"tcp://127.0.0.1:{taken.getsockname()[1]}?listen"
        result = run("gvc-encode", "--live", "-", place, "--color", "none", stdin=head)
    assert_one_line_error(result, 6, f"cannot listen on {place}")
