"""Parsers of option values. They also accept the spellings of ffmpeg and x265."""

from __future__ import annotations

import re
from fractions import Fraction

from codec.errors import InputError

# Maps FFmpeg's names of file formats to gvc's.
_FORMATS = {
    "rawvideo": "raw",
    "yuv4mpegpipe": "y4m",
    "image2": "images",
    "matroska": "mkv",
    "webm": "webm",
}
_X265_COLOR_SPACES = {"i400": "gray", "i420": "yuv420p", "i422": "yuv422p", "i444": "yuv444p", "rgb": "rgb24"}


def parse_size(text: str | None) -> tuple[int, int] | None:
    """Parse a size such as ``256x128`` to (width, height); None if the text is None.

    Raises:
        InputError: the text is not a size.
    """
    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,5})[xX*:](\d{1,5})", text)
    if not match or "0" in (match[1].lstrip("0") or "0", match[2].lstrip("0") or "0"):
        raise InputError(f"expected a size such as 1280x720. Received: {text}")
    return int(match[1]), int(match[2])


def parse_format(text: str | None, *, images: str) -> str | None:
    """Translate gvc's or FFmpeg's name of a file format to gvc's; None if the text is None.

    Args:
        text: the name, in upper or lower case.
        images: the name to return for a sequence of images.
    """
    name = None if text is None else _FORMATS.get(text.lower(), text.lower())
    return images if name == "images" else name


def parse_pixel_format(text: str | None, depth: str | None = None) -> str | None:
    """Translate FFmpeg's or x265's name of a pixel format to FFmpeg's.

    Args:
        text: the name; None if it was not given.
        depth: the bits per sample as text, for a name that does not say them; None if they were not given.

    Raises:
        InputError: there is no such format of that depth.
    """
    name = None if text is None else _X265_COLOR_SPACES.get(text.lower(), text.lower())
    return name if depth is None else _of_depth(name, depth)


def _of_depth(name: str | None, depth: str) -> str | None:
    """The name of a pixel format with that many bits a sample."""
    from codec.video.pixel_formats import PIXEL_FORMATS

    if not re.fullmatch(r"\d{1,2}", depth) or not 8 <= int(depth) <= 16:
        raise InputError(f"expected --input-depth of 8 to 16. Received: {depth}", option="--input-depth")
    bits = int(depth)
    if name is None and bits == 8:
        return None
    if name is None:
        raise InputError(
            f"expected --pix-fmt or --input-csp beside --input-depth {bits}. Received: none", option="--input-depth"
        )
    for candidate in (name, f"{name}{bits}le"):
        found = PIXEL_FORMATS.get(candidate)
        if found is not None and found.depth == bits:
            return candidate
    raise InputError(
        f"expected a pixel format that there is with {bits} bits, such as yuv420p, beside --input-depth {bits}. "
        f"Received: {name}",
        option="--input-depth",
    )


def parse_time(text: str, option: str) -> Fraction:
    """Parse a time such as ``12.5``, ``1:02.5`` or ``1:02:03`` to seconds.

    Args:
        text: seconds, with minutes and hours before them if there are any.
        option: that it was given for.

    Raises:
        InputError: the text is no time.
    """
    match = re.fullmatch(r"(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,9}(?:\.\d{1,9})?)", text)
    if match is None:
        raise InputError(f"expected a time such as 12.5 or 1:02:03.5. Received: {text}", option=option)
    hours, minutes, seconds = (Fraction(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def parse_frames(text: str) -> tuple[int, int | None]:
    """Parse frames such as ``100:200``, ``:200`` or ``100:`` to the first one and the one behind the last.

    Raises:
        InputError: the text is none of them.
    """
    match = re.fullmatch(r"(\d{0,15}):(\d{0,15})", text)
    if match is None:
        raise InputError(
            f"expected frames such as 100:200, which are 100 to 199, :200 or 100:. Received: {text}", option="--frames"
        )
    return int(match[1] or 0), int(match[2]) if match[2] else None
