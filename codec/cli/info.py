"""``gvc-info``: what is in a ``.gvc`` stream, or in this machine. Every checksum is verified; nothing is decoded."""

from __future__ import annotations

import argparse
import sys

from codec.cli.completion import SHELLS, completion
from codec.cli.printing import CommandParser, complain, print_json, print_result, visible_values
from codec.cli.run import EXIT_CODE_HELP, EXIT_OK, EXIT_RECOVERED, add_common_arguments, run

_COMMAND = "gvc-info"
_EXAMPLES = """\
examples:
  gvc-info out.gvc
  gvc-info *.gvc --json
  gvc-info --system
  eval "$(gvc-info --completion bash)"        (in ~/.bashrc)

"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code.

    Args:
        arguments: the command-line arguments without the program's name; None for those of the process.
    """
    parser = command_parser()
    options = parser.parse_args(arguments)
    if [bool(options.input), options.system, options.completion is not None].count(True) != 1:
        parser.error("expected .gvc files, or --system or --completion without any")
    if options.completion is not None and (options.json or options.quiet or options.recover):
        parser.error("expected --completion alone, since its result is a script for the shell")
    action = _system if options.system else _completion if options.completion else _info
    return run(_COMMAND, lambda: action(options), debug=options.debug, quiet=options.quiet)


def command_parser() -> argparse.ArgumentParser:
    """The command's parser, which is also what completion and man pages are made from."""
    parser = CommandParser(
        prog=_COMMAND,
        description="Say what is in a .gvc stream, and check every byte of it. With --system: say what computes here.",
        epilog=_EXAMPLES + EXIT_CODE_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("input", nargs="*", help=".gvc files, or - for a pipe")
    parser.add_argument("--system", action="store_true", help="this machine: what computes, versions, packages")
    parser.add_argument(
        "--completion",
        metavar="SHELL",
        choices=SHELLS,
        help=f"print what completes the options of all commands in {', '.join(SHELLS[:-1])} or {SHELLS[-1]}",
    )
    parser.add_argument("--recover", action="store_true", help="go on after damage, and list it")
    add_common_arguments(parser)
    return parser


def _completion(arguments: argparse.Namespace) -> int:
    print_result(completion(arguments.completion))
    return EXIT_OK


def _system(arguments: argparse.Namespace) -> int:
    from codec.cli.system import describe_system, describe_system_text

    facts = describe_system()
    if arguments.json:
        print_json({"event": "system", **facts})
    elif not arguments.quiet:
        print_result(describe_system_text(facts))
    return EXIT_OK


def _info(arguments: argparse.Namespace) -> int:
    from codec.errors import GvcError, InputError
    from codec.jobs.paths import open_stream
    from container_format.describe import describe, describe_text

    damaged = False
    first_error: GvcError | None = None
    for path in arguments.input:
        try:
            with open_stream(path) as stream:
                description = describe(stream, recover=arguments.recover)
        except (OSError, GvcError) as error:
            if isinstance(error, OSError):
                failure: GvcError = InputError(f"cannot read {path}: {error.strerror or error}")
            else:
                failure = error if isinstance(error, InputError) else error.with_message(f"{path}: {error}")
            if first_error is not None:
                complain(_COMMAND, str(failure))
            first_error = first_error or failure
            continue
        damaged |= bool(description["damage"])
        if arguments.json:
            print_json({"event": "info", "input": path, **description})
        elif not arguments.quiet:
            print_result(f"{visible_values(path)}\n{describe_text(visible_values(description))}")
    if first_error is not None:
        raise first_error
    return EXIT_RECOVERED if damaged else EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
