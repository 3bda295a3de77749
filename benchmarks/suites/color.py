"""Bytes of color against its quality: gvc beside x265 on the chroma planes alone, the gray plane being the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from benchmarks.cases import Case
from benchmarks.clips import SEEN_BY_BASES, LocatedClip
from benchmarks.contenders import svtav1, x265
from benchmarks.contenders.gvc import Gvc
from benchmarks.contenders.interface import Contender
from benchmarks.figures import Bars, Plot, Section, Series, Table
from benchmarks.material import Preparation
from benchmarks.number_text import decimals
from benchmarks.results import Record
from benchmarks.suites.interface import Suite, by_clip, duration_seconds, geometric_mean, prepared_as
from codec.metrics.bd_rate import MIN_POINTS, RateCurve, bd_rate, quality_overlap, rate_at_quality

PREPARATION = Preparation(pixel_format="yuv420p", width=480, num_frames=240)
WITHOUT_COLOR_OR_TIME = ("friday", "sunset_hlg", "foreman", "mobile")
"""Black and white, 10 bits a sample, and two of 30 frames or fewer."""
TARGETS_DB = (40, 42, 44)
USES_BASES = "gvc guided"
MIN_SECONDS = 3.99
"""Clips that are shorter are shown, but do not count in the means."""
CHROMA_CRFS = {"medium": (12, 16, 20, 24, 28, 32, 36, 40), "slow": (16, 24, 32, 40)}
"""By x265's preset; the anchor's curve has more points."""
ANCHOR = "x265 chroma medium"
MODEL = Gvc(
    settings="model singh2020",
    arguments={"color": "model", "network": "singh2020", "epochs": 12, "max-loss-db": 0.5, "quality-frames": 8},
)
GUIDED_DEFAULT = Gvc(settings="guided, default target", arguments={"color": "guided"})
GUIDED = tuple(
    Gvc(
        settings=f"guided psnr={target:g}",
        arguments={"color": "guided", "color-target": f"psnr={target:g}"},
    )
    for target in (39.5, 41, 43, 44.5)
)
"""A little beyond the targets on both sides, since an encode lands a little above its target."""
WHOLE_PICTURE: tuple[Contender, ...] = (x265.lossy(18), x265.lossy(28), svtav1.lossy(28))

IN_VIEWER: tuple[Contender, ...] = (MODEL, GUIDED_DEFAULT, x265.chroma(28), x265.chroma(40))


def contenders() -> list[Contender]:
    """Everything that this suite compares."""
    chroma = [x265.chroma(crf, preset=preset) for preset, crfs in CHROMA_CRFS.items() for crf in crfs]
    return [MODEL, GUIDED_DEFAULT, *GUIDED, *chroma, *WHOLE_PICTURE]


def cases(clips: Sequence[LocatedClip]) -> list[Case]:
    """Every contender on every clip that has color."""
    return [
        Case(
            clip=clip.name,
            clips=(clip,),
            preparation=PREPARATION,
            contender=contender,
            in_viewer=contender in IN_VIEWER,
        )
        for clip in clips
        if clip.name not in WITHOUT_COLOR_OR_TIME
        for contender in contenders()
    ]


def sections(records: Sequence[Record]) -> list[Section]:
    """Tables by clip, BD-rate, plots, and what whole-picture codecs need for scale."""
    return color_sections(prepared_as(records, PREPARATION), SUITE.command)


def color_sections(records: Sequence[Record], command: str) -> list[Section]:
    """The same for records of any preparation, one for each clip."""
    clips = by_clip(records)
    if not clips:
        return []
    text = (
        "What color costs, gray being exact and the same for all: **bytes of color** are the network and whatever is "
        "coded of the chroma, without the gray. The anchor is x265 (`medium`) on the chroma planes at full resolution, "
        "U above V as one gray picture, without a container: what is left of an ordinary codec when the gray is known. "
        "Its bytes at a given PSNR are interpolated on its own curve of eight rate factors (PCHIP over log rate).",
        "`guided` is gvc's own mode: hints and a network `compact`; its default target is a CIEDE2000 mean of 1 with a "
        f"95th percentile of 2.5. The base networks have seen {', '.join(SEEN_BY_BASES)} (or the film they are of), so "
        "means without these clips are shown too.",
        "The papers' network (`model singh2020`) is far behind here: it sends no color of any frame, so its color is "
        "plausible and not the original's. It is trained briefly here, for 12 epochs.",
    )
    lossy = Table(
        ("whole picture, lossy", "bytes, geometric mean", "of gvc's file", "luma PSNR dB", "chroma PSNR dB"),
        tuple(_scale_rows(clips)),
    )
    return [
        Section(
            "Color: bytes at equal quality",
            command,
            text,
            tables=(overview(records), _target_table(clips), _bd_table(clips)),
            plots=tuple(_plot(name, group) for name, group in clips.items()),
        ),
        Section(
            "Color: the whole file, for scale",
            command,
            (
                "An exact gray picture is what gvc spends its bytes on. Someone who does not need it gets a picture "
                "that looks the same from an ordinary lossy codec for a small part of the bytes:",
            ),
            tables=(lossy,),
            bars=(_bars(clips),),
        ),
    ]


def overview(records: Sequence[Record]) -> Table:
    """Every contender that sends color beside an exact gray, over the clips that are long enough."""
    groups: dict[str, list[tuple[Record, int]]] = {}
    for clip_records in by_clip(records).values():
        gray = next((record.parts_bytes.get("luma") for record in clip_records if record.contender == "gvc"), None)
        if gray is None or duration_seconds(clip_records[0]) < MIN_SECONDS:
            continue
        for record in clip_records:
            if record.color_bytes:
                groups.setdefault(record.name, []).append((record, gray))
    rows = []
    for name, group in sorted(groups.items()):
        known = [record for record, _ in group]
        share = geometric_mean(record.color_bytes / gray for record, gray in group)
        psnr = [record.quality.psnr_chroma_db for record in known if record.quality.psnr_chroma_db is not None]
        means = [sum(getattr(r.quality, f"ciede2000_{m}") for r in known) / len(known) for m in ("mean", "p95")]
        rows.append(
            (
                name,
                str(len(group)),
                decimals(geometric_mean(record.color_bytes for record in known), 0),
                f"{100 * (share or 0):.2f} %",
                decimals(sum(psnr) / len(psnr) if psnr else None),
                f"{means[0]:.2f} / {means[1]:.2f}",
            )
        )
    columns = (
        "color beside exact gray",
        "clips",
        "bytes of color, geometric mean",
        "of the gray's bytes",
        "chroma PSNR dB, mean",
        "CIEDE2000 mean / p95, mean",
    )
    return Table(columns, tuple(rows))


def curves(records: Iterable[Record]) -> dict[str, list[Record]]:
    """Records of color alone, by coder and mode; those that differ in nothing but a rate or target are one curve."""
    found: dict[str, list[Record]] = {}
    for record in records:
        if "picture" not in record.parts_bytes and record.quality.psnr_chroma_db is not None and record.color_bytes:
            words = [word for word in record.settings.split() if "=" not in word]
            found.setdefault(" ".join([record.contender, *words]), []).append(record)
    return {name: sorted(group, key=lambda record: record.color_bytes) for name, group in found.items()}


def rate_curve(records: Sequence[Record]) -> RateCurve | None:
    """Bytes of color against chroma PSNR; None for fewer than two points.

    A point that is no better than a cheaper one is left out: nobody would use it, and a curve must rise.
    """
    rising: list[Record] = []
    for record in sorted(records, key=lambda record: record.color_bytes):
        if not rising or (record.quality.psnr_chroma_db or 0) > (rising[-1].quality.psnr_chroma_db or 0):
            rising.append(record)
    if len(rising) < 2:
        return None
    return RateCurve(
        tuple(float(record.color_bytes) for record in rising),
        tuple(record.quality.psnr_chroma_db or 0.0 for record in rising),
    )


def _target_table(clips: dict[str, list[Record]]) -> Table:
    targets = tuple(f"anchor, bytes at {target} dB" for target in TARGETS_DB)
    columns = (
        "clip",
        "s",
        *targets,
        "gvc",
        "bytes",
        "chroma PSNR dB",
        "CIEDE2000 mean / p95",
        f"{ANCHOR} at that PSNR",
    )
    rows = []
    for name, records in clips.items():
        found = curves(records)
        known = rate_curve(found.pop(ANCHOR, []))
        if known is None:
            continue
        at_targets = tuple(decimals(rate_at_quality(known, target), 0) for target in TARGETS_DB)
        for record in (record for group in found.values() for record in group if record.contender == "gvc"):
            quality = record.quality
            rows.append(
                (
                    name,
                    f"{duration_seconds(record):.1f}",
                    *at_targets,
                    record.settings,
                    decimals(record.color_bytes, 0),
                    decimals(quality.psnr_chroma_db),
                    f"{quality.ciede2000_mean:.2f} / {quality.ciede2000_p95:.2f}",
                    _bytes_at(known, quality.psnr_chroma_db or 0.0),
                )
            )
    return Table(columns, tuple(rows))


def _bytes_at(curve: RateCurve, quality: float) -> str:
    """Bytes at a quality, or that the curve's ends do not reach it."""
    rate = rate_at_quality(curve, quality)
    if rate is not None:
        return decimals(rate, 0)
    low, high = curve.quality_range
    return f"under {min(curve.rates):,.0f}" if quality < low else f"over {max(curve.rates):,.0f} ({high:.1f} dB)"


