"""gvc-verify as a person and an archive use it: what holds, what differs, and hashes that equal FFmpeg's."""

from __future__ import annotations

import json
import os
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest

from tests.conftest import copied_stream
from tests.end_to_end.conftest import (
    assert_one_line_error,
    call,
    call_json,
    call_ok,
    command,
    moving_picture,
    run_ok,
    slow,
    write_video,
)
from tests.end_to_end.test_guided import raw_of
from tests.framemd5 import frame_lines, muxed_video

RATE = Fraction(24)
LOSSLESS = ("--color", "lossless", "--effort", "none")
CODED = ("--color", "coded", "--hints", "2:svtav1:crf=30,preset=8")
RAW_RGB = ("--size", "64x48", "--fps", "24", "--pix-fmt", "rgb24")


def encode(source: Path, stream: Path, *options: str) -> Path:
    call_json("gvc-encode", source, stream, "--segment-frames", "6", "-y", *options)
    return stream


@pytest.fixture(scope="module")
def lossless(video: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every bit of the small video, and its MD5."""
    return encode(video, tmp_path_factory.mktemp("verify") / "small.gvc", *LOSSLESS, "--source-md5")


@pytest.fixture(scope="module")
def coded(video: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Exact gray, color that is not."""
    return encode(video, tmp_path_factory.mktemp("verify") / "coded.gvc", *CODED)


def test_a_lossless_stream_is_its_source(video: Path, lossless: Path) -> None:
    text = call_ok("gvc-verify", lossless, video).stdout.decode()
    assert "18 frames in 3 segments, every checksum holds" in text
    assert "the same frames and times; gray exact, all planes exact" in text
    for workers in ("1", "2"):
        report = call_json("gvc-verify", lossless, video, "--workers", workers)
        assert (report["frames"], report["segments"], report["max_error"]) == (18, 3, 0)
        assert report["md5"] == report["source_md5"]
        assert report["source_md5_checked"]


def test_the_md5_of_the_source_is_enough(video: Path, lossless: Path, tmp_path: Path) -> None:
    md5 = muxed_video("md5", video, RATE)[0]
    assert md5 in call_ok("gvc-info", lossless).stdout.decode()
    assert call_json("gvc-info", lossless)["source_md5"] == md5.removeprefix("MD5=")
    assert "holds" in call_ok("gvc-verify", lossless).stdout.decode().splitlines()[1]
    other = tmp_path / "other.gvc"
    other.write_bytes(copied_stream(lossless.read_bytes(), source_md5="0" * 32))
    assert_one_line_error(call("gvc-verify", other), 4, f"{other} is not its source", "MD5", "0" * 32)
    assert_one_line_error(call("gvc-verify", other, video), 4, f"{other} is not {video}: the source differs in its MD5")


def test_the_encoder_reports_the_md5_and_sends_it_on_request_only(video: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one.gvc", tmp_path / "two.gvc"
    report = call_json("gvc-encode", video, one, "--color", "none", "--source-md5", "--verify", "--workers", "2")
    assert muxed_video("md5", video, RATE) == [f"MD5={report['source_md5']}"]
    assert call_json("gvc-encode", video, two, "--color", "none")["source_md5"] is None
    assert call_json("gvc-info", two)["source_md5"] is None
    text = call_ok("gvc-verify", one).stdout.decode()
    assert "which nothing here can be compared with" in text
    assert f"{report['source_md5']} holds" in call_ok("gvc-verify", one, video).stdout.decode()


@pytest.mark.parametrize("pixel_format", ["yuv411p", "gray", *slow("yuv420p", "yuv444p", "yuvj420p")])
def test_hashes_equal_those_of_ffmpeg(pixel_format: str, tmp_path: Path) -> None:
    source, stream = tmp_path / "in.mkv", tmp_path / "in.gvc"
    codec = "mjpeg" if pixel_format == "yuvj420p" else "ffv1"
    write_video(source, codec=codec, pixel_format=pixel_format, width=35, height=21, frames=8)
    encode(source, stream, *LOSSLESS)
    lines = call_ok("gvc-verify", stream, "--framemd5").stdout.decode().splitlines()
    expected = muxed_video("framemd5", source, RATE)
    assert frame_lines(lines) == frame_lines(expected)
    assert [line for line in lines[:10] if "#sof" not in line] == [line for line in expected[:10] if "#sof" not in line]
    result = call_ok("gvc-verify", stream, "--md5", "-q")
    assert result.stdout.decode().splitlines() == muxed_video("md5", source, RATE)
    assert result.stderr == b""


def test_hashes_of_raw_rgb_from_an_mp4_with_frames_out_of_order(raw_rgb: Path, tmp_path: Path) -> None:
    movie = tmp_path / "in.mp4"
    write_video(movie, codec="libx264", frames=30)
    stream = encode(movie, tmp_path / "in.gvc", *LOSSLESS, "--chroma", "joint")
    lines = call_ok("gvc-verify", stream, movie, "--framemd5").stdout.decode().splitlines()
    assert frame_lines(lines) == frame_lines(muxed_video("framemd5", movie, RATE))
    stream = encode(raw_rgb, tmp_path / "rgb.gvc", *LOSSLESS)
    assert call_ok("gvc-verify", stream, "--md5").stdout == call_ok("gvc-verify", stream, raw_rgb, "--md5").stdout


def test_a_report_beside_hashes_goes_to_standard_error(lossless: Path) -> None:
    result = call_ok("gvc-verify", lossless, "--md5", "--json")
    report = json.loads(result.stderr)
    assert result.stdout.decode() == f"MD5={report['md5']}\n"
    result = call_ok("gvc-verify", lossless, "--framemd5")
    assert result.stdout.startswith(b"#format: frame checksums\n")
    assert b"every checksum holds" in result.stderr


def test_color_that_is_not_exact_is_measured(video: Path, coded: Path) -> None:
    report = call_json("gvc-verify", coded, video)
    assert (report["luma_is_lossless"], report["max_error"], report["psnr_luma_db"]) == (True, None, None)
    assert 25 < report["psnr_chroma_db"] < 60
    assert (
        f"gray exact, chroma PSNR {report['psnr_chroma_db']:.2f} dB"
        in call_ok("gvc-verify", coded, video).stdout.decode()
    )


def test_the_measure_is_that_of_the_encoder(video: Path, tmp_path: Path) -> None:
    stream = tmp_path / "out.gvc"
    encoded = call_json("gvc-encode", video, stream, *CODED, "--quality-frames", "18")
    assert call_json("gvc-verify", stream, video)["psnr_chroma_db"] == pytest.approx(
        encoded["psnr_chroma_db"], abs=1e-5
    )


@pytest.mark.slow
def test_color_of_a_network_of_floats(video: Path, encoded: Path) -> None:
    report = call_json("gvc-verify", encoded, video)
    assert (report["color"], report["luma_is_lossless"]) == ("model", True)
    assert report["psnr_chroma_db"] > 5


def test_lossy_gray_is_measured_too(video: Path, tmp_path: Path) -> None:
    stream = encode(video, tmp_path / "x.gvc", "--color", "none", "--luma", "x265:crf=30")
    report = call_json("gvc-verify", stream, video)
    assert 20 < report["psnr_luma_db"] < 60
    assert (report["luma_is_lossless"], report["psnr_chroma_db"]) == (False, None)


@pytest.mark.parametrize("max_error", ["2", *slow("1", "3")])
def test_a_bound_of_chroma_holds(max_error: str, raw_rgb: Path, tmp_path: Path) -> None:
    stream = encode(raw_rgb, tmp_path / "x.gvc", *LOSSLESS, "--chroma", "network", "--max-error", max_error)
    text = call_ok("gvc-verify", stream, raw_rgb).stdout.decode()
    assert f"gray exact, chroma within {max_error}" in text
    assert call_json("gvc-verify", stream)["md5"] is None


def test_another_source_is_found_by_its_first_frame_that_differs(raw_rgb: Path, tmp_path: Path) -> None:
    stream = encode(raw_rgb, tmp_path / "x.gvc", *LOSSLESS)
    data = bytearray(raw_rgb.read_bytes())
    data[7 * 64 * 48 * 3 + 64 * 3 + 2] ^= 16  # blue of the sample in row 1, column 0
    other = tmp_path / "other.raw"
    other.write_bytes(bytes(data))
    result = call("gvc-verify", stream, other, *RAW_RGB)
    assert_one_line_error(result, 4, f"{stream} is not {other}: frame 7 differs in gray: expected", "row 1, column 0")
    assert result.stdout == b""
    assert_one_line_error(call("gvc-verify", stream, other, *RAW_RGB, "--json"), 4, "frame 7 differs")


def test_a_source_of_another_length_time_or_form(video: Path, coded: Path, raw_rgb: Path, tmp_path: Path) -> None:
    shorter = call("gvc-verify", coded, video, "--frames", "11")
    assert_one_line_error(shorter, 4, "frame 11 differs: the source has 11 frames, the stream more")
    cut = encode(video, tmp_path / "cut.gvc", "--color", "none", "--frames", "7")
    assert_one_line_error(
        call("gvc-verify", cut, video), 4, "frame 7 differs: the stream has 7 frames, the source more"
    )
    call_ok("gvc-verify", cut, video, "--frames", "7")
    assert_one_line_error(call("gvc-verify", coded, raw_rgb), 4, "expected 64x48 rgb24. Received: 64x48 yuv420p")
    faster = tmp_path / "clip.yuv"
    faster.write_bytes(raw_of(video))
    options = ("--size", "64x48", "--pix-fmt", "yuv420p", "--fps")
    assert_one_line_error(call("gvc-verify", coded, faster, *options, "25"), 4, "frame 1 differs in its time")


def test_damage_is_said_before_a_difference(lossless: Path, raw_rgb: Path, tmp_path: Path) -> None:
    data = bytearray(lossless.read_bytes())
    data[-90] ^= 1
    damaged = tmp_path / "damaged.gvc"
    damaged.write_bytes(bytes(data))
    for arguments in ((damaged,), (damaged, raw_rgb), (damaged, "--framemd5")):
        result = call("gvc-verify", *arguments)
        assert_one_line_error(result, 4)
        assert b"is not" not in result.stderr


def test_what_cannot_be_read(lossless: Path, tmp_path: Path) -> None:
    assert_one_line_error(call("gvc-verify", tmp_path / "none.gvc"), 3, "none.gvc")
    assert_one_line_error(call("gvc-verify", lossless, tmp_path / "none.mkv"), 3, "none.mkv")
    (tmp_path / "text.mkv").write_text("no video")
    assert_one_line_error(call("gvc-verify", lossless, tmp_path / "text.mkv"), 3, "text.mkv")
    assert_one_line_error(call("gvc-verify", tmp_path / "text.mkv"), 4)


def test_a_source_that_breaks_off(lossless: Path, tmp_path: Path) -> None:
    source = tmp_path / "broken.y4m"
    call_ok("gvc-decode", lossless, source)
    stream = encode(source, tmp_path / "x.gvc", "--color", "none")
    source.write_bytes(source.read_bytes()[:-9])
    assert_one_line_error(call("gvc-verify", stream, source), 3, "broken.y4m")


def test_pipes(video: Path, lossless: Path) -> None:
    assert b"all planes exact" in run_ok("gvc-verify", "-", video, stdin=lossless.read_bytes()).stdout
    assert b"all planes exact" in run_ok("gvc-verify", lossless, "-", stdin=video.read_bytes()).stdout


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("x.gvc", "--frames", "3"), "source"),
        (("x.gvc", "--size", "64x48"), "source"),
        (("-", "-"), "standard input"),
        (("x.gvc", "--md5", "--framemd5"), "not allowed"),
        ((), "FILE"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], word: str) -> None:
    result = call("gvc-verify", *arguments)
    assert result.returncode == 2
    assert word in result.stderr.decode()


