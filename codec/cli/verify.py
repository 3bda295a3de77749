"""``gvc-verify``: whether a ``.gvc`` stream is whole, and whether it is what it was made from."""

from __future__ import annotations

import argparse
import sys

from codec.cli.input_arguments import add_input_arguments, source_options
from codec.cli.limit_arguments import add_limit_arguments, limits
from codec.cli.printing import CommandParser, print_json, print_message, print_notes, print_result
from codec.cli.run import EXIT_CODE_HELP, EXIT_OK, add_common_arguments, run
from codec.cli.worker_arguments import add_worker_arguments, workers

_COMMAND = "gvc-verify"
_EXAMPLES = """\
examples:
  gvc-verify out.gvc                     (every checksum, and a full decode)
  gvc-verify out.gvc in.mp4              (and each frame beside the source's)
  gvc-verify out.gvc --md5               (as ffmpeg -i in.mp4 -map 0:v:0 -f md5 - of the decoded video)
  gvc-verify out.gvc --framemd5 | diff -I '^#software' in.framemd5 -

"""
_EXIT_CODES = (
    EXIT_CODE_HELP + "\n4 is also the exit code of a whole stream that is not what it was made from: FILE is not SOURCE"
)
_SOURCE_ARGUMENTS = ("size", "fps", "pix_fmt", "input_depth", "format", "frames")


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code.

    Args:
        arguments: the command-line arguments without the program's name; None for those of the process.
    """
    parser = command_parser()
    options = parser.parse_args(arguments)
    if options.source is None and any(getattr(options, name) is not None for name in _SOURCE_ARGUMENTS):
        parser.error("expected a source beside options of how it is read. Received: none")
    if options.input == options.source == "-":
        parser.error("expected at most one - for standard input. Received: two")
    return run(_COMMAND, lambda: _verify(options), debug=options.debug, quiet=options.quiet)


def command_parser() -> argparse.ArgumentParser:
    """The command's parser, which is also what completion and man pages are made from."""
    parser = CommandParser(
        prog=_COMMAND,
        description="Check every checksum of a .gvc stream, decode all of it, and compare it with its source.",
        epilog=_EXAMPLES + _EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("input", metavar="FILE", help="the .gvc file, or - for a pipe")
    parser.add_argument("source", metavar="SOURCE", nargs="?", help="what it was made from, as gvc-encode takes it")
    hashes = parser.add_mutually_exclusive_group()
    hashes.add_argument("--md5", action="store_true", help="print the MD5 of all frames, as FFmpeg's -f md5 does")
    hashes.add_argument("--framemd5", action="store_true", help="print the MD5 of each, as FFmpeg's -f framemd5 does")
    parser.add_argument(
        "--vgg16", metavar="WEIGHTS", help="imagenet or a file: VGG16, for the few streams that ask for it"
    )
    add_worker_arguments(parser)
    add_limit_arguments(parser)
    add_input_arguments(parser)
    add_common_arguments(parser)
    return parser


def _verify(arguments: argparse.Namespace) -> int:
    # These imports are slow. They are here so that --help and usage errors appear at once.
    from codec.cli.progress import progress_for
    from codec.jobs.verify import verify_file
    from codec.report import as_json, verified_lines
    from codec.verification import VerifyOptions
    from codec.video.frame_md5 import md5_line

    prints_hashes = arguments.md5 or arguments.framemd5
    progress = progress_for(_COMMAND, quiet=arguments.quiet or arguments.json)
    try:
        report = verify_file(
            arguments.input,
            arguments.source,
            VerifyOptions(
                vgg16=arguments.vgg16,
                workers=workers(arguments),
                md5=arguments.md5,
                frame_md5=print_result if arguments.framemd5 else None,
                limits=limits(arguments),
            ),
            source_options=source_options(arguments),
            max_frames=arguments.frames,
            progress=progress,
        )
    finally:
        progress.finish()
    if arguments.md5 and report.md5 is not None:
        print_result(md5_line(report.md5))
    if arguments.json:
        print_json(as_json(report), to_stderr=prints_hashes)
    elif not arguments.quiet:
        print_notes(_COMMAND, report.notes)
        for line in verified_lines(report):
            if prints_hashes:
                print_message(line)
            else:
                print_result(line)
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