def long_enough(clips: dict[str, list[Record]]) -> dict[str, list[Record]]:
    """The clips that count in means."""
    return {name: records for name, records in clips.items() if duration_seconds(records[0]) >= MIN_SECONDS}


def bytes_of_anchor(clips: dict[str, list[Record]]) -> dict[str, dict[int, list[float]]]:
    """By coder and chroma PSNR in dB: its bytes of color over the anchor's, for each clip where both reach that."""
    ratios: dict[str, dict[int, list[float]]] = {}
    for anchor, coder, curve in _beside_anchor(clips):
        for target in TARGETS_DB:
            ours, theirs = rate_at_quality(curve, target), rate_at_quality(anchor, target)
            if ours and theirs:
                ratios.setdefault(coder, {}).setdefault(target, []).append(ours / theirs)
    return ratios


def _beside_anchor(clips: dict[str, list[Record]]) -> Iterator[tuple[RateCurve, str, RateCurve]]:
    """The anchor's curve, a coder and its curve, for every clip and coder that have both."""
    for records in clips.values():
        found = {name: rate_curve(group) for name, group in curves(records).items()}
        anchor = found.pop(ANCHOR, None)
        for coder, curve in found.items():
            if anchor is not None and curve is not None:
                yield anchor, coder, curve


def _bd_table(clips: dict[str, list[Record]]) -> Table:
    """BD-rate and bytes at equal PSNR of every curve against the anchor, over the clips that are long enough."""
    clips = long_enough(clips)
    unseen = {name: records for name, records in clips.items() if name not in SEEN_BY_BASES}
    rows = [
        *_bd_rows(clips, ""),
        *(row for row in _bd_rows(unseen, ", clips unseen by its bases") if row[0].startswith(USES_BASES)),
    ]
    columns = (
        "curve",
        "clips",
        "BD-rate %, median",
        "worst",
        *(f"of the anchor's bytes at {target} dB" for target in TARGETS_DB),
        "worst clip",
    )
    return Table(columns, tuple(sorted(rows)))