@pytest.mark.skipif(os.name == "nt", reason="a shell closes the output")
@pytest.mark.parametrize(("option", "code"), [("--md5", 6), ("--framemd5", 6), ("-q", 0)])
def test_a_closed_standard_output(option: str, code: int, lossless: Path) -> None:
    line = f'"{command("gvc-verify")}" "{lossless}" {option} >&-'
    result = subprocess.run(["sh", "-c", line], capture_output=True, timeout=300, check=False)
    assert result.returncode == code, result.stderr.decode()


def test_a_quiet_verification_says_nothing(lossless: Path, video: Path) -> None:
    result = run_ok("gvc-verify", lossless, video, "-q")
    assert (result.stdout, result.stderr) == (b"", b"")


def test_a_moved_sample_of_chroma_is_found(raw_rgb: Path, tmp_path: Path) -> None:
    """Gray may be the same where chroma is not: one step of blue alone does not move Y."""
    stream = encode(raw_rgb, tmp_path / "x.gvc", *LOSSLESS)
    frame = moving_picture(64, 48, 3)
    frame[5, 9, 2] ^= 1
    data = raw_rgb.read_bytes()
    size = frame.nbytes
    other = tmp_path / "other.raw"
    other.write_bytes(data[: 3 * size] + frame.tobytes() + data[4 * size :])
    result = call("gvc-verify", stream, other, *RAW_RGB)
    assert_one_line_error(result, 4, "frame 3 differs in", "row 5, column 9")
