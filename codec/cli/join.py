"""``gvc-join``: several ``.gvc`` streams as one, without coding them again."""

from __future__ import annotations

import argparse
import sys

from codec.cli.printing import CommandParser
from codec.cli.run import EXIT_CODE_HELP, add_common_arguments, run
from codec.cli.splicing import splice

_COMMAND = "gvc-join"
_EXAMPLES = """\
examples:
  gvc-join morning.gvc noon.gvc evening.gvc day.gvc
  gvc-join part1.gvc part2.gvc - | gvc-verify -

"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code.

    Args:
        arguments: the command-line arguments without the program's name; None for those of the process.
    """
    parser = command_parser()
    options = parser.parse_args(arguments)
    if len(options.input) < 2:
        parser.error(f"expected two streams or more, and an output. Received: {options.input[0]} and {options.output}")
    return run(_COMMAND, lambda: _join(options), debug=options.debug, quiet=options.quiet)


def command_parser() -> argparse.ArgumentParser:
    """The command's parser, which is also what completion and man pages are made from."""
    parser = CommandParser(
        prog=_COMMAND,
        description="Put the segments of several .gvc streams into one, without coding them again.",
        epilog=_EXAMPLES + EXIT_CODE_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "input", nargs="+", help=".gvc files in order, of the same size, rate, format, mode and networks"
    )
    parser.add_argument("output", help="the .gvc file with all of them, or - for a pipe")
    parser.add_argument("-y", "--overwrite", action="store_true", help="replace the output if it exists")
    add_common_arguments(parser)
    return parser


def _join(arguments: argparse.Namespace) -> int:
    # These imports are slow. They are here so that --help and usage errors appear at once.
    from codec.jobs.splice import join_files

    return splice(
        _COMMAND,
        arguments,
        lambda progress: join_files(
            arguments.input, arguments.output, overwrite=arguments.overwrite, progress=progress
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
