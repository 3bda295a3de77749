"""The few figures that the README and the report start with, taken from the records of all suites."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.figures import Section, Table
from benchmarks.results import Record
from benchmarks.suites import papers
from benchmarks.suites.interface import prepared_as

COLUMNS = ("video", "gray", "bytes", "saved against raw", "network bytes", "chroma PSNR dB", "CIEDE2000 mean / p95")


def headline(records: Sequence[Record]) -> list[Section]:
    """One section with the headline's table; none where nothing fits."""
    ours = [record for row in papers.ROWS for record in prepared_as(records, row.preparation)]
    if not ours:
        return []
    text = (
        "The papers' network on all clips joined, in the papers' setting (raw gray: two thirds is the most that it can "
        "save), and beside gvc's coded exact gray:",
    )
    table = Table(COLUMNS, tuple(papers.outcome(record) for record in ours))
    return [Section("Headline", papers.SUITE.command, text, (table,))]
