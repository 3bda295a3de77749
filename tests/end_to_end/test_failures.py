"""What goes wrong is one line and an exit code, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.end_to_end.conftest import assert_one_line_error, call, call_ok, command, run, run_ok, write_video


def test_inputs_that_are_no_video(tmp_path: Path) -> None:
    text, empty = tmp_path / "notes.txt", tmp_path / "empty.mp4"
    text.write_text("this is no video at all\n" * 50)
    empty.touch()
    for path, word in ((text, "notes.txt"), (empty, "empty"), (tmp_path / "missing.mp4", "missing.mp4")):
        assert_one_line_error(run("gvc-encode", path, tmp_path / "x.gvc"), 3, word)
    assert not (tmp_path / "x.gvc").exists()


def test_raw_without_geometry_lists_what_fits(tmp_path: Path) -> None:
    path = tmp_path / "clip.raw"
    path.write_bytes(bytes(256 * 256 * 3 * 2))
    assert_one_line_error(call("gvc-encode", path, tmp_path / "x.gvc"), 3, "256x256", "--size")
    assert_one_line_error(
        call("gvc-encode", path, tmp_path / "x.gvc", "--size", "100x100", "--pix-fmt", "rgb24"), 3, "100x100"
    )


def test_samples_beyond_the_format_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip_64x48_24fps_yuv420p10le.yuv"
    path.write_bytes(bytes(range(256)) * (64 * 48 * 3 // 256))
    assert_one_line_error(call("gvc-encode", path, tmp_path / "x.gvc"), 3, "yuv420p10le samples from 0 to 1023")


def test_wrong_usage(tmp_path: Path, video: Path) -> None:
    assert run("gvc-encode").returncode == 2
    assert call("gvc-decode", "a", "b", "--no-such-option").returncode == 2
    out = tmp_path / "x.gvc"
    for option, value in (("--network", "alexnet"), ("--luma", "h266"), ("--luma", "x264:crf=99"), ("--color", "all")):
        assert_one_line_error(call("gvc-encode", video, out, option, value), 3, value.split("=")[0].split(":")[0])
    assert not out.exists()


def test_outputs_that_cannot_be_written(video: Path, encoded: Path, tmp_path: Path) -> None:
    assert_one_line_error(call("gvc-encode", video, tmp_path / "no" / "x.gvc"), 6, "no folder")
    assert_one_line_error(call("gvc-decode", encoded, tmp_path / "no" / "x.mp4"), 6, "no folder")
    assert_one_line_error(call("gvc-decode", encoded, tmp_path / "x.xyz"), 6, ".mp4")
    assert_one_line_error(call("gvc-decode", encoded, encoded, "-y"), 6, "other than the input")
    assert list(tmp_path.iterdir()) == []


def test_existing_output_is_kept(encoded: Path, video: Path, tmp_path: Path) -> None:
    for name, arguments in (("x.mp4", ("gvc-decode", encoded)), ("x.gvc", ("gvc-encode", video))):
        target = tmp_path / name
        target.write_bytes(b"precious")
        assert_one_line_error(call(*arguments, target), 6, "-y")
        assert target.read_bytes() == b"precious"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
def test_full_disk(encoded_gray: Path, video: Path) -> None:
    assert_one_line_error(run("gvc-encode", video, "/dev/full", "--color", "none", "-y"), 6, "No space left")
    assert_one_line_error(run("gvc-decode", encoded_gray, "/dev/full", "-f", "y4m", "-y"), 6, "No space left")


def test_foreign_and_damaged_streams(encoded_gray: Path, video: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    data = bytearray(encoded_gray.read_bytes())
    data[len(data) // 2] ^= 4
    (tmp_path / "damaged.gvc").write_bytes(data)
    (tmp_path / "cut.gvc").write_bytes(data[:100])
    (tmp_path / "empty.gvc").touch()
    for name, word in (("damaged.gvc", "checksum"), ("cut.gvc", "stops"), ("empty.gvc", "no bytes")):
        assert_one_line_error(call("gvc-decode", tmp_path / name, out), 4, word)
        assert_one_line_error(call("gvc-info", tmp_path / name), 4, word)
    assert_one_line_error(call("gvc-decode", video, out), 4, "expected a .gvc stream")
    assert_one_line_error(call("gvc-decode", tmp_path / "missing.gvc", out), 3, "missing.gvc")
    assert not out.exists()


def test_recovery_decodes_what_is_intact(encoded_gray: Path, tmp_path: Path) -> None:
    data = bytearray(encoded_gray.read_bytes())
    data[len(data) // 2] ^= 4
    damaged = tmp_path / "damaged.gvc"
    damaged.write_bytes(data)
    result = run("gvc-decode", damaged, tmp_path / "rest.y4m", "--recover")
    assert_one_line_error(result, 7, "18 frames were recovered")
    assert b"lost: frames 12 to 17 are missing" in result.stderr or b"lost: frames 6 to 11" in result.stderr
    assert (tmp_path / "rest.y4m").read_bytes().count(b"FRAME\n") == 18


def test_recovery_of_a_cut_stream_keeps_what_came(encoded: Path, tmp_path: Path) -> None:
    data = encoded.read_bytes()
    (tmp_path / "cut.gvc").write_bytes(data[:-200])
    result = call("gvc-decode", tmp_path / "cut.gvc", tmp_path / "rest.mkv", "--recover")
    assert_one_line_error(result, 7, "recovered")
    assert (tmp_path / "rest.mkv").exists()


def test_damaged_network_leaves_the_gray(encoded: Path, tmp_path: Path) -> None:
    data = bytearray(encoded.read_bytes())
    data[data.index(b"NETW") + 200] ^= 1
    damaged = tmp_path / "damaged.gvc"
    damaged.write_bytes(data)
    assert_one_line_error(call("gvc-decode", damaged, tmp_path / "x.mp4", "--recover"), 4, "--gray")
    result = call("gvc-decode", damaged, tmp_path / "gray.y4m", "--recover", "--gray")
    assert_one_line_error(result, 7, "18 frames were recovered")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_run_leaves_nothing(video: Path, tmp_path: Path, number: signal.Signals, code: int) -> None:
    process = subprocess.Popen(
        [command("gvc-encode"), str(video), str(tmp_path / "x.gvc"), "--color", "model", "--epochs", "100000"],
        stderr=subprocess.PIPE,
        preexec_fn=os.setpgrp,
    )
    for _ in range(600):  # the working file appears when the job begins
        if list(tmp_path.iterdir()):
            break
        time.sleep(0.1)
    time.sleep(1)
    process.send_signal(number)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == code, errors.decode()
    assert b"Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


def test_no_messages_but_the_summary_when_all_is_well(encoded_gray: Path, tmp_path: Path) -> None:
    result = run_ok("gvc-decode", encoded_gray, tmp_path / "x.mkv", "-q")
    assert result.stderr == b""
    assert result.stdout == b""


def test_info_goes_on_after_a_bad_file(encoded_gray: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.gvc").write_bytes(encoded_gray.read_bytes()[:100])
    result = call("gvc-info", encoded_gray, tmp_path / "cut.gvc", encoded_gray)
    assert_one_line_error(result, 4, "cut.gvc", "stops")
    assert result.stdout.count(b"every checksum holds") == 2


def test_a_video_name_for_a_stream_is_refused(video: Path, tmp_path: Path) -> None:
    assert_one_line_error(call("gvc-encode", video, tmp_path / "x.mp4", "--color", "none"), 6, "out.gvc")


def test_missing_backend_is_one_line(encoded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "torch.py").write_text("raise ModuleNotFoundError('no torch', name='torch')")
    assert_one_line_error(run("gvc-decode", encoded, tmp_path / "x.mp4"), 2, "torch", "KERAS_BACKEND")


@pytest.mark.parametrize("output", ["x.y4m", "frames/"])
def test_of_two_commands_that_write_one_name_one_succeeds(encoded_gray: Path, tmp_path: Path, output: str) -> None:
    line = [command("gvc-decode"), str(encoded_gray), f"{tmp_path}/{output}"]
    processes = [subprocess.Popen(line, stderr=subprocess.PIPE) for _ in range(2)]
    errors = [process.communicate(timeout=300)[1].decode() for process in processes]
    assert sorted(process.returncode for process in processes) == [0, 6], errors
    assert "exists. Give -y to replace it" in "".join(errors)
    assert [path.name for path in tmp_path.iterdir()] == [output.rstrip("/")]


def test_a_link_as_output_stays_a_link(encoded_gray: Path, tmp_path: Path) -> None:
    (tmp_path / "link.y4m").symlink_to("real.y4m")
    (tmp_path / "link").symlink_to("real")
    for name in ("link.y4m", "link/"):
        for more in ((), ("-y",)):
            call_ok("gvc-decode", encoded_gray, f"{tmp_path}/{name}", *more)
        assert_one_line_error(call("gvc-decode", encoded_gray, f"{tmp_path}/{name}"), 6, "exists")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "link.y4m", "real", "real.y4m"]
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "link.y4m").is_symlink()
    assert len(list((tmp_path / "real").iterdir())) == 24


@pytest.mark.parametrize("change", ["cut", "grown", "replaced"])
def test_an_input_that_changes_while_it_is_read(change: str, tmp_path: Path) -> None:
    source, other = tmp_path / "in.mkv", tmp_path / "other.mkv"
    write_video(source, width=160, height=120, frames=48)
    write_video(other, width=160, height=120, frames=47)
    process = subprocess.Popen(
        [command("gvc-encode"), str(source), str(tmp_path / "x.gvc"), "--color", "lossless", "--effort", "none"],
        stderr=subprocess.PIPE,
    )
    while len(list(tmp_path.iterdir())) == 2 and process.poll() is None:  # the source is open when the output begins
        time.sleep(0.001)
    if change == "replaced":
        other.replace(source)
    else:
        size = source.stat().st_size
        os.truncate(source, size // 2 if change == "cut" else size + 1)
    _, errors = process.communicate(timeout=300)
    result = subprocess.CompletedProcess([], process.returncode, b"", errors)
    assert_one_line_error(result, 3, "in.mkv", "changed while it was read")
    assert not list(tmp_path.glob("*.gvc")) + list(tmp_path.glob(".*"))
