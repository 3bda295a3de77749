"""Decodes on a cluster of real processes: the same bytes, also if a worker is killed or stopped in the middle."""

from __future__ import annotations

import dataclasses
import io
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from codec.cli.decode import main
from container_format import SegmentRecord, StreamReader, StreamWriter
from tests.end_to_end.conftest import assert_one_line_error, command, run_ok, slow, written_clip
from tests.end_to_end.dask_machines import WAIT_SECONDS, Machines

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="stops processes")

FRAME_BYTES = 160 * 120 * 3 // 2 + len(b"FRAME\n")
CODED = ("--color", "coded", "--luma", "ffv1", "--hints", "2:x265:crf=30", "--segment-frames", "5")
PATIENCE = {signal.SIGKILL: (), signal.SIGSTOP: ("--cluster-patience", "8")}


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    clip = written_clip(tmp_path_factory, width=160, height=120)
    path = clip.with_suffix(".gvc")
    run_ok("gvc-encode", clip, path, "--color", "lossless", "--speed", "swift", "--segment-frames", "4", "-q")
    return path


@pytest.fixture(scope="module")
def coded(stream: Path) -> Path:
    path = stream.with_name("coded.gvc")
    run_ok("gvc-encode", stream.with_suffix(".mkv"), path, *CODED, "-q")
    return path


@pytest.fixture(scope="module")
def decoded(stream: Path) -> bytes:
    return run_ok("gvc-decode", stream, "-", "-f", "y4m", "-q", "--workers", "1").stdout


def test_whole_streams_and_parts(machines: Machines, stream: Path, coded: Path, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder, place in ((here, ("--workers", "1")), (there, ("--cluster", machines.address))):
        folder.mkdir()
        for arguments in (
            (stream, coded, f"{folder}/", "-f", "y4m"),
            (coded, folder / "part.y4m", "--frames", "7:41", "--every", "3"),
            (stream, folder / "gray.raw", "--gray"),
        ):
            assert main([*map(str, arguments), "-q", *place]) == 0
    assert sorted(path.name for path in here.iterdir()) == ["clip.y4m", "coded.y4m", "gray.raw", "part.y4m"]
    for path in here.iterdir():
        assert path.read_bytes() == (there / path.name).read_bytes()


def begun(stream: Path, *arguments: str) -> tuple[subprocess.Popen[bytes], bytes]:
    """A decode that has written its second segment, which a worker has decoded, and begun with the third one."""
    line = [command("gvc-decode"), str(stream), "-", "-f", "y4m", "-q", *arguments]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
    assert process.stdout is not None
    begin = b""
    while len(begin) < 9 * FRAME_BYTES:
        begin += process.stdout.read(9 * FRAME_BYTES - len(begin))
    return process, begin


@pytest.mark.parametrize("number", [signal.SIGKILL, *slow(signal.SIGSTOP)])
def test_a_worker_that_dies_or_hangs_costs_its_segments_only(
    number: signal.Signals, machines: Machines, stream: Path, decoded: bytes
) -> None:
    process, begin = begun(stream, "--cluster", machines.address, *PATIENCE[number])
    machines.workers[0].send_signal(number)
    rest, errors = process.communicate(timeout=WAIT_SECONDS)
    assert (process.returncode, errors) == (0, b"")
    assert begin + rest == decoded


@pytest.mark.slow
def test_without_workers_it_ends(machines: Machines, stream: Path) -> None:
    for worker in machines.workers[1:]:
        worker.kill()
    process, _ = begun(stream, "--cluster", machines.address, "--cluster-patience", "1")
    machines.workers[0].kill()
    output, errors = process.communicate(timeout=WAIT_SECONDS)
    result = subprocess.CompletedProcess([], process.returncode, output, errors)
    assert_one_line_error(result, 1, "no worker of the cluster is left")


def test_damage_is_found_by_workers_as_here(
    machines: Machines, stream: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A segment whose gray has another checksum: only who decodes it can know."""
    damaged = tmp_path / "damaged.gvc"
    reader = StreamReader(io.BytesIO(stream.read_bytes()))
    with damaged.open("wb") as file:
        writer = StreamWriter(file, reader.header)
        for record in reader.records():
            assert isinstance(record, SegmentRecord)
            wrong = record.luma_crc32 ^ (record.index == 3)
            writer.write_segment(dataclasses.replace(record, luma_crc32=wrong))
        writer.finish()
    results = []
    for name, place in (("here.y4m", ("--workers", "1")), ("there.y4m", ("--cluster", machines.address))):
        assert main([str(damaged), str(tmp_path / name), *place]) == 4
        assert "error: the gray of segment 3" in capfd.readouterr().err
        assert not (tmp_path / name).exists()
        code = main([str(damaged), str(tmp_path / name), "--recover", "-q", *place])
        results.append((code, capfd.readouterr().err))
    assert results[0] == results[1]
    assert "lost: segment 3, frames 12 to 15" in results[0][1]
    assert (tmp_path / "here.y4m").read_bytes() == (tmp_path / "there.y4m").read_bytes()
