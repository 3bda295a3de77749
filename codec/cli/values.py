"""Option values in the spellings that people know from ffmpeg and x265."""

from __future__ import annotations

import re

from codec.errors import InputError

# FFmpeg's names of formats to ours.
_FORMATS = {
    "rawvideo": "raw",
    "yuv4mpegpipe": "y4m",
    "image2": "images",
    "matroska": "mkv",
    "webm": "webm",
}
_X265_COLOR_SPACES = {"i400": "gray", "i420": "yuv420p", "i422": "yuv422p", "i444": "yuv444p", "rgb": "rgb24"}


def parse_size(text: str | None) -> tuple[int, int] | None:
    """``256x256`` to (256, 256)."""
    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,5})[xX*:](\d{1,5})", text)
    if not match or "0" in (match[1].lstrip("0") or "0", match[2].lstrip("0") or "0"):
        raise InputError(f"expected a size such as 1280x720. Received: {text}")
    return int(match[1]), int(match[2])


def parse_format(text: str | None, *, images: str) -> str | None:
    """Our name of a format, from its own or FFmpeg's spelling; ``images`` is what pictures are called there."""
    name = None if text is None else _FORMATS.get(text.lower(), text.lower())
    return images if name == "images" else name


def parse_pixel_format(text: str | None, depth: str | None = None) -> str | None:
    """FFmpeg's name of a pixel format, from its own or x265's spelling.

    Raises:
        InputError: more than 8 bits a sample.
    """
    if depth not in (None, "8"):
        raise InputError(f"expected --input-depth 8, since gvc handles 8 bits a sample only for now. Received: {depth}")
    return None if text is None else _X265_COLOR_SPACES.get(text.lower(), text.lower())
