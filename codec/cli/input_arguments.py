"""Command-line arguments for reading the input. Several commands share them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codec.video.sources import SourceOptions


def add_input_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options for reading the input. Most of them are for raw video."""
    group = parser.add_argument_group(
        "raw input", "in ffmpeg's or x265's spelling; else read from a sidecar file or the file's name"
    )
    group.add_argument("-s", "--size", "-video_size", "--input-res", metavar="WxH", help="width and height")
    group.add_argument("-r", "--fps", "-framerate", metavar="N", help="frames a second, such as 24 or 30000/1001")
    group.add_argument(
        "-pix_fmt",
        "--pix-fmt",
        "-pixel_format",
        "--input-csp",
        dest="pix_fmt",
        metavar="NAME",
        help="rgb24, bgr24, gray, yuv420p, yuv422p, yuv444p, nv12 (or x265's i400, i420, i422, i444)",
    )
    group.add_argument(
        "--input-depth", metavar="BITS", help="bits a sample, 8 to 16: makes yuv420p or i420 of 10 yuv420p10le"
    )
    group.add_argument("-f", "--format", metavar="KIND", help="read the input as raw, y4m, images or container")
    group.add_argument(
        "--keep-damaged", action="store_true", help="take what there is of a damaged or cut off recording, and say what"
    )
    group.add_argument("--frames", type=int, metavar="N", help="only the first N frames")


def source_options(arguments: argparse.Namespace) -> SourceOptions:
    """The source options that the arguments give.

    Raises:
        InputError: a value is not valid for any video.
    """
    from codec.cli.values import parse_format, parse_pixel_format, parse_size
    from codec.video.geometry import parse_frame_rate
    from codec.video.sources import SourceOptions

    return SourceOptions(
        size=parse_size(arguments.size),
        frame_rate=None if arguments.fps is None else parse_frame_rate(arguments.fps),
        pixel_format=parse_pixel_format(arguments.pix_fmt, arguments.input_depth),
        kind=parse_format(arguments.format, images="images"),
        keep_damaged=arguments.keep_damaged,
    )
