"""Every bit of the picture: bytes beside the best lossless codecs, each given the same pixels."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.cases import Case
from benchmarks.clips import LocatedClip
from benchmarks.contenders import ffv1, vp9, x264, x265
from benchmarks.contenders.gvc import (
    GRAY_ONLY,
    LOSSLESS,
    MAX_LOSSLESS,
    NETWORK_LOSSLESS,
    SWIFT_LOSSLESS,
    TRAINED_LOSSLESS,
    near_lossless,
)
from benchmarks.contenders.interface import Contender
from benchmarks.figures import Bars, Section, Table
from benchmarks.material import Preparation
from benchmarks.number_text import decimals
from benchmarks.results import Record
from benchmarks.suites.interface import Suite, by_clip, geometric_mean, prepared_as

FORMATS = ("rgb24", "yuv420p")
NATIVE_SIZE = ("calendar", "foliage")
"""True lossless sources: scaling would spare a coder their noise."""
TEN_BITS = ("sunset_hlg",)
MANY_CLIPS = 8
"""The headline shows a mean over at least this many clips."""
NEAR_CLIPS, NEAR_FORMAT = ("bunny", "bikes", "foliage"), "rgb24"
NEAR = tuple(near_lossless(max_error) for max_error in (1, 2, 3, 4))
ADAPTIVE = (SWIFT_LOSSLESS, LOSSLESS, MAX_LOSSLESS)
_OURS = tuple(contender.settings for contender in (*ADAPTIVE, NETWORK_LOSSLESS, TRAINED_LOSSLESS))
CODECS: dict[str, tuple[Contender, ...]] = {
    "rgb24": (ffv1.LOSSLESS, x264.LOSSLESS_RGB, x265.LOSSLESS, vp9.LOSSLESS),
    "yuv420p": (ffv1.LOSSLESS, x264.LOSSLESS_YUV, x265.LOSSLESS, vp9.LOSSLESS),
}


def preparation(clip: str, pixel_format: str) -> Preparation:
    """100 frames at most 256 wide; sources without loss as they are."""
    return Preparation(pixel_format=pixel_format, width=384 if clip in NATIVE_SIZE else 256, num_frames=100)


def cases(clips: Sequence[LocatedClip]) -> list[Case]:
    """Every codec on every clip of 8 bits a sample, as RGB and as 4:2:0; and some clips not quite without loss."""
    near = [
        Case(clip=clip.name, clips=(clip,), preparation=preparation(clip.name, NEAR_FORMAT), contender=contender)
        for clip in clips
        if clip.name in NEAR_CLIPS
        for contender in (*NEAR, TRAINED_LOSSLESS)
    ]
    return near + [
        Case(clip=clip.name, clips=(clip,), preparation=preparation(clip.name, form), contender=contender)
        for clip in clips
        if clip.name not in TEN_BITS
        for form in FORMATS
        for contender in (*CODECS[form], GRAY_ONLY, *ADAPTIVE, NETWORK_LOSSLESS)
    ]


def sections(records: Sequence[Record]) -> list[Section]:
    """A table for each pixel format."""
    found = []
    for form in FORMATS:
        known = [record for record in records if prepared_as([record], preparation(record.material.clip, form))]
        found += lossless_sections(known, form, SUITE.command)
    near = [r for r in records if prepared_as([r], preparation(r.material.clip, NEAR_FORMAT))]
    return found + near_sections(near, SUITE.command)


def near_sections(records: Sequence[Record], command: str) -> list[Section]:
    """Bytes of chroma whose samples may differ from the source's by up to ``max_error`` code values."""
    ours = (NETWORK_LOSSLESS, *NEAR)
    rows = []
    for clip, group in by_clip(records).items():
        found = {record.settings: record for record in group if record.contender == "gvc"}
        if all(contender.settings in found for contender in ours):
            chosen = [found[contender.settings] for contender in ours]
            cells = [_near_cell(record, chosen[0]) for record in chosen]
            rows.append((clip, decimals(chosen[0].parts_bytes["luma"], 0), *cells))
    if not rows:
        return []
    columns = ("clip", "gray bytes", *(contender.settings for contender in ours))
    text = (
        f"Bytes of the chroma samples ({NEAR_FORMAT}) with `--max-error`: each sample may differ from the source's by "
        "up to that many code values, Cg by an even number. In brackets: these bytes divided by those without "
        "error, and the chroma PSNR. The gray is exact throughout.",
    )
    return [Section("Chroma within an error", command, text, (Table(columns, tuple(rows)),))]


