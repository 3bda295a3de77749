"""How many processes work, as an argument of several commands."""

from __future__ import annotations

import argparse

from codec.workers.count import OPTION, check_workers, default_workers


def add_worker_arguments(parser: argparse.ArgumentParser) -> None:
    """The option."""
    parser.add_argument(
        OPTION,
        type=int,
        metavar="N",
        help="work in at most N processes, a segment each (as many as there are cores); the result is the same",
    )


def workers(arguments: argparse.Namespace) -> int:
    """How many processes were asked for.

    Raises:
        InputError: so many are not possible.
    """
    count = default_workers() if arguments.workers is None else int(arguments.workers)
    check_workers(count)
    return count
