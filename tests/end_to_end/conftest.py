"""Small real videos, and the installed commands as real processes."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import signal
import subprocess
import sysconfig
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest

from tests.end_to_end.dask_machines import Machines

TINY_GUIDED = ("--hints", "2:svtav1:crf=30,preset=8", "--max-seconds", "2", "--quality-frames", "4")
TINY_TRAINING = (
    *("--color", "model", "--epochs", "2", "--train-size", "32"),
    *("--quality-frames", "4", "--keyframe-every", "6", "--max-loss-db", "3"),
)

PlaneArray = npt.NDArray[np.uint8]

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts its background jobs deaf to Ctrl-C, and the commands under test would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def slow(*values: object) -> list[Any]:
    """Parameters of a test for ``make test-all`` alone."""
    return [pytest.param(value, marks=pytest.mark.slow) for value in values]


def command(name: str) -> str:
    """Path of an installed command."""
    return str(Path(sysconfig.get_path("scripts")) / name)


def run(*arguments: str | Path, stdin: bytes | None = None, timeout: float = 300) -> subprocess.CompletedProcess[bytes]:
    """Run an installed command to its end."""
    line = [command(str(arguments[0])), *(str(argument) for argument in arguments[1:])]
    return subprocess.run(line, input=stdin, capture_output=True, timeout=timeout, check=False)


def run_ok(*arguments: str | Path, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run an installed command that must succeed."""
    result = run(*arguments, stdin=stdin)
    assert result.returncode == 0, result.stderr.decode()
    return result


def run_json(*arguments: str | Path) -> dict[str, Any]:
    """Run an installed command with --json, and parse its one line."""
    lines = run_ok(*arguments, "--json").stdout.splitlines()
    assert len(lines) == 1
    record = json.loads(lines[0])
    assert isinstance(record, dict)
    return record


def call(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    """A command's own function in this process, where its libraries are loaded once for many tests.

    For what it says and writes. What is about the process itself (pipes, signals, libraries that print) needs
    :func:`run`. Without ``--workers``, no processes are started: they cost more than the work on a small video.
    """
    main = importlib.import_module(f"codec.cli.{str(arguments[0]).removeprefix('gvc-')}").main
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.MonkeyPatch.context() as patch:
        patch.setattr("codec.cli.worker_arguments.default_workers", lambda: 1)
        try:
            code = main([*map(str, arguments[1:])])
        except SystemExit as end:  # of a wrong command line
            code = end.code
    printed = []
    for stream in (out, err):
        stream.flush()
        printed.append(stream.buffer.getvalue())  # type: ignore[attr-defined]
    return subprocess.CompletedProcess(arguments, code, *printed)


def call_ok(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    """Call a command that must succeed."""
    result = call(*arguments)
    assert result.returncode == 0, result.stderr.decode()
    return result


def call_json(*arguments: str | Path) -> dict[str, Any]:
    """Call a command with --json, and parse its one line."""
    (line,) = call_ok(*arguments, "--json").stdout.splitlines()
    record = json.loads(line)
    assert isinstance(record, dict)
    return record


@contextlib.contextmanager
def brief_settling() -> Iterator[None]:
    """Rounded weights settle in fewer steps, which take most of the time of a training as short as these.

    For what is about streams with a network, not about its quality.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in ("NUM_STEPS", "_LEAST_STEPS"):
            patch.setattr(f"codec.training.settling.{name}", 2)
        yield


def assert_one_line_error(result: subprocess.CompletedProcess[bytes], code: int, *words: str) -> None:
    """A failure as a person meets it: its exit code, and one line that names what matters."""
    text = result.stderr.decode()
    assert result.returncode == code, text
    assert "Traceback" not in text
    errors = [line for line in text.splitlines() if "error:" in line]
    assert len(errors) == 1, text
    for word in words:
        assert word in errors[0]


def moving_picture(width: int, height: int, index: int) -> PlaneArray:
    """(height, width, 3) uint8: a red disc that moves over a green and blue slope, with fixed fine noise."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    rgb = np.stack([40 + 30 * y / height, 60 + 120 * x / width, 160 - 100 * y / height], axis=-1)
    center = (width * (0.2 + 0.02 * index), height * 0.5)
    disc = (x - center[0]) ** 2 + (y - center[1]) ** 2 < (min(width, height) * 0.25) ** 2
    rgb[disc] = (200, 50, 40)
    noise = np.random.default_rng(7).integers(-4, 5, rgb.shape)
    return np.clip(rgb + noise, 0, 255).astype(np.uint8)


def write_video(
    path: Path,
    *,
    codec: str = "ffv1",
    pixel_format: str = "yuv420p",
    width: int = 64,
    height: int = 48,
    frames: int = 18,
) -> list[bytes]:
    """A video with ``moving_picture``; returns the bytes of its frames' gray planes (Y of YUV) as coded."""
    grays = []
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=Fraction(24))
        stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
        for index in range(frames):
            frame = av.VideoFrame.from_ndarray(moving_picture(width, height, index)).reformat(format=pixel_format)
            grays.append(gray_bytes(frame))
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return grays


def written_clip(factory: pytest.TempPathFactory, *, width: int, height: int) -> Path:
    """A video of two seconds in a folder of its own."""
    path = factory.mktemp("clip") / "clip.mkv"
    write_video(path, width=width, height=height, frames=48)
    return path


def gray_bytes(frame: av.VideoFrame) -> bytes:
    """The first plane of a planar frame without its padding."""
    plane = frame.planes[0]
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[: frame.height, : frame.width].tobytes()


def gray_planes(path: Path, names: Sequence[str] = ("gray", "yuv420p", "yuv422p", "yuv444p")) -> list[bytes]:
    """The first plane of every frame of a video file."""
    planes = []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            assert frame.format.name in names
            planes.append(gray_bytes(frame))
    return planes


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small 4:2:0 video, lossless."""
    path = tmp_path_factory.mktemp("source") / "small.mkv"
    write_video(path)
    return path


@pytest.fixture(scope="session")
def raw_rgb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small raw RGB video whose name says what it is."""
    path = tmp_path_factory.mktemp("source") / "small_64x48_24fps_rgb24.raw"
    path.write_bytes(b"".join(moving_picture(64, 48, index).tobytes() for index in range(18)))
    return path


@pytest.fixture(scope="session")
def encoded(video: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small video as a .gvc with color, in several segments."""
    path = tmp_path_factory.mktemp("encoded") / "small.gvc"
    with brief_settling():
        call_ok("gvc-encode", video, path, *TINY_TRAINING, "--segment-frames", "6")
    return path


@pytest.fixture(scope="session")
def encoded_gray(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gray video as a .gvc: no network, so that it decodes at once."""
    folder = tmp_path_factory.mktemp("gray")
    write_video(folder / "gray.mkv", pixel_format="gray", width=160, height=120, frames=24)
    call_ok("gvc-encode", folder / "gray.mkv", folder / "gray.gvc", "--segment-frames", "6")
    return folder / "gray.gvc"


@pytest.fixture
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    with contextlib.ExitStack() as processes:
        yield Machines(tmp_path_factory.mktemp("dask"), processes)


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Any]:
    """A ``RunningStudio`` of :mod:`tests.end_to_end.studio_page`."""
    from tests.end_to_end.studio_page import started  # which not every environment can import

    work = tmp_path / "work"
    work.mkdir()
    with started(work) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """The browser for the studio's page."""
    from tests.end_to_end.studio_page import running_browser

    with running_browser() as browser:
        yield browser
