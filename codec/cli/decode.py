"""``gvc-decode``: decodes a ``.gvc`` stream to a video."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from codec.cli.cluster_arguments import add_cluster_arguments, open_cluster
from codec.cli.limit_arguments import add_limit_arguments, limits
from codec.cli.output_arguments import add_output_arguments, print_speed, sink_options
from codec.cli.printing import CommandParser, NotePrinter, complain, print_json, print_message
from codec.cli.run import EXIT_CODE_HELP, EXIT_OK, EXIT_RECOVERED, add_common_arguments, run
from codec.cli.selection_arguments import add_selection_arguments, selection_of
from codec.cli.worker_arguments import add_worker_arguments, workers
from codec.video.sinks.declarations import outputs_help, sink_of_kind

if TYPE_CHECKING:
    from codec.cluster.connection import Cluster
    from codec.decoder import DecodeOptions
    from codec.errors import RecoveredError
    from codec.report import DecodeReport
    from codec.video.sinks.options import SinkOptions

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
  gvc-decode *.gvc out/ -f mkv                     (out/NAME.mkv of each, and a table at the end)

"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code.

    Args:
        arguments: the command-line arguments without the program's name; None for those of the process.
    """
    options = command_parser().parse_args(arguments)
    action = _decode_many if _is_many(options) else _decode_one
    return run(_COMMAND, lambda: action(options), debug=options.debug, quiet=options.quiet)


def command_parser() -> argparse.ArgumentParser:
    """The command's parser, which is also what completion and man pages are made from."""
    parser = CommandParser(
        prog=_COMMAND,
        description="Play a .gvc stream's gray back, and let its network put the color on it.",
        epilog=_EXAMPLES + EXIT_CODE_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "input", nargs="+", help="the .gvc file, - for a pipe, or tcp:// or unix: with what a live one comes from"
    )
    parser.add_argument(
        "output",
        help=f"{outputs_help()}; of several inputs, a folder for NAME.mp4 of each, or what --format says",
    )
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
    add_cluster_arguments(parser, work="decoded")
    add_limit_arguments(parser)
    add_output_arguments(parser, pixel_format=["-pix_fmt", "--pix-fmt"], file_format=["-f", "--format"])
    add_common_arguments(parser)
    return parser


def _is_many(arguments: argparse.Namespace) -> bool:
    """Whether each input gets an output of its own in a folder: also one alone, with a format that is no folder."""
    from codec.cli.values import parse_format

    if len(arguments.input) > 1:
        return True
    sink = sink_of_kind(parse_format(arguments.output_format, images="png") or "png")
    is_folder = arguments.output.endswith("/") or Path(arguments.output).is_dir()
    return is_folder and sink is not None and not sink.is_folder and not arguments.restore_files


def _decode_one(arguments: argparse.Namespace) -> int:
    (input_path,) = arguments.input
    with open_cluster(arguments, _COMMAND) as cluster:
        report = _decode(arguments, input_path, arguments.output, cluster)
    if report.lost:
        raise _recovered(report)
    return EXIT_OK


def _decode_many(arguments: argparse.Namespace) -> int:
    from codec.cli.many import make_folder, outputs_of, run_many
    from codec.cli.tables import print_decoded_batch

    suffix = _suffix(arguments)
    outputs = outputs_of(arguments.input, arguments.output, suffix=suffix, overwrite=arguments.overwrite)
    if arguments.restore_files:
        outputs = {path: f"{output}/" for path, output in outputs.items()}
    _wishes(arguments)  # what is wrong with the options is said once
    make_folder(arguments.output)
    is_silent = arguments.json or arguments.quiet
    with open_cluster(arguments, _COMMAND) as cluster:
        results, code = run_many(
            _COMMAND, outputs, lambda source, target: _decode(arguments, source, target, cluster), is_silent=is_silent
        )
    for result in results:
        if result.report is not None and result.report.lost:
            complain(_COMMAND, f"{result.report.input}: {_recovered(result.report)}")
            code = max(code, EXIT_RECOVERED)
    if not is_silent:
        print_decoded_batch(results)
    return code


def _suffix(arguments: argparse.Namespace) -> str:
    """What the outputs of several inputs end with.

    Raises:
        OutputError: there is no such format.
    """
    from codec.cli.values import parse_format
    from codec.errors import OutputError
    from codec.video.sinks.declarations import kinds

    if arguments.restore_files:
        return ""
    usual = "mkv" if arguments.codec == "ffv1" else "mp4"
    kind = parse_format(arguments.output_format, images="png") or usual
    sink = sink_of_kind(kind)
    if sink is None:
        raise OutputError(f"expected --format to be one of {', '.join(kinds())}. Received: {kind}", option="--format")
    return next(iter(sink.extensions), "")


def _wishes(arguments: argparse.Namespace) -> tuple[DecodeOptions, SinkOptions]:
    """What the receiver and the output are asked for.

    Raises:
        InputError: a value is not valid.
    """
    from codec.decoder import DecodeOptions

    options = DecodeOptions(
        gray=arguments.gray,
        recover=arguments.recover,
        join=arguments.join,
        verify=arguments.verify,
        vgg16=arguments.vgg16,
        workers=workers(arguments),
        limits=limits(arguments),
        selection=selection_of(arguments),
    )
    return options, replace(sink_options(arguments, gray_only=arguments.gray), restore_files=arguments.restore_files)


def _decode(arguments: argparse.Namespace, input_path: str, output_path: str, cluster: Cluster | None) -> DecodeReport:
    # These imports are slow. They are here so that --help and usage errors appear at once.
    from codec.cli.progress import progress_for
    from codec.jobs.decode import decode_file
    from codec.report import as_json

    progress = progress_for(_COMMAND, quiet=arguments.quiet or arguments.json)
    notes = NotePrinter(_COMMAND, quiet=arguments.quiet or arguments.json)
    options, wishes = _wishes(arguments)
    try:
        report = decode_file(
            input_path,
            output_path,
            options,
            sink_options=wishes,
            cluster=cluster,
            on_notes=notes,
            progress=progress,
        )
    finally:
        progress.finish()
    if arguments.json:
        print_json(as_json(report), to_stderr=output_path == "-")
    elif not arguments.quiet:
        notes(report.notes)
        print_speed(report)
    for line in report.lost:
        print_message(f"{_COMMAND}: lost: {line}")
    return report


def _recovered(report: DecodeReport) -> RecoveredError:
    from codec.errors import RecoveredError

    return RecoveredError(f"the stream is damaged: {report.frames} frames were recovered, see what was lost above")


if __name__ == "__main__":
    sys.exit(main())
