"""Every record of the report in one table, and the commands as they were run."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.figures import Table
from benchmarks.number_text import ABSENT, count, decimals, psnr
from benchmarks.report.markup import escaped
from benchmarks.report.tables import table_html
from benchmarks.results import Record

COLUMNS = (
    "case",
    "version",
    "total bytes",
    "saved %",
    "color bytes",
    "PSNR gray dB",
    "PSNR chroma dB",
    "CIEDE2000 mean",
    "CIEDE2000 p95",
    "SSIM",
    "encode s",
    "decode s",
    "encode MiB",
    "decode MiB",
)


def cases_html(results: Sequence[Record]) -> str:
    """A row for each record, and its commands folded away below."""
    if not results:
        return '<p class="note">There are no records.</p>'
    table = table_html(Table(COLUMNS, tuple(_row(record) for record in results)), label="every case")
    commands = "".join(
        f"<dt>{escaped(record.case)}</dt><dd><code>{escaped(record.encode.command)}</code>"
        f"<code>{escaped(record.decode.command)}</code></dd>"
        for record in results
    )
    return f'{table}<details class="commands"><summary>Commands as they were run</summary><dl>{commands}</dl></details>'


def color_bytes(record: Record) -> str:
    """What the color costs; a dash for a codec that does not tell gray and color apart."""
    return ABSENT if "picture" in record.parts_bytes else count(record.color_bytes)


def _saved(record: Record) -> str:
    """A dash where the file holds the chroma alone, which cannot stand for the video."""
    return ABSENT if set(record.parts_bytes) <= {"color", "other"} else decimals(record.saved_percent, 1)


def _row(record: Record) -> tuple[str, ...]:
    quality = record.quality
    exact = quality.picture_exact and quality.luma_exact
    return (
        record.case,
        record.version,
        count(record.total_bytes),
        _saved(record),
        color_bytes(record),
        psnr(quality.psnr_luma_db, exact=quality.luma_exact),
        psnr(quality.psnr_chroma_db, exact=exact),
        decimals(quality.ciede2000_mean, 2),
        decimals(quality.ciede2000_p95, 2),
        decimals(quality.ssim_rgb, 4),
        decimals(record.encode.median_seconds, 1),
        decimals(record.decode.median_seconds, 1),
        decimals(record.encode.median_peak_mib, 0),
        decimals(record.decode.median_peak_mib, 0),
    )
