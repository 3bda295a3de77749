"""The encoder's closing table on a terminal."""

from __future__ import annotations

import io
import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

from codec.cli.printing import print_rendered, visible
from codec.report import EncodeReport, quality_line, summary_rows


def print_summary(report: EncodeReport) -> None:
    """Print on standard error the bytes of each part, the percentage saved, and the quality of the color."""
    rendered = io.StringIO()
    console = Console(file=rendered, force_terminal=sys.stderr.isatty(), highlight=False, markup=False, soft_wrap=True)
    table = Table(box=None, show_header=True, pad_edge=False)
    table.add_column(Text(visible(report.output) if report.output != "-" else "stream"))
    table.add_column("bytes", justify="right")
    table.add_column("")
    for row in summary_rows(report):
        table.add_row(*map(visible, row))
    console.print(table)
    line = quality_line(report)
    if line:
        console.print(visible(line))
    print_rendered(rendered.getvalue().removesuffix("\n"))
