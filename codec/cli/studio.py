"""``gvc-studio``: the jobs of the commands behind a page on this machine."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from codec.cli.printing import CommandParser, print_json, print_notes, print_result
from codec.cli.run import EXIT_CODE_HELP, EXIT_OK, add_common_arguments, run
from codec.extras import STUDIO, check_extra

_COMMAND = "gvc-studio"
_EXAMPLES = """\
examples:
  gvc-studio                                  (prints its address, and opens a browser)
  gvc-studio --folder ~/Videos                (its videos are encoded where they are)
  gvc-studio --no-browser --port 8123         (for an ssh tunnel: ssh -L 8123:127.0.0.1:8123 HOST)

"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code.

    Args:
        arguments: the command-line arguments without the program's name; None for those of the process.
    """
    options = command_parser().parse_args(arguments)
    return run(_COMMAND, lambda: _serve(options), debug=options.debug, quiet=options.quiet)


def command_parser() -> argparse.ArgumentParser:
    """The command's parser, which is also what completion and man pages are made from."""
    parser = CommandParser(
        prog=_COMMAND,
        description="Encode, compare and recolor videos in a page on this machine. Nobody gets in without the address "
        "that is printed. What was made is removed at the end, unless it was downloaded.",
        epilog=_EXAMPLES + EXIT_CODE_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    group = parser.add_argument_group("the studio")
    group.add_argument(
        "--folder",
        action="append",
        default=[],
        metavar="DIR",
        help="offer the videos in this folder, which are read and never changed; may be given several times",
    )
    group.add_argument("--work", metavar="DIR", help="keep uploads and results there meanwhile (~/.cache/gvc)")
    group.add_argument(
        "--max-upload", type=int, default=10**9, metavar="BYTES", help="refuse larger uploads (1000000000)"
    )
    group.add_argument("--jobs", type=int, default=1, metavar="N", help="run up to N jobs at the same time (1)")
    group.add_argument("--port", type=int, default=0, metavar="N", help="listen on this port (0: a free one)")
    group.add_argument(
        "--host", default="127.0.0.1", metavar="NAME", help="listen on another address than this machine's own"
    )
    group.add_argument("--no-browser", action="store_true", help="open no browser")
    add_common_arguments(parser)
    return parser


def _serve(arguments: argparse.Namespace) -> int:
    # These imports are slow. They are here so that --help and usage errors appear at once.
    check_extra(f"{_COMMAND} serves a page", extra=STUDIO)
    from codec.studio.serve import default_work_folder, serve
    from codec.studio.settings import StudioSettings

    settings = StudioSettings(
        host=arguments.host,
        port=arguments.port,
        folders=tuple(map(Path, arguments.folder)),
        max_upload_bytes=arguments.max_upload,
        num_parallel=arguments.jobs,
        work=Path(arguments.work) if arguments.work else default_work_folder(),
    )

    def tell(address: str, door: Path) -> None:
        if arguments.json:
            print_json({"event": "listening", "address": address})
        else:
            print_result(f"{address}   (Ctrl-C ends it)")  # also with -q: there is no other way in
        if not settings.is_loopback and not arguments.quiet:
            note = f"{arguments.host} is open to the network, and what is sent is not encrypted"
            print_notes(_COMMAND, (note,))
        if not arguments.no_browser:
            import webbrowser

            webbrowser.open(door.as_uri())

    serve(settings, tell)
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
