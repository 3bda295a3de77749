"""The papers' networks beside each other: each trained on the keyframes for the same time, and sent."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.cases import Case
from benchmarks.clips import LocatedClip
from benchmarks.contenders.gvc import GRAY_ONLY, Gvc
from benchmarks.contenders.interface import key_of
from benchmarks.figures import Section, Table
from benchmarks.material import Preparation
from benchmarks.number_text import ABSENT, decimals
from benchmarks.results import Record
from benchmarks.suites.interface import Suite, by_clip, prepared_as

PREPARATION = Preparation(pixel_format="yuv420p", width=320, num_frames=96)
CLIPS = ("demo_bbb", "demo_flower", "bikes", "carphone")
"""A film and a flower that everyone has, and two real ones."""
TRAINING_SECONDS = 120
WEIGHTS: dict[str, tuple[int, int]] = {
    "singh2020": (3_892_194, 3_892_194),
    "chaudhri_fang_alexnet": (13_020_165, 13_020_165),
    "chaudhri_fang_vgg16": (25_675_590, 10_960_902),
    "colornn": (8_181_116, 545_852),
    "colornn_consistent": (8_296_952, 661_688),
}
"""By architecture: all weights, first stage included, and those that are sent (VGG16 is not)."""
CONSISTENT: dict[str, str] = {"colornn_consistent": "colornn"}
"""Networks that look at the frame before, and the one that they are without that."""


def contender(network: str, seconds: float = TRAINING_SECONDS, **more: str | int | float) -> Gvc:
    """A network that is trained for so long."""
    arguments: dict[str, str | int | float] = {
        "color": "model",
        "network": network,
        "max-seconds": seconds,
        "max-loss-db": 0.5,
        "quality-frames": 8,
        **more,
    }
    return Gvc(settings=f"model {network}, {seconds:g} s", arguments=arguments)


CONTENDERS = (GRAY_ONLY, *(contender(network) for network in WEIGHTS))


def cases(clips: Sequence[LocatedClip]) -> list[Case]:
    """Every network on some clips."""
    return [
        Case(clip=clip.name, clips=(clip,), preparation=PREPARATION, contender=one, in_viewer=one != GRAY_ONLY)
        for clip in clips
        if clip.name in CLIPS
        for one in CONTENDERS
    ]


def sections(records: Sequence[Record]) -> list[Section]:
    """A table by clip and network."""
    names = {key_of(one) for one in CONTENDERS}
    known = [record for record in prepared_as(records, PREPARATION) if record.case.partition("/")[2] in names]
    return network_sections(known, SUITE.command)


def network_sections(records: Sequence[Record], command: str) -> list[Section]:
    """The same for records of any preparation."""
    if not records:
        return []
    text = (
        "Each network is trained on the video's keyframes for the same time and sent with it, VGG16 random. **CDC "
        "difference** is that of the color distribution consistency to the original's own, in 1/1000 nats: nearer to 0 "
        "is better, below 0 is steadier than the original. **Flicker** is the mean error of the chroma's change from "
        "frame to frame, in code values. Seconds are those of whole processes, training included.",
        *_verdicts(records),
    )
    columns = (
        "clip",
        "network",
        "weights",
        "sent",
        "bytes in the stream",
        "chroma PSNR dB",
        "CIEDE2000 mean / p95",
        "CDC difference",
        "flicker",
        "encode s",
        "decode s",
    )
    rows = [
        (clip if index == 0 else "", *_cells(record))
        for clip, group in by_clip(records).items()
        for index, record in enumerate(group)
    ]
    return [Section("The papers' networks", command, text, (Table(columns, tuple(rows)),))]


def _network(record: Record) -> str:
    return str(record.options.get("network", "gray"))


def _cells(record: Record) -> tuple[str, ...]:
    quality = record.quality
    network = _network(record)
    weights, sent = WEIGHTS.get(network, (0, 0))
    difference = cdc_difference(record)
    return (
        network,
        f"{weights:,}",
        f"{sent:,}",
        decimals(record.parts_bytes.get("network", 0), 0),
        decimals(quality.psnr_chroma_db),
        f"{quality.ciede2000_mean:.2f} / {quality.ciede2000_p95:.2f}",
        ABSENT if difference is None else f"{1000 * difference:+.2f}",
        decimals(quality.chroma_flicker),
        decimals(record.encode.median_seconds, 0),
        decimals(record.decode.median_seconds, 0),
    )


def cdc_difference(record: Record) -> float | None:
    """The decoded video's color distribution consistency less the original's, in nats."""
    quality = record.quality
    if quality.cdc_decoded is None or quality.cdc_original is None:
        return None
    return quality.cdc_decoded - quality.cdc_original


def _verdicts(records: Sequence[Record]) -> list[str]:
    """On how many clips each network that looks at frames before is steadier than the one that does not."""
    lines = []
    for consistent, alone in CONSISTENT.items():
        pairs = []
        for group in by_clip(records).values():
            found = {_network(record): record for record in group}
            if consistent in found and alone in found:
                pairs.append((found[consistent], found[alone]))
        if pairs:
            nearer, steadier = (sum(better(*pair) for pair in pairs) for better in (_is_nearer, _flickers_less))
            lines.append(
                f"`{consistent}` is nearer to the original's CDC than `{alone}` on {nearer} of {len(pairs)} clips, "
                f"and flickers less on {steadier}."
            )
    return lines


def _is_nearer(first: Record, second: Record) -> bool:
    one, other = cdc_difference(first), cdc_difference(second)
    return one is not None and other is not None and abs(one) < abs(other)


def _flickers_less(first: Record, second: Record) -> bool:
    one, other = first.quality.chroma_flicker, second.quality.chroma_flicker
    return one is not None and other is not None and one < other


SUITE = Suite("networks", "the papers' networks beside each other, each trained for the same time", cases, sections)
