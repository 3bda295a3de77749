"""The headline of the README and of the report: a few figures from the records of all suites."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.contenders.gvc import LOSSLESS, MAX_LOSSLESS, SWIFT_LOSSLESS
from benchmarks.figures import Section, Table
from benchmarks.number_text import decimals
from benchmarks.results import Record
from benchmarks.suites import color, lossless, papers
from benchmarks.suites.interface import by_clip, geometric_mean, prepared_as

COLUMNS = ("video", "gray", "bytes", "saved against raw", "network bytes", "chroma PSNR dB", "CIEDE2000 mean / p95")
RATIO_COLUMNS = ("what gvc-encode sends", "clips", "compared with", "gvc bytes / compared bytes")


def headline(records: Sequence[Record]) -> list[Section]:
    """A section for each use of gvc: exact video, color beside exact gray, the papers; none without records."""
    sections = []
    exact = tuple(_lossless_rows(records))
    if exact:
        text = (
            "Every sample comes back, and every changed byte of a file is noticed. The last column is the bytes of "
            "gvc's file divided by those of the smallest other one: the geometric mean over the clips, smaller is "
            "better.",
        )
        heading = "Archive and science: exact, and smaller"
        sections.append(Section(heading, lossless.SUITE.command, text, (Table(RATIO_COLUMNS, exact),)))
    colored = tuple(_guided_rows(prepared_as(records, color.PREPARATION)))
    if colored:
        text = (
            "The gray is exact, and it is there before the color. What is compared is the bytes of color alone, beside "
            "a gray that both would need: those of gvc divided by those of the other, the geometric mean over the "
            "clips.",
        )
        heading = "Bandwidth: gray first, color for about a hundredth"
        sections.append(Section(heading, color.SUITE.command, text, (Table(RATIO_COLUMNS, colored),)))
    ours = [record for row in papers.ROWS for record in prepared_as(records, row.preparation)]
    if ours:
        text = (
            "The papers' network, trained on all clips joined to one video. The gray is raw, as in the papers, which "
            "limits the saving to two thirds, or exact and coded by x264.",
        )
        table = Table(COLUMNS, tuple(papers.outcome(record) for record in ours))
        sections.append(Section("The papers: the network alone makes the color", papers.SUITE.command, text, (table,)))
    return sections


def _guided_rows(records: Sequence[Record]) -> list[tuple[str, ...]]:
    """Bytes of color at the default target beside the gray's, and at some PSNRs beside x265 on the chroma planes."""
    clips = color.long_enough(by_clip(records))
    settings = color.GUIDED_DEFAULT.settings
    default = [record for group in clips.values() for record in group if record.settings == settings]
    rows: list[tuple[str, ...]] = []
    if default:
        share = geometric_mean(record.color_bytes / record.parts_bytes["luma"] for record in default)
        means = [sum(getattr(r.quality, f"ciede2000_{m}") for r in default) / len(default) for m in ("mean", "p95")]
        what = f"color of CIEDE2000 {means[0]:.2f}, 95th percentile {means[1]:.2f} (default)"
        rows.append((what, str(len(default)), "the exact gray", f"{100 * (share or 0):.2f} %"))
    ratios = color.bytes_of_anchor(clips).get(color.USES_BASES, {})
    if ratios:
        targets = ", ".join(str(target) for target in ratios)
        means_text = ", ".join(decimals(geometric_mean(values)) for values in ratios.values())
        count = max(map(len, ratios.values()))
        what = f"color of {targets} dB (`--color-target psnr=...`)"
        rows.append((what, str(count), "x265 medium, chroma alone", means_text))
    return rows


def _lossless_rows(records: Sequence[Record]) -> list[tuple[str, ...]]:
    """Bytes of the whole file beside those of the smallest other lossless codec."""
    rows: list[tuple[str, ...]] = []
    for mode, speed in ((SWIFT_LOSSLESS, " --speed swift"), (LOSSLESS, ""), (MAX_LOSSLESS, " --speed max")):
        for form in lossless.FORMATS:
            ratios = lossless.ratios_to_best(records, form).get(f"{mode.name} {mode.settings}", [])
            if len(ratios) >= lossless.MANY_CLIPS:
                what, rivals = f"every bit of {form} (`--color lossless{speed}`)", "smallest of FFV1, VP9, x264, x265"
                rows.append((what, str(len(ratios)), rivals, decimals(geometric_mean(ratios), 3)))
    return rows
