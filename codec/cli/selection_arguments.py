"""Command-line arguments that say which part of a video is wanted."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codec.video.selection import Selection

_TIME = "seconds or H:MM:SS.s, counted from the first frame"


def add_span_arguments(group: argparse._ArgumentGroup) -> None:
    """The options for a span of time."""
    group.add_argument("--start", metavar="T", help=f"only frames that begin at T or later: {_TIME}")
    group.add_argument("--end", metavar="T", help="only frames that begin before T")


def add_frames_argument(group: argparse._ArgumentGroup) -> None:
    """The option for a span of frames."""
    group.add_argument("--frames", metavar="A:B", help="only frames A to B - 1, counted from 0; :B and A: will do")


def add_selection_arguments(parser: argparse.ArgumentParser) -> None:
    """The options for a part of a stream."""
    group = parser.add_argument_group("a part of it", "to the frame; sound and subtitles are cut with it")
    add_span_arguments(group)
    add_frames_argument(group)
    group.add_argument("--every", type=int, metavar="N", help="of these, the first one and then each Nth")


def selection_of(arguments: argparse.Namespace) -> Selection:
    """The frames that the arguments ask for.

    Raises:
        InputError: a value is none, or no video has such frames.
    """
    from fractions import Fraction

    from codec.cli.values import parse_frames, parse_time
    from codec.video.selection import Selection

    first, stop = (0, None) if not isinstance(arguments.frames, str) else parse_frames(arguments.frames)
    return Selection(
        start_seconds=Fraction(0) if arguments.start is None else parse_time(arguments.start, "--start"),
        end_seconds=None if arguments.end is None else parse_time(arguments.end, "--end"),
        first=first,
        stop=stop,
        every=1 if getattr(arguments, "every", None) is None else arguments.every,
    )
