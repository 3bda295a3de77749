"""Streams through pipes: a pair of commands, and decoding that starts before the input has ended."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.end_to_end.conftest import TINY_GUIDED, assert_one_line_error, command, gray_planes, run, run_ok


def test_encoder_and_decoder_through_a_pipe(video: Path, tmp_path: Path) -> None:
    source, back = tmp_path / "in.y4m", tmp_path / "out.y4m"
    planes = gray_planes(video)
    source.write_bytes(as_y4m(video))
    line = f"{command('gvc-encode')} {source} - {' '.join(TINY_GUIDED)} -q | {command('gvc-decode')} - {back}"
    result = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, check=False)
    assert result.returncode == 0, result.stderr.decode()
    assert gray_planes(back) == planes


def as_y4m(video: Path) -> bytes:
    import av
    import numpy as np

    frames = [b"YUV4MPEG2 W64 H48 F24:1 Ip A1:1 C420jpeg\n"]
    with av.open(str(video)) as container:
        for frame in container.decode(video=0):
            frames.append(b"FRAME\n" + np.ascontiguousarray(frame.to_ndarray()).tobytes())
    return b"".join(frames)


def test_standard_input_as_source(video: Path, tmp_path: Path) -> None:
    run_ok("gvc-encode", "-", tmp_path / "x.gvc", "--color", "none", stdin=as_y4m(video))
    run_ok("gvc-encode", "-", tmp_path / "y.gvc", "--color", "none", stdin=video.read_bytes())
    for name in ("x.gvc", "y.gvc"):
        run_ok("gvc-decode", tmp_path / name, tmp_path / "gray.y4m", "--gray", "-y")
        assert gray_planes(tmp_path / "gray.y4m", ("gray",)) == gray_planes(video)


def test_decoding_starts_before_the_input_has_ended(encoded_gray: Path) -> None:
    data = encoded_gray.read_bytes()
    decoder = subprocess.Popen([command("gvc-decode"), "-", "-", "-q"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert decoder.stdin is not None
    assert decoder.stdout is not None
    decoder.stdin.write(data[: len(data) * 3 // 4])
    decoder.stdin.flush()
    header = decoder.stdout.readline()
    assert header.startswith(b"YUV4MPEG2 W160 H120")
    first = decoder.stdout.read(6 + 160 * 120)  # blocks until a frame is there: the rest has not been sent yet
    assert first.startswith(b"FRAME\n")
    decoder.stdin.write(data[len(data) * 3 // 4 :])
    decoder.stdin.close()
    with decoder.stdout:
        rest = decoder.stdout.read()
    assert decoder.wait() == 0
    assert len(first + rest) == 24 * (6 + 160 * 120)


def test_closed_pipe_is_one_line(encoded_gray: Path) -> None:
    """The output is larger than what a pipe takes, so that the writer must notice."""
    line = f"{command('gvc-decode')} {encoded_gray} - -q | head -c 100 >/dev/null; exit ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", line], capture_output=True, check=False)
    assert_one_line_error(result, 6)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("kind", ["y4m", "mkv"])
def test_interrupted_while_nobody_reads(encoded_gray: Path, kind: str, number: signal.Signals, code: int) -> None:
    line = [command("gvc-decode"), str(encoded_gray), "-", "-f", kind, "--codec", "ffv1"][: 7 if kind == "mkv" else 5]
    decoder = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert decoder.stdout is not None
    decoder.stdout.read(10)  # it writes; now it will wait for us, since the pipe is full
    time.sleep(1)
    decoder.send_signal(number)
    _, errors = decoder.communicate(timeout=60)
    assert decoder.returncode == code, errors.decode()
    assert b"Traceback" not in errors


def test_cut_pipe_is_noticed(encoded_gray: Path, tmp_path: Path) -> None:
    data = encoded_gray.read_bytes()
    result = run("gvc-decode", "-", tmp_path / "out.mkv", stdin=data[: len(data) // 2])
    assert_one_line_error(result, 4, "stops")
    assert list(tmp_path.iterdir()) == []
