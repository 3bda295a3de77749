"""Unfinished work of ``gvc-encode``, as arguments."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from codec.cli.printing import print_message
from codec.cli.run import EXIT_OK, run


def add_resume_arguments(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument(
        "--resume",
        action="store_true",
        help="keep unfinished work in OUTPUT.work until the output is whole; the same command again goes on from it",
    )
    parser.add_argument(
        "--clean", action=_Clean, metavar="OUTPUT", help="only remove the unfinished work of this output"
    )


class _Clean(argparse.Action):
    """Does its work while the arguments are read, as ``--version`` does: there is no input to name."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: str | None = None
    ) -> None:
        del namespace, option
        parser.exit(run(parser.prog, lambda: _clean(parser.prog, values), debug=False))


def _clean(command: str, output: str | Sequence[Any]) -> int:
    from codec.files.work_folder import work_path
    from codec.jobs.resume import clean

    text = str(output)
    found = clean(text)
    print_message(f"{command}: {work_path(text)} {'is removed' if found else 'is not there'}")
    return EXIT_OK
