"""``gvc-decode``: decodes a ``.gvc`` stream to a video."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from codec.cli.limit_arguments import add_limit_arguments, limits
from codec.cli.output_arguments import add_output_arguments, print_speed, sink_options
from codec.cli.printing import CommandParser, NotePrinter, print_json, print_message
from codec.cli.run import EXIT_CODE_HELP, EXIT_OK, add_common_arguments, run
from codec.cli.selection_arguments import add_selection_arguments, selection_of
from codec.cli.worker_arguments import add_worker_arguments, workers
from codec.video.sinks.declarations import outputs_help

_COMMAND = "gvc-decode"
_EXAMPLES = """\
examples:
  gvc-decode out.gvc out.mp4
  gvc-decode out.gvc out.mkv --codec ffv1          (every bit of the decoded video)
  gvc-decode out.gvc out.raw                       (in the source's own pixel format)
  gvc-decode out.gvc frames/                       (a folder of PNGs)
  gvc-decode out.gvc scan/ --restore-files         (the files that went in, byte for byte)
  gvc-decode out.gvc gray.mp4 --gray
  gvc-decode out.gvc part.mp4 --start 1:30 --end 1:42.5
  gvc-decode out.gvc stills/ --frames 1000:2000 --every 100
  gvc-decode damaged.gvc rest.mkv --recover
  gvc-decode tcp://HOST:9000 - | ffplay -           (a live stream, as it comes)

"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code.

    Args:
        arguments: the command-line arguments without the program's name; None for those of the process.
    """
    options = command_parser().parse_args(arguments)
    return run(_COMMAND, lambda: _decode(options), debug=options.debug, quiet=options.quiet)


def command_parser() -> argparse.ArgumentParser:
    """The command's parser, which is also what completion and man pages are made from."""
    parser = CommandParser(
        prog=_COMMAND,
        description="Play a .gvc stream's gray back, and let its network put the color on it.",
        epilog=_EXAMPLES + EXIT_CODE_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("input", help="the .gvc file, - for a pipe, or tcp:// or unix: with what a live one comes from")
    parser.add_argument("output", help=outputs_help())
    parser.add_argument("-y", "--overwrite", action="store_true", help="replace the output if it exists")
    parser.add_argument("--gray", action="store_true", help="write the gray alone; the network is not loaded")
    parser.add_argument(
        "--restore-files",
        action="store_true",
        help="write the files that the video came from, byte for byte; a folder gets them where the stream has them",
    )
    parser.add_argument("--recover", action="store_true", help="decode the intact segments of a damaged stream")
    parser.add_argument(
        "--join", action="store_true", help="begin in the middle of a live stream, if the input begins there"
    )
    parser.add_argument(
        "--no-verify", dest="verify", action="store_false", help="show color that differs from the sender's checksum"
    )
    parser.add_argument(
        "--vgg16", metavar="WEIGHTS", help="imagenet or a file: VGG16, for the few streams that ask for it"
    )
    add_selection_arguments(parser)
    add_worker_arguments(parser)
    add_limit_arguments(parser)
    add_output_arguments(parser, pixel_format=["-pix_fmt", "--pix-fmt"], file_format=["-f", "--format"])
    add_common_arguments(parser)
    return parser


def _decode(arguments: argparse.Namespace) -> int:
    # These imports are slow. They are here so that --help and usage errors appear at once.
    from codec.cli.progress import progress_for
    from codec.decoder import DecodeOptions
    from codec.errors import RecoveredError
    from codec.jobs.decode import decode_file
    from codec.report import as_json

    progress = progress_for(_COMMAND, quiet=arguments.quiet or arguments.json)
    notes = NotePrinter(_COMMAND, quiet=arguments.quiet or arguments.json)
    try:
        report = decode_file(
            arguments.input,
            arguments.output,
            DecodeOptions(
                gray=arguments.gray,
                recover=arguments.recover,
                join=arguments.join,
                verify=arguments.verify,
                vgg16=arguments.vgg16,
                workers=workers(arguments),
                limits=limits(arguments),
                selection=selection_of(arguments),
            ),
            sink_options=replace(
                sink_options(arguments, gray_only=arguments.gray), restore_files=arguments.restore_files
            ),
            on_notes=notes,
            progress=progress,
        )
    finally:
        progress.finish()
    if arguments.json:
        print_json(as_json(report), to_stderr=arguments.output == "-")
    elif not arguments.quiet:
        notes(report.notes)
        print_speed(report)
    if report.lost:
        for line in report.lost:
            print_message(f"{_COMMAND}: lost: {line}")
        raise RecoveredError(f"the stream is damaged: {report.frames} frames were recovered, see what was lost above")
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
