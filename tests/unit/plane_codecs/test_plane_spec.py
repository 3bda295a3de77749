"""How a luma codec is asked for."""

from __future__ import annotations

import pytest

from codec.errors import InputError, StreamError
from codec.plane_codecs import CodedRun, PlaneCodecSpec, PlaneParameters, plane_parameters
from codec.plane_codecs.registry import PLANE_CODECS


@pytest.mark.parametrize(
    "text",
    ["auto", *PLANE_CODECS, "x265:crf=23,preset=slow", "x264:qp=0,threads=2", "zstd:level=22", "x264:crf=23.5"],
)
def test_text_comes_back(text: str) -> None:
    assert str(PlaneCodecSpec.parse(text)) == text


def test_options_keep_their_order_and_can_be_read() -> None:
    spec = PlaneCodecSpec.parse("x265:preset=slow,crf=23")
    assert spec == PlaneCodecSpec("x265", (("preset", "slow"), ("crf", "23")))
    assert spec.option("crf") == "23"
    assert spec.option("qp") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected one of the luma codecs"),
        ("h266", "raw, zstd, ffv1, x264, x265, svtav1"),
        ("X264", "expected one of the luma codecs"),
        ("x264:", "NAME:OPTION=VALUE"),
        ("x264:crf", "NAME:OPTION=VALUE"),
        ("x264:crf=", "NAME:OPTION=VALUE"),
        ("x264:=3", "NAME:OPTION=VALUE"),
        ("x264:crf=1,", "NAME:OPTION=VALUE"),
        ("raw:level=1", "luma codec raw takes no options"),
        ("auto:crf=1", "luma codec auto takes no options"),
        ("x264:level=3", "takes the options crf, qp, preset"),
        ("x264:x264-params=qp", "takes the options"),
        ("x264:crf=52", "a number from 0 to 51 as crf. Received: crf=52"),
        ("x264:crf=-1", "a number from 0 to 51"),
        ("x264:crf=nan", "a number from 0 to 51"),
        ("x264:crf=1e1", "a number from 0 to 51"),
        ("x264:crf=.", "a number from 0 to 51"),
        ("x264:crf=²", "a number from 0 to 51"),
        ("x264:qp=1.5", "a whole number from 0 to 51"),
        ("x264:preset=nice", "one of ultrafast, superfast"),
        ("x264:tune=vmaf", "one of film"),
        ("x264:threads=0", "from 1 to 64"),
        ("x264:qp=5:keyint=3", "a whole number"),
        ("zstd:level=23", "from 1 to 22"),
        ("ffv1:context=2", "one of 0, 1"),
        ("svtav1:crf=64", "from 1 to 63"),
        ("svtav1:lossless=1", "takes the options"),
        ("x264:qp=3,qp=4", "each option of luma codec x264 once"),
        ("x264:qp=3,crf=4", "one of crf, qp, lossless"),
        ("x265:lossless=1,crf=4", "one of crf, qp, lossless"),
    ],
)
def test_bad_text_is_named(text: str, message: str) -> None:
    with pytest.raises(InputError, match=r"expected|takes") as caught:
        PlaneCodecSpec.parse(text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "family", "is_lossless"),
    [
        ("raw", "raw", True),
        ("zstd", "zstd", True),
        ("ffv1", "ffv1", True),
        ("x264", "h264", True),
        ("x264:preset=fast", "h264", True),
        ("x264:qp=0", "h264", True),
        ("x264:crf=0", "h264", True),
        ("x264:crf=20", "h264", False),
        ("x264:qp=1", "h264", False),
        ("x265", "hevc", True),
        ("x265:lossless=1", "hevc", True),
        ("x265:lossless=0", "hevc", False),
        ("x265:qp=0", "hevc", False),
        ("svtav1", "av1", False),
    ],
)
def test_what_a_decoder_learns(text: str, family: str, is_lossless: bool) -> None:
    parameters = plane_parameters(PlaneCodecSpec.parse(text), 175, 143)
    assert (parameters.codec, parameters.is_lossless) == (family, is_lossless)
    assert (parameters.width, parameters.height) == (175, 143)


@pytest.mark.parametrize(("width", "height"), [(0, 4), (4, 0), (65536, 4), (-1, 4)])
def test_impossible_sizes(width: int, height: int) -> None:
    with pytest.raises(InputError, match="sides from 1 to 65535"):
        plane_parameters(PlaneCodecSpec("raw"), width, height)


@pytest.mark.parametrize("size", [(0, 1, 1, 1), (5, 4, 4, 4), (4, 5, 4, 4), (1, 1, 1, 65536)])
def test_impossible_parameters(size: tuple[int, int, int, int]) -> None:
    with pytest.raises(StreamError, match="at least as large"):
        PlaneParameters("h264", *size, is_lossless=True)


def test_auto_must_be_resolved() -> None:
    with pytest.raises(ValueError, match="auto"):
        plane_parameters(PlaneCodecSpec("auto"), 4, 4)


def test_bytes_of_a_run() -> None:
    assert CodedRun(b"abc", (b"de", b"f"), 2).num_bytes == 6
