"""Limits of what a stream may ask of its reader, and cost its sender, as arguments of several commands."""

from __future__ import annotations

import argparse
import re
from fractions import Fraction

from container_format.limits import MAX_PIXELS, MAX_PIXELS_HELP, MAX_PIXELS_OPTION, MOST_PIXELS, Limits


def add_limit_arguments(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument(MAX_PIXELS_OPTION, type=_pixels, default=MAX_PIXELS, metavar="N", help=MAX_PIXELS_HELP)


def limits(arguments: argparse.Namespace) -> Limits:
    """The limits that were asked for."""
    return Limits(arguments.max_pixels)


def add_size_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that limit what a stream may cost its sender."""
    parser.add_argument(
        "--max-bytes", type=_bytes, metavar="N", help="fail if the stream gets larger than N bytes, such as 500K or 20M"
    )
    parser.add_argument(
        "--must-save", action="store_true", help="fail if the stream does not get smaller than the input file"
    )


def _bytes(text: str) -> int:
    """A number of bytes, with K, M or G for a thousand, a million or a billion.

    Raises:
        ArgumentTypeError: it is none.
    """
    match = re.fullmatch(r"(\d{1,15}(?:\.\d{1,9})?)([kKmMgG]?)", text)
    count = 0 if match is None else int(Fraction(match[1]) * 1000 ** " kmg".index(match[2].lower() or " "))
    if count < 1:
        raise argparse.ArgumentTypeError(f"expected a number of bytes, such as 500K or 20M. Received: {text}")
    return count


def _pixels(text: str) -> int:
    """A number of pixels.

    Raises:
        ArgumentTypeError: it is none.
    """
    if not text.isdecimal() or not 1 <= int(text) <= MOST_PIXELS:
        raise argparse.ArgumentTypeError(f"expected a number of pixels from 1 to {MOST_PIXELS}. Received: {text}")
    return int(text)
