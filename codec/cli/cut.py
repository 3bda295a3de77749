"""``gvc-cut``: a part of a ``.gvc`` stream as a stream of its own, without coding it again."""

from __future__ import annotations

import argparse
import sys

from codec.cli.printing import CommandParser
from codec.cli.run import EXIT_CODE_HELP, add_common_arguments, run
from codec.cli.selection_arguments import add_frames_argument, add_span_arguments, selection_of
from codec.cli.splicing import splice

_COMMAND = "gvc-cut"
_EXAMPLES = """\
examples:
  gvc-cut in.gvc part.gvc --start 1:30 --end 1:42.5    (and what is in the same segments)
  gvc-cut in.gvc part.gvc --frames 240:480 --exact     (these frames, or an error that names borders)

"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code.

    Args:
        arguments: the command-line arguments without the program's name; None for those of the process.
    """
    parser = command_parser()
    options = parser.parse_args(arguments)
    if options.start is None and options.end is None and options.frames is None:
        parser.error("expected --start, --end or --frames. Received: none of them")
    return run(_COMMAND, lambda: _cut(options), debug=options.debug, quiet=options.quiet)


def command_parser() -> argparse.ArgumentParser:
    """The command's parser, which is also what completion and man pages are made from."""
    parser = CommandParser(
        prog=_COMMAND,
        description="Copy the segments that hold a part of a .gvc stream, without coding them again.",
        epilog=_EXAMPLES + EXIT_CODE_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("input", help="the .gvc file")
    parser.add_argument("output", help="the .gvc file with the part, or - for a pipe")
    parser.add_argument("-y", "--overwrite", action="store_true", help="replace the output if it exists")
    group = parser.add_argument_group("the part", "grown to borders of segments; sound and subtitles are cut with it")
    add_span_arguments(group)
    add_frames_argument(group)
    group.add_argument(
        "--exact", action="store_true", help="refuse a part that does not begin and end at borders, and name some"
    )
    add_common_arguments(parser)
    return parser


def _cut(arguments: argparse.Namespace) -> int:
    # These imports are slow. They are here so that --help and usage errors appear at once.
    from codec.jobs.splice import cut_file

    selection = selection_of(arguments)
    return splice(
        _COMMAND,
        arguments,
        lambda progress: cut_file(
            arguments.input,
            arguments.output,
            selection,
            exact=arguments.exact,
            overwrite=arguments.overwrite,
            progress=progress,
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
