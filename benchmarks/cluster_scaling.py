"""Measures one worker against several: ``python -m benchmarks.cluster_scaling FILE [--times 3]``.

The file's frames, so many times in a row, are encoded with ``--color lossless`` on a cluster of one worker process here
and on one of several, in turn, so that what else the machine does falls on both. Each worker has one thread. The bytes
are compared with those of an encode without a cluster. Times are medians: of the whole encode, and of its coding,
without the start of the cluster; a ratio is the median of the runs' ratios. Processor time is that of the sender while
segments are coded (it reads, sends, receives and writes), and of coding itself, in the encode without a cluster. Both
together say how many workers one sender can feed. Results: ``docs/cluster.md``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from codec.cluster.connection import Cluster
from codec.cluster.options import ClusterOptions
from codec.encoder.modes import Lossless, Shared
from codec.jobs.encode import encode_file
from codec.lossless.parameters import Speed
from codec.video.sources import open_source

_CODING = "coding"


@dataclass(frozen=True)
class Run:
    """One encode.

    Attributes:
        seconds: wall time of all of it.
        coding_seconds: wall time while segments are coded.
        sender_seconds: processor time of this process while segments are coded.
        segments: of the stream.
        stream: its bytes.
    """

    seconds: float
    coding_seconds: float
    sender_seconds: float
    segments: int
    stream: bytes


class _CodingClock:
    """Progress that notes the processor time of this process when segments begin to be coded."""

    def __init__(self) -> None:
        self.started = 0.0

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """A stage begins."""
        del total, unit
        if stage == _CODING:
            self.started = time.process_time()

    def advance(self, done: int, detail: str = "") -> None:
        """Of no use here."""

    def finish(self) -> None:
        """Of no use here."""


def encode(path: str, mode: Lossless, num_workers: int) -> Run:
    """Encode a file on a cluster of so many workers; with 0, in this process."""
    clock = _CodingClock()
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "out.gvc"
        if num_workers == 0:
            report = encode_file(path, str(output), mode, progress=clock)
            used = time.process_time() - clock.started
        else:
            with closing(Cluster(ClusterOptions(f"local:{num_workers}"))) as cluster:
                report = encode_file(path, str(output), mode, cluster=cluster, progress=clock)
                used = time.process_time() - clock.started
        seconds, coding = report.seconds, report.stage_seconds[_CODING]
        return Run(seconds, coding, used, report.segments, output.read_bytes())


def repeated(path: str, times: int, folder: Path) -> str:
    """The frames of a file, so many times in a row, as raw video."""
    with closing(open_source(path)) as source:
        info, rate = source.info, source.info.frame_rate or 25
        target = folder / f"clip_{info.width}x{info.height}_{float(rate):g}fps_{info.pixel_format.name}.raw"
        with target.open("wb") as stream:
            for _ in range(times):
                for frame in source.frames():
                    stream.write(info.pixel_format.pack(frame.picture))
    return str(target)


def measure(path: str, mode: Lossless, num_workers: int, num_runs: int) -> list[str]:
    """Lines for a person.

    Raises:
        SystemExit: a stream on the cluster has other bytes.
    """
    alone = encode(path, mode, 0)
    pairs = []
    for _ in range(num_runs):
        pairs.append((encode(path, mode, 1), encode(path, mode, num_workers)))
        if any(run.stream != alone.stream for run in pairs[-1]):
            raise SystemExit("the bytes differ from those of one process")
    one, several = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    lines = [
        f"{Path(path).name}: {alone.segments} segments, {len(alone.stream):,} bytes, "
        f"the same in all {2 * num_runs} encodes"
    ]
    for name, runs in (("1 worker", one), (f"{num_workers} workers", several)):
        lines.append(
            f"{name}: {statistics.median(run.seconds for run in runs):.1f} s, of these coding "
            f"{statistics.median(run.coding_seconds for run in runs):.1f} s"
        )
    for name, seconds in (("all", [(a.seconds, b.seconds) for a, b in pairs]),
                          ("coding", [(a.coding_seconds, b.coding_seconds) for a, b in pairs])):  # fmt: skip
        ratios = sorted(a / b for a, b in seconds)
        lines.append(f"ratio, {name}: {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")
    sender = statistics.median(run.sender_seconds for run in several)
    lines.append(
        f"processor time: {alone.sender_seconds:.1f} s in one process for coding; the sender of a cluster "
        f"{sender:.2f} s meanwhile, {100 * sender / alone.sender_seconds:.1f} %"
    )
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster_scaling", description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--speed", choices=list(Speed), default=Speed.STANDARD, type=Speed)
    parser.add_argument("--segment-frames", type=int, default=12)
    options = parser.parse_args(arguments)
    mode = Lossless(speed=options.speed, shared=Shared(segment_frames=options.segment_frames))
    with tempfile.TemporaryDirectory() as folder:
        path = repeated(options.file, options.times, Path(folder))
        print("\n".join(measure(path, mode, options.workers, options.runs)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
