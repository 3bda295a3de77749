"""The encoder's closing table on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from codec.report import EncodeReport, quality_line, summary_rows


def print_summary(report: EncodeReport) -> None:
    """Print on standard error the bytes of each part, the percentage saved, and the quality of the color."""
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    table = Table(box=None, show_header=True, pad_edge=False)
    table.add_column(Text(report.output if report.output != "-" else "stream"))
    table.add_column("bytes", justify="right")
    table.add_column("")
    for row in summary_rows(report):
        table.add_row(*row)
    console.print(table)
    line = quality_line(report)
    if line:
        console.print(line)
