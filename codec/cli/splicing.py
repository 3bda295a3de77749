"""What ``gvc-cut`` and ``gvc-join`` do alike: progress, notes and the report."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from codec.cli.printing import print_json, print_message, print_notes
from codec.cli.run import EXIT_OK

if TYPE_CHECKING:
    from codec.progress import Progress
    from codec.splice_report import SpliceReport


def splice(command: str, arguments: argparse.Namespace, work: Callable[[Progress], SpliceReport]) -> int:
    """Do the work, and print what came of it.

    Args:
        command: the command's name.
        arguments: of the command.
        work: is given what shows progress.
    """
    from codec.cli.progress import progress_for
    from codec.report import as_json

    progress = progress_for(command, quiet=arguments.quiet or arguments.json)
    try:
        report = work(progress)
    finally:
        progress.finish()
    if arguments.json:
        print_json(as_json(report), to_stderr=arguments.output == "-")
    elif not arguments.quiet:
        print_notes(command, report.notes)
        print_message(
            f"{report.output}: {report.frames} frames in {report.segments} segments, {report.total_bytes:,} bytes"
        )
    return EXIT_OK
