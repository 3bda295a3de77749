"""Does the color hold still? CDC, flicker and colorfulness of what the `color` suite decoded."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.cases import Case
from benchmarks.clips import LocatedClip
from benchmarks.contenders import x265
from benchmarks.contenders.gvc import GRAY_ONLY
from benchmarks.contenders.interface import key_of
from benchmarks.figures import Section, Table
from benchmarks.number_text import ABSENT, decimals
from benchmarks.results import Record
from benchmarks.suites import color
from benchmarks.suites.interface import Suite, by_clip, prepared_as

CONTENDERS = (GRAY_ONLY, color.MODEL, color.GUIDED_DEFAULT, x265.chroma(28))


def cases(clips: Sequence[LocatedClip]) -> list[Case]:
    """Gray, the network, and a coded chroma of ordinary quality, on the clips of the color suite."""
    return [
        Case(
            clip=clip.name,
            clips=(clip,),
            preparation=color.PREPARATION,
            contender=contender,
            in_viewer=contender != GRAY_ONLY,
        )
        for clip in clips
        if clip.name not in color.WITHOUT_COLOR_OR_TIME
        for contender in CONTENDERS
    ]


def sections(records: Sequence[Record]) -> list[Section]:
    """A table by clip and contender."""
    names = {key_of(contender) for contender in CONTENDERS}
    known = [record for record in prepared_as(records, color.PREPARATION) if record.case.partition("/")[2] in names]
    return consistency_sections(known, SUITE.command)


def consistency_sections(records: Sequence[Record], command: str) -> list[Section]:
    """The same for records of any preparation."""
    if not records:
        return []
    text = (
        "**CDC** is the Jensen-Shannon divergence of the color histograms of frames 1, 2 and 4 apart, in 1/1000 nats; "
        "the difference to the original's own value is what counts, and below zero means less change than there should "
        "be: plain gray is steady. **Flicker** is the mean error of the chroma's change from one frame to the next, in "
        "8-bit code values: 0 for a perfect decoder, and near 0 for gray where the original's color holds still. "
        "**Colorfulness** is Hasler and Suesstrunk's measure; a low one beside the original's is a washed-out picture.",
    )
    columns = ("clip", "contender", "CDC", "difference", "flicker", "colorfulness", "of the original's", "CIEDE2000")
    rows: list[tuple[str, ...]] = []
    for clip, group in by_clip(records).items():
        original = group[0].quality
        rows.append(
            (
                clip,
                "original",
                _nats(original.cdc_original),
                "",
                "",
                decimals(original.colorfulness_original, 1),
                "",
                "",
            )
        )
        rows += [("", record.name, *_cells(record)) for record in group]
    return [Section("Consistency in time", command, text, (Table(columns, tuple(rows)),))]


def _cells(record: Record) -> tuple[str, ...]:
    quality = record.quality
    difference = None
    if quality.cdc_decoded is not None and quality.cdc_original is not None:
        difference = quality.cdc_decoded - quality.cdc_original
    share = None
    if quality.colorfulness_original:
        share = 100 * quality.colorfulness_decoded / quality.colorfulness_original
    return (
        _nats(quality.cdc_decoded),
        ABSENT if difference is None else f"{1000 * difference:+.2f}",
        decimals(quality.chroma_flicker),
        decimals(quality.colorfulness_decoded, 1),
        ABSENT if share is None else f"{share:.0f} %",
        decimals(quality.ciede2000_mean),
    )


def _nats(value: float | None) -> str:
    return decimals(None if value is None else 1000 * value)


SUITE = Suite("consistency", "color distribution consistency, flicker and colorfulness", cases, sections)
