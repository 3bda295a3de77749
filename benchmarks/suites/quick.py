"""A little of everything on the bundled samples, in less than three minutes: it shows that the benchmarks work.

Its figures say nothing about gvc: 16 frames of a thumbnail, and a network that was hardly trained.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from benchmarks.cases import Case
from benchmarks.clips import LocatedClip
from benchmarks.contenders import svtav1, uncompressed, x265
from benchmarks.contenders.gvc import GRAY_ONLY, LOSSLESS, Gvc
from benchmarks.contenders.interface import Contender, key_of
from benchmarks.figures import Section
from benchmarks.material import Preparation
from benchmarks.results import Record
from benchmarks.suites import color, consistency, lossless, papers, speed
from benchmarks.suites.interface import Suite, prepared_as

WIDTH, FRAMES = 160, 16
YUV = Preparation(pixel_format="yuv420p", width=WIDTH, num_frames=FRAMES)
RGB = Preparation(pixel_format="rgb24", width=WIDTH, num_frames=FRAMES)
JOINED = Preparation(
    pixel_format="rgb24", width=128, height=128, num_frames=2 * FRAMES, frame_rate=Fraction(24), joined=True
)
BRIEFLY = {"epochs": 2, "train-size": 64, "max-keyframes": 4, "quality-frames": 4, "max-loss-db": 3}
MODEL = Gvc(settings="model singh2020", arguments={"color": "model", "network": "singh2020", **BRIEFLY})
GUIDED = Gvc(
    settings="guided",
    arguments={"color": "guided", "hints": "2:svtav1:crf=40,preset=8", "max-seconds": 3, "quality-frames": 4},
)
PAPERS = Gvc(
    settings="model singh2020, gray raw",
    arguments={"color": "model", "network": "singh2020", "luma": "raw", **BRIEFLY},
)


def cases(clips: Sequence[LocatedClip]) -> list[Case]:
    """Every contender, each on the first sample, and gvc on both and on the two joined."""
    samples = tuple(clip for clip in clips if clip.clip.bundled)
    first = samples[0]
    chroma = [x265.chroma(crf, preset=preset) for preset in ("medium", "veryslow") for crf in (16, 22, 28, 34)]
    lossy: list[Contender] = [MODEL, GUIDED, GRAY_ONLY, *chroma, x265.lossy(28), svtav1.lossy(28)]
    pairs: list[tuple[Preparation, Contender]] = [(YUV, contender) for contender in lossy]
    pairs += [(YUV, contender) for contender in lossless.CODECS["yuv420p"]]
    pairs += [(RGB, contender) for contender in (*lossless.CODECS["rgb24"], GRAY_ONLY, LOSSLESS, uncompressed.RAW)]
    made = [
        Case(
            clip=first.name,
            clips=(first,),
            preparation=preparation,
            contender=contender,
            in_viewer=contender in (MODEL, GUIDED, x265.chroma(28)),
        )
        for preparation, contender in pairs
    ]
    return [*made, Case(clip=papers.JOINED, clips=samples, preparation=JOINED, contender=PAPERS)]


def sections(records: Sequence[Record]) -> list[Section]:
    """What the other suites show, of these few frames."""
    yuv, rgb, joined = (prepared_as(records, preparation) for preparation in (YUV, RGB, JOINED))
    steady = {key_of(contender) for contender in (GRAY_ONLY, MODEL, GUIDED, x265.chroma(28))}
    kept = [record for record in yuv if record.case.partition("/")[2] in steady]
    rows = [papers.row_of(record, "none so short", "") for record in joined]
    return [
        *papers.paper_sections(rows, SUITE.command),
        *color.color_sections(yuv, SUITE.command),
        *lossless.lossless_sections(rgb, "rgb24", SUITE.command),
        *lossless.lossless_sections(yuv, "yuv420p", SUITE.command),
        *speed.speed_sections([record for record in (*yuv, *joined) if record.contender == "gvc"], SUITE.command),
        *consistency.consistency_sections(kept, SUITE.command),
    ]


SUITE = Suite("quick", "a little of everything on the bundled samples, in less than three minutes", cases, sections)
