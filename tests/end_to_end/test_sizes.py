"""Streams that become larger than their input, or than they may: said before the work, and nothing is left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from codec.encoder.modes import GrayOnly
from codec.errors import InputError, OutputError
from codec.jobs.encode import encode_file
from codec.jobs.size_limit import limit_of, projected_gray_bytes
from codec.plane_codecs import PlaneCodecSpec
from codec.video.sources import open_source
from tests.end_to_end.conftest import assert_one_line_error, call, call_ok, run_ok

SAMPLE = Path(__file__).parents[2] / "samples" / "demo_cc0_flower_320x180_15fps.mp4"
X264 = PlaneCodecSpec.parse("x264:preset=veryfast")


def test_a_larger_result_is_the_first_line(tmp_path: Path) -> None:
    out = tmp_path / "x.gvc"
    result = run_ok("gvc-encode", SAMPLE, out, "--color", "none", "--luma", "x264:preset=veryfast")
    first = result.stderr.decode().splitlines()[0]
    for words in ("compressed already, to 97.6 kB", "will be larger than the input", "svtav1:crf=", "wrong tool"):
        assert words in first
    assert out.stat().st_size > SAMPLE.stat().st_size
    again = run_ok("gvc-encode", SAMPLE, tmp_path / "y.gvc", "--color", "none", "--luma", "x264:crf=40")
    assert b"compressed already, to" not in again.stderr


def test_a_part_is_compared_with_its_share_of_the_input(tmp_path: Path) -> None:
    result = run_ok(
        "gvc-encode", SAMPLE, tmp_path / "x.gvc", "--color", "none", "--luma", "x264:preset=ultrafast", "--frames", "5"
    )
    first, *_, last = result.stderr.decode().splitlines()
    assert "note: a part of " in first
    assert "compressed already, to 6.5 kB; its exact gray alone takes about " in first
    assert last.startswith("raw video")  # 5 frames are not compared with a file of 75
    whole = encode_file(str(SAMPLE), str(tmp_path / "y.gvc"), GrayOnly(luma=X264), max_frames=75)
    assert whole.input_bytes == SAMPLE.stat().st_size


def test_the_projection_is_near_the_result(tmp_path: Path) -> None:
    source = open_source(str(SAMPLE))
    projected = projected_gray_bytes(source, GrayOnly(luma=X264))
    source.close()
    report = encode_file(str(SAMPLE), str(tmp_path / "x.gvc"), GrayOnly(luma=X264))
    assert projected is not None
    assert projected == pytest.approx(report.luma_bytes, rel=0.25)
    assert "larger than the input" in report.notes[0]


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--max-bytes", "100K"), "--max-bytes"),  # refused by the projection
        (("--max-bytes", "0.6M"), "nothing was kept"),  # refused by what was written
        (("--must-save",), "--must-save"),
    ],
)
def test_a_result_that_is_too_large_leaves_nothing(tmp_path: Path, options: tuple[str, ...], word: str) -> None:
    result = call(
        "gvc-encode", SAMPLE, tmp_path / "x.gvc", "--color", "none", "--luma", "x264:preset=veryfast", *options
    )
    assert_one_line_error(result, 6, word, "expected a stream of at most")
    assert list(tmp_path.iterdir()) == []


def test_a_result_within_the_limit_is_as_without_one(tmp_path: Path, raw_rgb: Path) -> None:
    call_ok("gvc-encode", raw_rgb, tmp_path / "x.gvc", "--color", "none", "--luma", "zstd")
    call_ok("gvc-encode", raw_rgb, tmp_path / "y.gvc", "--color", "none", "--luma", "zstd", "--must-save")
    data = (tmp_path / "x.gvc").read_bytes()
    assert data == (tmp_path / "y.gvc").read_bytes()
    encode_file(str(raw_rgb), str(tmp_path / "z.gvc"), GrayOnly(luma=PlaneCodecSpec.parse("zstd")), max_bytes=len(data))
    with pytest.raises(OutputError, match=f"at most {len(data) - 1} bytes"):
        encode_file(
            str(raw_rgb), str(tmp_path / "w.gvc"), GrayOnly(luma=PlaneCodecSpec.parse("zstd")), max_bytes=len(data) - 1
        )
    assert not (tmp_path / "w.gvc").exists()


def test_limits() -> None:
    assert limit_of(None, 10, must_save=False) == (None, "--max-bytes")
    assert limit_of(None, 10, must_save=True) == (9, "--must-save")
    assert limit_of(7, 10, must_save=True) == (7, "--max-bytes")
    assert limit_of(70, 10, must_save=True) == (9, "--must-save")
    with pytest.raises(InputError, match="expected a file as input with --must-save"):
        limit_of(7, None, must_save=True)


@pytest.mark.parametrize("text", ["0", "-1", "K", "1T", "1e6", "much", "0.1"])
def test_numbers_of_bytes(tmp_path: Path, text: str) -> None:
    result = call("gvc-encode", SAMPLE, tmp_path / "x.gvc", f"--max-bytes={text}")
    assert_one_line_error(result, 2, f"such as 500K or 20M. Received: {text}")
