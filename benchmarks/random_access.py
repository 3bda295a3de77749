"""Measures what any frame costs: ``python -m benchmarks.random_access FILE ... [--gop 240 48 12]``.

Each file is encoded with ``--color lossless`` and segments of at most so many frames, once as the smallest stream and
once through x264. Then frames in random order are asked for, each in a video that was just opened, and then all frames
from front to back. Times are wall time in this process. Results: ``docs/decisions/0021-random-access.md``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import gvc
from benchmarks.figures import Table
from benchmarks.number_text import count, decimals
from codec.encoder.modes import Chroma
from codec.plane_codecs import PlaneCodecSpec

HEAD = (
    "clip",
    "coded by",
    "gop",
    "segments",
    "bytes",
    "open, ms",
    "a frame, ms",
    "at most",
    "gray, ms",
    "in order, ms",
)
NUM_FRAMES = 20


def mode_of(codec: str, gop: int) -> gvc.Lossless:
    """The smallest stream, or a quick one."""
    shared = gvc.Shared(gop=gvc.Gop(frames=gop), segment_frames=max(gop, 1))
    if codec == "x264":
        return gvc.Lossless(shared=shared, luma=PlaneCodecSpec("x264"), chroma=Chroma.JOINT)
    return gvc.Lossless(shared=shared)


def milliseconds(work: Callable[[], object]) -> float:
    """Wall time."""
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def row(source: Path, stream: Path, codec: str, gop: int) -> tuple[str, ...]:
    """Encode a file, and measure."""
    report = gvc.encode(source, stream, mode_of(codec, gop), overwrite=True)
    random = Random(1)
    opening, frames, grays = [], [], []
    for _ in range(NUM_FRAMES):
        opening.append(milliseconds(lambda: gvc.open(stream).close()))
        with gvc.open(stream) as video:
            index = random.randrange(len(video))
            frames.append(milliseconds(lambda video=video, index=index: video[index]))  # type: ignore[misc]
        with gvc.open(stream) as video:
            grays.append(milliseconds(lambda video=video, index=index: video.gray[index]))  # type: ignore[misc]
    with gvc.open(stream) as video:
        in_order = milliseconds(lambda: sum(1 for _ in video)) / len(video)
    return (
        source.stem,
        codec,
        str(gop),
        str(report.segments),
        count(report.total_bytes),
        decimals(statistics.median(opening), 1),
        decimals(statistics.median(frames), 0),
        decimals(max(frames), 0),
        decimals(statistics.median(grays), 0),
        decimals(in_order, 1),
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.random_access", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--gop", nargs="+", type=int, default=[240, 48, 12], help="frames of a segment (240 48 12)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            row(path, Path(folder) / "stream.gvc", codec, gop)
            for path in options.files
            for codec in ("smallest", "x264")
            for gop in options.gop
        ]
    print(Table(HEAD, tuple(rows)).as_markdown())
    return 0


if __name__ == "__main__":
    sys.exit(main())
