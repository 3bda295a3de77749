"""Speed of what the native library computes: exact video by networks, and guided color, by number of workers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from benchmarks.cases import Case
from benchmarks.clips import LocatedClip
from benchmarks.contenders.gvc import Gvc
from benchmarks.figures import Section, Table
from benchmarks.material import Preparation
from benchmarks.number_text import decimals
from benchmarks.results import Record
from benchmarks.suites.interface import Suite, prepared_as
from benchmarks.suites.speed import looped, looped_cases

WORKERS = (1, 2)
PREDICTED = Gvc(
    settings="lossless, networks for both",
    arguments={"color": "lossless", "luma": "network", "chroma": "network", "effort": "none"},
)
GUIDED = Gvc(
    settings="guided",
    arguments={"color": "guided", "hints": "2:svtav1:crf=40", "effort": "fast", "quality-frames": 8},
)


SMALL = looped(256, 256, 260), looped(256, 256, 260, "yuv420p")
LARGE = looped(1280, 720, 96, "yuv420p")


def _pairs() -> list[tuple[Preparation, Gvc]]:
    pairs = [(made, PREDICTED) for made in (*SMALL, LARGE)] + [(LARGE, GUIDED)]
    return [
        (made, replace(gvc, settings=f"{gvc.settings}, workers {count}", workers=count))
        for made, gvc in pairs
        for count in WORKERS
    ]


def cases(clips: Sequence[LocatedClip]) -> list[Case]:
    """One clip at two sizes and in two formats, with one worker and with two."""
    return looped_cases(clips, _pairs())


def sections(records: Sequence[Record]) -> list[Section]:
    """Frames a second of whole processes."""
    known = {gvc.settings for _, gvc in _pairs()}
    found = [record for record in prepared_as(records, *SMALL, LARGE) if record.settings in known]
    if not found:
        return []
    text = (
        "Frames a second of whole processes, start of the interpreter included: medians of "
        f"{max(len(record.encode.seconds) for record in found)} runs, and peak resident memory of the first process. "
        "`gvc-info --system` names the instruction set that a machine uses; the machine is in the list below. Guided "
        "encoding includes training, which takes a fixed time.",
    )
    columns = ("mode", "format", "size", "frames", "encode frames/s", "MiB", "decode frames/s", "MiB", "bytes")
    rows = []
    for record in sorted(found, key=lambda r: (r.material.width, r.material.pixel_format, r.settings)):
        material, processes = record.material, []
        for timing in (record.encode, record.decode):
            speed = decimals(material.num_frames / timing.median_seconds, 1)
            processes += [speed, decimals(timing.median_peak_mib, 0)]
        size = f"{material.width}x{material.height}"
        rows.append(
            (
                record.settings,
                material.pixel_format,
                size,
                f"{material.num_frames:,}",
                *processes,
                f"{sum(record.parts_bytes.values()):,}",
            )
        )
    return [Section("The native engine", SUITE.command, text, (Table(columns, tuple(rows)),))]


SUITE = Suite("engine", "frames a second of exact video by networks and of guided color", cases, sections)