def _bd_rows(clips: dict[str, list[Record]], remark: str) -> Iterator[tuple[str, ...]]:
    differences: dict[str, list[float]] = {}
    for anchor, coder, curve in _beside_anchor(clips):
        if quality_overlap(anchor, curve) and min(len(anchor.rates), len(curve.rates)) >= MIN_POINTS:
            differences.setdefault(coder, []).append(bd_rate(anchor, curve))
    ratios = bytes_of_anchor(clips)
    for coder, values in differences.items():
        by_target = ratios.get(coder, {})
        means = tuple(decimals(geometric_mean(by_target.get(target, []))) for target in TARGETS_DB)
        worst = max((ratio for group in by_target.values() for ratio in group), default=None)
        middle = sorted(values)[len(values) // 2]
        yield coder + remark, str(len(values)), f"{middle:+.1f}", f"{max(values):+.1f}", *means, decimals(worst)


def _plot(clip: str, records: Sequence[Record]) -> Plot:
    series = [
        Series(name, tuple((r.color_bytes / 1000, r.quality.psnr_chroma_db or 0.0) for r in group))
        for name, group in curves(records).items()
    ]
    return Plot(clip, "color, kB", "chroma PSNR, dB (peak 255)", tuple(series), log_x=True)


def _scale_rows(clips: dict[str, list[Record]]) -> list[tuple[str, ...]]:
    groups: dict[str, list[tuple[Record, Record]]] = {}
    for records in clips.values():
        ours = next((record for record in records if record.contender == "gvc"), None)
        for record in records:
            if ours is not None and "picture" in record.parts_bytes and not record.quality.picture_exact:
                groups.setdefault(record.name, []).append((record, ours))
    rows = []
    for name, pairs in sorted(groups.items()):
        size = geometric_mean(theirs.total_bytes for theirs, _ in pairs)
        ratio = geometric_mean(theirs.total_bytes / ours.total_bytes for theirs, ours in pairs)
        luma = [theirs.quality.psnr_luma_db or 0.0 for theirs, _ in pairs]
        chroma = [theirs.quality.psnr_chroma_db or 0.0 for theirs, _ in pairs]
        means = (f"{sum(values) / len(values):.1f}" for values in (luma, chroma))
        rows.append((name, decimals(size, 0), decimals(ratio, 3), *means))
    return rows


def _bars(clips: dict[str, list[Record]]) -> Bars:
    parts = ("luma", "color", "network", "other")
    rows = [
        (f"{name}: {record.name}", tuple(float(record.parts_bytes.get(part, 0)) for part in parts))
        for name, records in clips.items()
        for record in records
        if record.contender == "gvc"
    ]
    return Bars("gvc's bytes by part", "bytes", parts, tuple(rows))


SUITE = Suite("color", "bytes of color against its quality, beside x265 on the chroma planes", cases, sections)
