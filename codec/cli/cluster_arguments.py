"""A cluster, as arguments."""

from __future__ import annotations

import argparse
from contextlib import AbstractContextManager, closing, nullcontext
from typing import TYPE_CHECKING

from codec.cli.printing import print_notes
from codec.cluster.options import OPTION, ClusterOptions
from codec.extras import CLUSTER, check_extra

if TYPE_CHECKING:
    from codec.cluster.connection import Cluster


def add_cluster_arguments(parser: argparse.ArgumentParser, *, work: str, shares_input: bool = False) -> None:
    """The options.

    Args:
        parser: of a command.
        work: what is done with segments there, such as ``coded``.
        shares_input: workers may read the input.
    """
    group = parser.add_argument_group("a cluster", f"segments are {work} on other machines; the result is the same")
    group.add_argument(
        OPTION, metavar="ADDRESS", help="tcp://HOST:PORT or tls://HOST:PORT of a Dask scheduler, or local:N"
    )
    group.add_argument("--tls-ca-file", metavar="PEM", help="who signs the certificates of tls://")
    group.add_argument("--tls-cert", metavar="PEM", help="this machine's certificate")
    group.add_argument("--tls-key", metavar="PEM", help="its key")
    group.add_argument(
        "--cluster-patience",
        type=float,
        default=60.0,
        metavar="S",
        help="give up a worker that finishes nothing for S seconds, if that is long for a segment (60)",
    )
    if shares_input:
        group.add_argument(
            "--shared-path",
            action="store_true",
            help="workers read the input themselves, by the path that it has here; frames are not sent",
        )


def open_cluster(arguments: argparse.Namespace, command: str) -> AbstractContextManager[Cluster | None]:
    """The cluster that is asked for, until it is left; None if there is none.

    Raises:
        InputError: it cannot be reached, one of its workers differs, or a package is missing.
    """
    if arguments.cluster is None:
        return nullcontext()
    options = ClusterOptions(
        address=arguments.cluster,
        tls_ca_file=arguments.tls_ca_file,
        tls_cert=arguments.tls_cert,
        tls_key=arguments.tls_key,
        patience_seconds=arguments.cluster_patience,
    )
    check_extra(f"{OPTION} needs Dask", extra=CLUSTER, instead="leave it out")
    from codec.cluster.connection import Cluster

    if options.is_open_to_others and not (arguments.quiet or arguments.json):
        note = f"whoever reaches {options.address} can run programs on its machines: tls:// keeps others out"
        print_notes(command, (note,))
    return closing(Cluster(options))
