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
    with pytest.raises(InputError, match="8 bits"):
        parse_pixel_format("i420", "10")
