"""``gvc-play``: plays a ``.gvc`` file in a browser, from a server that only this machine can reach."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from codec.cli.printing import CommandParser, print_json, print_notes, print_result
from codec.cli.run import EXIT_CODE_HELP, EXIT_OK, add_common_arguments, run

_COMMAND = "gvc-play"
_EXAMPLES = """\
examples:
  gvc-play out.gvc
  gvc-play out.gvc --no-browser --port 8000

The page needs a browser with WebCodecs. It decodes everything by itself; Ctrl-C ends the server.

"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code.

    Args:
        arguments: the command-line arguments without the program's name; None for those of the process.
    """
    options = command_parser().parse_args(arguments)
    return run(_COMMAND, lambda: _play(options), debug=options.debug, quiet=options.quiet)


def command_parser() -> argparse.ArgumentParser:
    """The command's parser, which is also what completion and man pages are made from."""
    parser = CommandParser(
        prog=_COMMAND,
        description="Play a .gvc file in a browser. The page and the file are served on this machine alone.",
        epilog=_EXAMPLES + EXIT_CODE_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("input", help=".gvc file")
    parser.add_argument("--no-browser", action="store_true", help="print the address and open nothing")
    parser.add_argument("--port", metavar="N", type=int, default=0, help="of 127.0.0.1 (a free one)")
    add_common_arguments(parser)
    return parser


def _play(arguments: argparse.Namespace) -> int:
    import webbrowser

    from codec.jobs.paths import open_stream
    from codec.page.files import page_files, page_folder
    from codec.page.serve import PageServer
    from codec.plane_codecs import whats_not_playable
    from container_format import StreamReader

    files = page_files(page_folder())
    with open_stream(_regular(arguments.input)) as stream:
        header = StreamReader(stream).header
    with PageServer(files, Path(arguments.input), arguments.port) as server:
        if arguments.json:
            print_json({"event": "serving", "input": arguments.input, "address": server.address})
        elif arguments.no_browser or not arguments.quiet:
            print_result(server.address)
        codecs = {"gray": header.luma_codec, "color": header.hints.codec if header.hints else ""}
        if (reason := whats_not_playable(codecs)) and not arguments.quiet:
            print_notes(_COMMAND, (reason,))
        if not arguments.no_browser and not webbrowser.open(server.address) and not arguments.quiet:
            print_notes(_COMMAND, ("no browser was found: open the address in one",))
        server.serve_forever()
    return EXIT_OK


def _regular(path: str) -> str:
    from codec.errors import InputError

    if not Path(path).is_file():
        raise InputError(f"expected a .gvc file to play. Received: {path}, which is no file")
    return path


if __name__ == "__main__":
    sys.exit(main())
