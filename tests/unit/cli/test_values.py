"""Option values in ffmpeg's and x265's spellings."""

from __future__ import annotations

import pytest

from codec.cli.values import parse_pixel_format, parse_size
from codec.errors import InputError


def test_sizes() -> None:
    assert parse_size("256x128") == (256, 128)
    assert parse_size(None) is None
    for wrong in ("256", "0x5", "axb", "-1x5", "5x", "100000x100000"):
        with pytest.raises(InputError, match="1280x720"):
            parse_size(wrong)


def test_pixel_formats() -> None:
    assert parse_pixel_format("i420") == "yuv420p"
    assert parse_pixel_format("RGB24", "8") == "rgb24"
    assert parse_pixel_format(None) is None
    assert parse_pixel_format(None, "8") is None


@pytest.mark.parametrize(
    ("name", "depth", "found"),
    [
        ("i420", "10", "yuv420p10le"),
        ("i400", "12", "gray12le"),
        ("I444", "16", "yuv444p16le"),
        ("yuv422p10le", "10", "yuv422p10le"),
        ("gbrp", "14", "gbrp14le"),
        ("rgb48be", "16", "rgb48be"),
    ],
)
def test_a_depth_beside_a_name(name: str, depth: str, found: str) -> None:
    assert parse_pixel_format(name, depth) == found


@pytest.mark.parametrize(
    ("name", "depth", "words"),
    [
        ("i420", "7", "expected --input-depth of 8 to 16. Received: 7"),
        ("i420", "ten", "expected --input-depth of 8 to 16. Received: ten"),
        (None, "10", "expected --pix-fmt or --input-csp beside --input-depth 10"),
        ("yuv420p10le", "12", "that there is with 12 bits, .* Received: yuv420p10le"),
        ("yuv420p10le", "8", "that there is with 8 bits, .* Received: yuv420p10le"),
        ("i420", "11", "that there is with 11 bits, .* Received: yuv420p"),
    ],
)
def test_depths_that_there_are_not(name: str | None, depth: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        parse_pixel_format(name, depth)
    assert caught.value.option == "--input-depth"
