"""Limits of what a stream may ask of its reader, as arguments of several commands."""

from __future__ import annotations

import argparse

from container_format.limits import MAX_PIXELS, MAX_PIXELS_HELP, MAX_PIXELS_OPTION, MOST_PIXELS, Limits


def add_limit_arguments(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument(MAX_PIXELS_OPTION, type=_pixels, default=MAX_PIXELS, metavar="N", help=MAX_PIXELS_HELP)


def limits(arguments: argparse.Namespace) -> Limits:
    """The limits that were asked for."""
    return Limits(arguments.max_pixels)


def _pixels(text: str) -> int:
    """A number of pixels.

    Raises:
        ArgumentTypeError: it is none.
    """
    if not text.isdecimal() or not 1 <= int(text) <= MOST_PIXELS:
        raise argparse.ArgumentTypeError(f"expected a number of pixels from 1 to {MOST_PIXELS}. Received: {text}")
    return int(text)
