"""Table III of the papers, with their network and their raw gray: ours beside theirs.

A. Singh, A. Chanani, H. Karnick: the videos are "256x256 1 minute", "256x256 15 minutes" and "1280x720 15 minutes".
The third is shorter here, since their network colors two 1280x720 frames a second on two cores; what it saves in
percent hardly depends on the length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from benchmarks.cases import Case
from benchmarks.clips import LocatedClip
from benchmarks.contenders.gvc import Gvc
from benchmarks.figures import Section, Table
from benchmarks.material import Preparation, picture_size
from benchmarks.number_text import decimals
from benchmarks.results import Record
from benchmarks.suites.interface import Suite, duration_seconds, prepared_as

RATE = Fraction(24)
JOINED = "joined"
WITHOUT_COLOR = ("friday", "sunset_hlg")


def setting(luma: str, epochs: int) -> Gvc:
    """The papers' network beside gray that is ``raw`` or coded without loss (``auto``)."""
    return Gvc(
        settings=f"model singh2020, gray {'raw' if luma == 'raw' else 'coded'}",
        arguments={"color": "model", "network": "singh2020", "luma": luma, "epochs": epochs, "max-loss-db": 0.5},
    )


@dataclass(frozen=True)
class PaperRow:
    """A row of the papers' Table III, our video for it, and the epochs of training that take some minutes with it."""

    video: str
    their_time: str
    their_model: str
    their_saving: str
    preparation: Preparation
    epochs: int


def _joined(width: int, height: int, seconds: int) -> Preparation:
    frames = int(seconds * RATE)
    size = {"width": width, "height": height}
    return Preparation(pixel_format="rgb24", **size, num_frames=frames, frame_rate=RATE, joined=True)


ROWS = (
    PaperRow("256x256, 1 min", "4 min", "30 MB", "57.78 %", _joined(256, 256, 60), 10),
    PaperRow("256x256, 15 min", "6 min", "30 MB", "66.07 %", _joined(256, 256, 900), 2),
    PaperRow("1280x720, 15 min", "6 h", "45 MB", "66.6 %", _joined(1280, 720, 15), 3),
)


def cases(clips: Sequence[LocatedClip]) -> list[Case]:
    """All clips with color that need not be enlarged, in a row; with gray coded too, for the first."""
    color = [clip for clip in clips if clip.name not in WITHOUT_COLOR]
    pairs = [(row.preparation, setting("raw", row.epochs)) for row in ROWS]
    pairs.insert(1, (ROWS[0].preparation, setting("auto", ROWS[0].epochs)))
    found = []
    for made, contender in pairs:
        if large := tuple(clip for clip in color if _is_large_enough(clip, made)):
            found.append(Case(clip=JOINED, clips=large, preparation=made, contender=contender))
    return found


def _is_large_enough(clip: LocatedClip, preparation: Preparation) -> bool:
    width, height = picture_size(clip.path)
    return width >= preparation.width and height >= (preparation.height or 0)


def sections(records: Sequence[Record]) -> list[Section]:
    """Their table, with ours beside it."""
    rows = []
    for paper in ROWS:
        rows += [_cells(paper, record) for record in prepared_as(records, paper.preparation) if _is_gvc(record)]
    return paper_sections(rows, SUITE.command)


def paper_sections(rows: Sequence[tuple[str, ...]], command: str) -> list[Section]:
    """The section, of rows that :func:`row_of` or the suite made."""
    if not rows:
        return []
    text = (
        "The papers' own setting: their network, trained on the video's keyframes, beside the gray picture as raw "
        "bytes. Their time is that of a GeForce GTX 1080 for the whole process; ours is encoding and decoding on the "
        "machine that this page names, without a GPU, where training is kept to a few minutes. Two thirds is the most "
        "that raw gray can save, whatever the network: its bytes are what is missing to 66.67 %. The row with coded "
        "gray is the same network beside the exact gray picture as gvc sends it by default.",
        "The joined video is every clip that is at least as large, in turn, cut at its length. The longer ones are "
        "dozens of shots with nothing in common: the case for which the papers themselves say that their network was "
        '"not able to produce good results".',
    )
    columns = (
        "their video",
        "their time, model, saved",
        "our video",
        "gray",
        "encode s",
        "decode s",
        "network bytes",
        "total bytes",
        "saved",
        "chroma PSNR dB",
        "CIEDE2000 mean / p95",
    )
    return [Section("The papers' table", command, text, (Table(columns, tuple(rows)),))]


def _is_gvc(record: Record) -> bool:
    return record.contender == "gvc"


def _cells(paper: PaperRow, record: Record) -> tuple[str, ...]:
    theirs = f"{paper.their_time}, {paper.their_model}, {paper.their_saving}"
    return row_of(record, paper.video, theirs)


def row_of(record: Record, their_video: str, theirs: str) -> tuple[str, ...]:
    """One row of the table."""
    video, gray, total, saved, network, *quality = outcome(record)
    seconds = (decimals(timing.median_seconds, 0) for timing in (record.encode, record.decode))
    return (their_video, theirs, video, gray, *seconds, network, total, saved, *quality)


def outcome(record: Record) -> tuple[str, ...]:
    """Our video, its gray, bytes, bytes saved, the network's bytes, chroma PSNR, and CIEDE2000."""
    material, quality = record.material, record.quality
    return (
        f"{material.width}x{material.height}, {duration_seconds(record):.0f} s",
        "raw" if record.options.get("luma") == "raw" else str(record.details["luma"]),
        decimals(record.total_bytes, 0),
        f"{record.saved_percent:.2f} %",
        decimals(record.parts_bytes["network"], 0),
        decimals(quality.psnr_chroma_db),
        f"{quality.ciede2000_mean:.2f} / {quality.ciede2000_p95:.2f}",
    )


SUITE = Suite(
    "papers", "Table III of the papers: size, time, model and bytes saved, ours beside theirs", cases, sections
)
