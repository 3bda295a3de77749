"""Encodes whose frames the workers read themselves: the same bytes, or one line that says why not.

``/proc/self/cwd`` stands for a path that machines share: every process finds what is in its own working folder.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from codec.cli.encode import main
from tests.end_to_end.conftest import assert_one_line_error, moving_picture, run, run_ok, written_clip
from tests.end_to_end.dask_machines import Machines

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")

SHARED = Path("/proc/self/cwd")
Encode = Callable[..., subprocess.CompletedProcess[bytes]]
FAST = ("--color", "lossless", "--speed", "swift", "--segment-frames", "4", "-q")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sender's folder: a video, raw frames, and images."""
    folder = written_clip(tmp_path_factory, width=64, height=48).parent
    frames = [moving_picture(64, 48, number).tobytes() for number in range(20)]
    (folder / "raw_64x48_24fps_rgb24.raw").write_bytes(b"".join(frames))
    run_ok("gvc-encode", folder / "clip.mkv", folder / "few.gvc", "--frames", "9", *FAST)
    run_ok("gvc-decode", folder / "few.gvc", f"{folder / 'images'}/", "-q")
    return folder


@pytest.fixture
def encode(here: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Encode:
    """The command in this process, in the sender's folder."""
    monkeypatch.chdir(here)

    def call(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
        code = main([*map(str, arguments), *FAST])
        return subprocess.CompletedProcess([], code, b"", capfd.readouterr().err.encode())

    return call


INPUTS = {
    "clip.mkv": (),
    "clip.mkv of a part": ("--start", "0.3", "--frames", "31"),
    "raw_64x48_24fps_rgb24.raw": ("--source-md5",),
    "images": ("--keep-files",),
}


def test_the_bytes_are_the_same(machines: Machines, here: Path, encode: Encode, tmp_path: Path) -> None:
    shutil.copytree(here, machines.folder, dirs_exist_ok=True)
    for number, (name, options) in enumerate(INPUTS.items()):
        path, alone, shared = SHARED / name.split()[0], tmp_path / f"{number}.gvc", tmp_path / f"{number}_shared.gvc"
        for output, more in ((alone, ()), (shared, ("--cluster", machines.address, "--shared-path"))):
            result = encode(path, output, *options, *more)
            assert (result.returncode, result.stderr) == (0, b""), name
        assert alone.read_bytes() == shared.read_bytes(), name


def test_a_worker_with_another_file_is_named_before_the_work(
    machines: Machines, here: Path, encode: Encode, tmp_path: Path
) -> None:
    options = (tmp_path / "out.gvc", "--cluster", machines.address, "--shared-path")
    result = encode(SHARED / "clip.mkv", *options)
    assert_one_line_error(result, 3, "on all machines", "Received from tcp://127.0.0.1:", "does not exist")
    data = (here / "clip.mkv").read_bytes()
    (machines.folder / "clip.mkv").write_bytes(data + b"x")
    assert_one_line_error(encode(SHARED / "clip.mkv", *options), 3, f"{len(data) + 1:,} bytes in place of")
    assert not (tmp_path / "out.gvc").exists()


def test_a_file_that_differs_inside_is_noticed(machines: Machines, here: Path, encode: Encode, tmp_path: Path) -> None:
    """Its size, its begin and its end are those of the sender's."""
    name = "large_64x48_24fps_rgb24.raw"
    data = bytearray((here / "raw_64x48_24fps_rgb24.raw").read_bytes())
    (here / name).write_bytes(data)
    data[len(data) // 2] ^= 1
    assert len(data) > 2**17
    (machines.folder / name).write_bytes(data)
    output = tmp_path / "out.gvc"
    result = encode(SHARED / name, output, "--cluster", machines.address, "--shared-path")
    assert_one_line_error(result, 3, "expected frames 8 to 11 of the input to be the same on all machines")
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_shared_is_one_line(here: Path, tmp_path: Path) -> None:
    clip, out = here / "clip.mkv", tmp_path / "out.gvc"
    assert_one_line_error(run("gvc-encode", clip, out, "--shared-path"), 3, "expected --cluster with --shared-path")
    result = run("gvc-encode", "-", out, "--shared-path", "--cluster", "local:1", *FAST, stdin=clip.read_bytes())
    assert_one_line_error(result, 3, "others cannot read a pipe")
    assert not list(tmp_path.iterdir())
