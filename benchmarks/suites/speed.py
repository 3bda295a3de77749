"""Time and memory: frames a second by stage, and how cost grows with the length of the video."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from benchmarks.cases import Case
from benchmarks.clips import LocatedClip
from benchmarks.contenders import ffv1, x264, x265
from benchmarks.contenders.gvc import GRAY_ONLY, Gvc
from benchmarks.contenders.interface import Contender
from benchmarks.figures import Plot, Section, Series, Table
from benchmarks.material import Preparation
from benchmarks.number_text import decimals
from benchmarks.results import Record
from benchmarks.suites.interface import Suite, duration_seconds, prepared_as

CLIPS = ("bunny", "demo_bbb")
"""The first that is there is played again and again."""
LENGTHS = (64, 128, 256, 512)
LARGE_FRAMES = 24
REPEATS = 3
MODEL = Gvc(
    settings="model singh2020, brief training",
    arguments={
        "color": "model",
        "network": "singh2020",
        "epochs": 4,
        "train-size": 128,
        "max-keyframes": 8,
        "quality-frames": 8,
    },
)
GUIDED = Gvc(
    settings="guided",
    arguments={"color": "guided", "hints": "2:svtav1:crf=40,preset=2", "effort": "fast", "quality-frames": 8},
)


def looped(width: int, height: int, num_frames: int, pixel_format: str = "rgb24") -> Preparation:
    """A clip again and again, until there are this many frames."""
    size = {"width": width, "height": height}
    return Preparation(pixel_format=pixel_format, **size, num_frames=num_frames, frame_rate=Fraction(24), joined=True)


SMALL = tuple(looped(256, 256, num_frames) for num_frames in LENGTHS)
LARGE = looped(1280, 720, LARGE_FRAMES)


def cases(clips: Sequence[LocatedClip]) -> list[Case]:
    """One clip at four lengths, and at 1280x720; other codecs at the greatest length."""
    pairs: list[tuple[Preparation, Contender]] = [
        (made, contender) for made in (*SMALL, LARGE) for contender in (MODEL, GUIDED, GRAY_ONLY)
    ]
    pairs += [(SMALL[-1], codec) for codec in (ffv1.LOSSLESS, x264.LOSSLESS_RGB, x265.LOSSLESS)]
    return looped_cases(clips, pairs)


def looped_cases(clips: Sequence[LocatedClip], pairs: Sequence[tuple[Preparation, Contender]]) -> list[Case]:
    """A case for each preparation and contender, of the first of ``CLIPS`` that is there; none without one."""
    clip = next((clip for name in CLIPS for clip in clips if clip.name == name), None)
    if clip is None:
        return []
    name = f"{clip.name}_looped"
    return [
        Case(clip=name, clips=(clip,), preparation=made, contender=contender, repeats=REPEATS)
        for made, contender in pairs
    ]


def sections(records: Sequence[Record]) -> list[Section]:
    """Speed by process and stage, and growth."""
    return speed_sections(prepared_as(records, *SMALL, LARGE), SUITE.command)


def speed_sections(records: Sequence[Record], command: str) -> list[Section]:
    """The same for records of any preparation."""
    if not records:
        return []
    clips = ", ".join(sorted({record.material.clip for record in records}))
    text = (
        f"Of {clips}. Wall time of whole processes, start of the interpreter and of TensorFlow included, medians of "
        f"{max(len(record.encode.seconds) for record in records)} runs; peak resident memory as the operating system "
        "counts it. Frames a second are frames over those seconds, so short videos look slow.",
        "Training is short and the same at all lengths, so that what grows with the length can be seen.",
    )
    ordered = sorted(records, key=lambda r: (r.contender, r.settings, r.material.width, r.material.num_frames))
    return [
        Section(
            "Speed and memory",
            command,
            text,
            tables=(_table(ordered), _stages(ordered)),
            plots=_growth(ordered),
        )
    ]


def _table(records: Sequence[Record]) -> Table:
    columns = ("contender", "size", "frames", "encode s", "frames/s", "peak MiB", "decode s", "frames/s", "peak MiB")
    rows = []
    for record in records:
        material, processes = record.material, []
        for timing in (record.encode, record.decode):
            seconds = timing.median_seconds
            speed = decimals(material.num_frames / seconds, 1)
            processes += [decimals(seconds, 1), speed, decimals(timing.median_peak_mib, 0)]
        rows.append((record.name, f"{material.width}x{material.height}", f"{material.num_frames:,}", *processes))
    return Table(columns, tuple(rows))


def _stages(records: Sequence[Record]) -> Table:
    ours = [record for record in records if record.encode.stage_seconds]
    stages = list(dict.fromkeys(stage for record in ours for stage in record.encode.stage_seconds))
    columns = ("gvc-encode, seconds by stage", "size", "frames", *stages, "start and rest")
    rows = []
    for record in ours:
        known = record.encode.stage_seconds
        rest = record.encode.median_seconds - sum(known.values())
        material = record.material
        cells = (decimals(known.get(stage), 1) for stage in stages)
        size = f"{material.width}x{material.height}"
        rows.append((record.name, size, f"{material.num_frames:,}", *cells, decimals(rest, 1)))
    return Table(columns, tuple(rows))


def _growth(records: Sequence[Record]) -> tuple[Plot, ...]:
    """Seconds and memory against the length of the video."""
    lines: dict[str, list[Record]] = {}
    for record in records:
        if record.contender == "gvc" and record.material.width < LARGE.width:
            lines.setdefault(record.name, []).append(record)
    lines = {name: group for name, group in lines.items() if len(group) > 1}
    if not lines:
        return ()
    seconds, memory = [], []
    for name, group in lines.items():
        for action in ("encode", "decode"):
            timings = [(duration_seconds(record), getattr(record, action)) for record in group]
            seconds.append(Series(f"{action}, {name}", tuple((x, timing.median_seconds) for x, timing in timings)))
            memory.append(Series(f"{action}, {name}", tuple((x, timing.median_peak_mib) for x, timing in timings)))
    return (
        Plot("Time against length", "length of the video, s", "wall time, s", tuple(seconds)),
        Plot("Memory against length", "length of the video, s", "peak resident memory, MiB", tuple(memory)),
    )


SUITE = Suite("speed", "frames a second by stage, peak memory, and how cost grows with the length", cases, sections)
