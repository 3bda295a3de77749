"""The few figures that the README and the report start with, taken from the records of all suites."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.figures import Section, Table
from benchmarks.results import Record
from benchmarks.suites import color, papers
from benchmarks.suites.interface import duration_seconds, prepared_as, shown

COLUMNS = ("video", "gray", "bytes", "saved against raw", "network bytes", "chroma PSNR dB", "CIEDE2000 mean / p95")
COLOR_ROWS = ("gvc", "x265 chroma crf=28 medium", "x265 chroma crf=40 medium")
"""Contenders of the color suite in the headline; gvc in all its modes."""


def headline(records: Sequence[Record]) -> list[Section]:
    """One section with the headline's tables; none where nothing fits."""
    ours = [record for row in papers.ROWS for record in prepared_as(records, row.preparation)]
    tables = []
    if ours:
        tables.append(Table(COLUMNS, tuple(_row(record) for record in ours)))
    colors = color.overview(prepared_as(records, color.PREPARATION))
    if rows := tuple(row for row in colors.rows if row[0].startswith(COLOR_ROWS)):
        tables.append(Table(colors.columns, rows))
    if not tables:
        return []
    text = (
        "First, the papers' network on all clips joined, in the papers' setting (raw gray, of which two thirds is the "
        "most that can be saved) and beside gvc's coded exact gray. Second, what color costs and how good it is on "
        "real clips, beside a coded chroma stream (x265): a network alone guesses, and a few kilobytes of coded chroma "
        "are closer to the original.",
    )
    return [
        Section("Headline", f"python -m benchmarks run {papers.SUITE.name} {color.SUITE.name}", text, tuple(tables))
    ]


def _row(record: Record) -> tuple[str, ...]:
    material, quality = record.material, record.quality
    return (
        f"{material.width}x{material.height}, {duration_seconds(record):.0f} s",
        "raw" if record.options.get("luma") == "raw" else str(record.details["luma"]),
        shown(record.total_bytes, 0),
        f"{record.saved_percent:.2f} %",
        shown(record.parts_bytes["network"], 0),
        shown(quality.psnr_chroma_db),
        f"{quality.ciede2000_mean:.2f} / {quality.ciede2000_p95:.2f}",
    )
