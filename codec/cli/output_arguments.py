"""Command-line arguments for the output video. Several commands share them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from codec.cli.printing import print_message
from codec.video.sinks.declarations import kinds

if TYPE_CHECKING:
    from codec.report import ColorizeReport, DecodeReport
    from codec.video.sinks.options import SinkOptions


def add_output_arguments(
    parser: argparse.ArgumentParser, *, pixel_format: Sequence[str], file_format: Sequence[str]
) -> None:
    """Add the options for codec, quality and format of the output.

    Args:
        parser: the command's parser.
        pixel_format: the names of the option for the pixel format. They must differ from those of the input's option.
        file_format: the names of the option for the file format. They must differ from those of the input's option.
    """
    group = parser.add_argument_group("output")
    group.add_argument("--codec", metavar="NAME", help="h264 (default), h265, vp9, av1, ffv1 (lossless)")
    group.add_argument("--crf", type=float, metavar="N", help="quality of a lossy output codec; lower is better")
    group.add_argument("--preset", metavar="NAME", help="speed of the output codec")
    group.add_argument(*pixel_format, dest="output_pix_fmt", metavar="NAME", help="pixel format of the output")
    group.add_argument(*file_format, dest="output_format", metavar="KIND", help=f"write as {', '.join(kinds())}")


def sink_options(arguments: argparse.Namespace, *, gray_only: bool = False) -> SinkOptions:
    """The sink options that the arguments give.

    Raises:
        InputError: a value is not valid.
    """
    from codec.cli.values import parse_format, parse_pixel_format
    from codec.video.sinks.options import SinkOptions

    return SinkOptions(
        kind=parse_format(arguments.output_format, images="png"),
        pixel_format=parse_pixel_format(arguments.output_pix_fmt),
        codec=arguments.codec,
        crf=arguments.crf,
        preset=arguments.preset,
        overwrite=arguments.overwrite,
        gray_only=gray_only,
    )


def print_speed(report: DecodeReport | ColorizeReport) -> None:
    """Print the number of frames written and the speed on standard error."""
    speed = report.frames / max(report.seconds, 1e-9)
    print_message(f"{report.output}: {report.frames} frames in {report.seconds:.1f} s ({speed:.1f} fps)")
