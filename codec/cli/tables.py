"""The encoder's closing tables on a terminal."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from codec.cli.many import Result
from codec.cli.printing import print_rendered, visible
from codec.report import DecodeReport, EncodeReport, quality_line, saved_percent, summary_rows


def print_summary(report: EncodeReport) -> None:
    """Print on standard error the bytes of each part, the percentage saved, and the quality of the color."""
    rendered, console = _console()
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


def print_batch(results: Sequence[Result[EncodeReport]]) -> None:
    """Print on standard error a row for each of several inputs, and their sums."""
    rendered, console = _console()
    table = Table(box=None, show_header=True, pad_edge=False)
    table.add_column("output", overflow="fold")
    for name in ("raw bytes", "bytes", "saved", "frames", "seconds"):
        table.add_column(name, justify="right")
    done = [result.report for result in results if result.report is not None]
    for result in results:
        if result.report is None:
            table.add_row(visible(Path(result.output).name), "", "failed", "", "", "")
        else:
            table.add_row(visible(Path(result.output).name), *_batch_row([result.report]))
    table.add_row(f"{len(done)} of {len(results)}", *_batch_row(done))
    console.print(table)
    print_rendered(rendered.getvalue().removesuffix("\n"))


def print_decoded_batch(results: Sequence[Result[DecodeReport]]) -> None:
    """Print on standard error a row for each of several streams, and their sums."""
    rendered, console = _console()
    table = Table(box=None, show_header=True, pad_edge=False)
    table.add_column("output", overflow="fold")
    for name in ("frames", "seconds"):
        table.add_column(name, justify="right")
    table.add_column("")
    done = [result.report for result in results if result.report is not None]
    for result in results:
        name, report = visible(Path(result.output).name), result.report
        if report is None:
            table.add_row(name, "", "", "failed")
        else:
            table.add_row(
                name, f"{report.frames:,}", f"{report.seconds:.1f}", "damaged: in part" if report.lost else ""
            )
    seconds = sum(report.seconds for report in done)
    table.add_row(f"{len(done)} of {len(results)}", f"{sum(report.frames for report in done):,}", f"{seconds:.1f}", "")
    console.print(table)
    print_rendered(rendered.getvalue().removesuffix("\n"))


def _batch_row(reports: Sequence[EncodeReport]) -> tuple[str, ...]:
    """The sums over some reports."""
    raw_bytes = sum(report.raw_bytes for report in reports)
    coded_bytes = sum(report.total_bytes - report.copy_bytes for report in reports)
    saved = f"{saved_percent(raw_bytes=raw_bytes, coded_bytes=coded_bytes):.2f} %" if raw_bytes else ""
    return (
        f"{raw_bytes:,}",
        f"{sum(report.total_bytes for report in reports):,}",
        saved,
        f"{sum(report.frames for report in reports):,}",
        f"{sum(report.seconds for report in reports):.1f}",
    )


def _console() -> tuple[io.StringIO, Console]:
    """A console that renders for standard error into text."""
    rendered = io.StringIO()
    return rendered, Console(
        file=rendered, force_terminal=sys.stderr.isatty(), highlight=False, markup=False, soft_wrap=True
    )