def _near_cell(record: Record, exact: Record) -> str:
    size, whole = record.parts_bytes["color"], exact.parts_bytes["color"]
    psnr = record.quality.psnr_chroma_db
    return decimals(size, 0) if record is exact else f"{size:,} ({size / whole:.2f}, {decimals(psnr, 1)} dB)"


def lossless_sections(records: Sequence[Record], form: str, command: str) -> list[Section]:
    """The section of one pixel format, for records of any preparation."""
    clips = by_clip(record for record in records if record.material.pixel_format == form)
    if not clips:
        return []
    names = sorted({record.name for group in clips.values() for record in group if _is_rival(record)})
    ours = sorted({record.name for group in clips.values() for record in group if _is_ours(record)})
    columns = ("clip", "size, frames", *names, *(f"{name}, of best" for name in ours), "gray of gvc", "gray, of best")
    rows: list[tuple[str, ...]] = []
    ratios: dict[str, list[float]] = {name: [] for name in ours}
    gray_ratios: list[float] = []
    for clip, group in clips.items():
        sizes, best = _sizes_and_best(group)
        gray = next((record.parts_bytes["luma"] for record in group if record.settings == GRAY_ONLY.settings), None)
        if best is None:
            continue
        for name in ours:
            if name in sizes:
                ratios[name].append(sizes[name] / best)
        gray_ratios += [gray / best] if gray else []
        material = group[0].material
        rows.append(
            (
                clip,
                f"{material.width}x{material.height}, {material.num_frames}",
                *(_marked(sizes.get(name), best) for name in names),
                *(decimals(sizes[name] / best if name in sizes else None, 3) for name in ours),
                decimals(gray, 0),
                decimals(gray / best if gray else None, 3),
            )
        )
    means = (
        *(decimals(geometric_mean(ratios[name]), 3) for name in ours),
        "",
        decimals(geometric_mean(gray_ratios), 3),
    )
    rows.append(("geometric mean", "", *("" for _ in names), *means))
    text = (
        f"Bytes for every bit of the {form} pixels, in Matroska; the smallest codec is bold. A codec whose decoded "
        "pixels differed anywhere from what it was given has no figure here. Columns **of best** are bytes divided by "
        "those of the smallest codec. **gray of gvc** is the part of a gvc stream that is the exact gray picture.",
    )
    return [Section(f"Lossless, {form}", command, text, (Table(columns, tuple(rows)),), bars=(_bars(clips, form),))]


def ratios_to_best(records: Sequence[Record], form: str) -> dict[str, list[float]]:
    """Bytes of gvc divided by those of the smallest other codec: a list over the clips, by gvc's name and settings."""
    ratios: dict[str, list[float]] = {}
    known = [record for record in records if prepared_as([record], preparation(record.material.clip, form))]
    for group in by_clip(known).values():
        sizes, best = _sizes_and_best(group)
        for record in group:
            if best is not None and _is_ours(record):
                ratios.setdefault(record.name, []).append(sizes[record.name] / best)
    return ratios


def _sizes_and_best(group: Sequence[Record]) -> tuple[dict[str, int], int | None]:
    """Bytes of everything that kept every bit, by name, and those of the smallest rival; None without any."""
    sizes = {record.name: record.total_bytes for record in group if record.quality.picture_exact}
    return sizes, min((record.total_bytes for record in group if _is_rival(record)), default=None)


def _bars(clips: dict[str, list[Record]], form: str) -> Bars:
    """For each clip the smallest codec, and gvc by its parts."""
    parts = ("picture", "luma", "color", "network", "other")
    rows = []
    for clip, group in clips.items():
        best = min((record for record in group if _is_rival(record)), key=lambda r: r.total_bytes, default=None)
        for record in (best, *(record for record in group if record.contender == "gvc")):
            if record is not None:
                sizes = tuple(float(record.parts_bytes.get(part, 0)) for part in parts)
                rows.append((f"{clip}: {record.name}", sizes))
    return Bars(f"{form}: the smallest lossless codec, and gvc by its parts", "bytes", parts, tuple(rows))


def _is_ours(record: Record) -> bool:
    return record.contender == "gvc" and record.settings in _OURS and record.quality.picture_exact


def _is_rival(record: Record) -> bool:
    return record.contender not in ("gvc", "raw") and "picture" in record.parts_bytes and record.quality.picture_exact


def _marked(size: int | None, best: int) -> str:
    return f"**{size:,}**" if size == best else decimals(size, 0)


SUITE = Suite("lossless", "bytes for every bit of the picture, beside the best lossless codecs", cases, sections)
