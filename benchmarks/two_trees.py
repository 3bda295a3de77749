"""Compares random access by the code of two checkouts: ``python -m benchmarks.two_trees BEFORE STREAM ...``.

The other checkout is the one that this program is from. Each round asks both for the same random frames, each frame in
a stream that was just opened, in processes of their own, one after another and in turns. What is measured is processor
time, all threads together, which says more than wall time on a machine that others use. A figure is the median of all
rounds, and a ratio the median of the ratios of single frames.
Results: ``docs/decisions/0021-random-access.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.figures import Table
from benchmarks.measure import BenchmarkError
from benchmarks.number_text import decimals

HERE = Path(__file__).parents[1]


def _all_in_order(video: Any, index: int) -> int:
    del index
    return sum(len(frame.data) for frame in video)


HEAD = "stream", "what", "before, ms", "after, ms", "ratio"
ASKED: dict[str, tuple[bool, Callable[[Any, int], object]]] = {
    "a frame": (True, lambda video, index: video[index]),
    "a frame, color not compared": (False, lambda video, index: video[index]),
    "its gray": (True, lambda video, index: video.gray[index]),
    "all in order": (True, _all_in_order),
}
"""Whether color is compared with its checksum, and what is done with a video and a random frame's number."""
_WORKER = "--worker"


def worker(path: str, what: str, seed: int, count: int) -> list[float]:
    """In a process of its own, with the code that it imports: milliseconds of processor time, each time."""
    import gvc

    verify, work = ASKED[what]
    random, found = Random(seed), []
    with gvc.open(path) as video:
        work(video, 0)  # what is imported and loaded once
        num_frames = len(video)
    for _ in range(count):
        with gvc.open(path, verify=verify) as video:
            index, start = random.randrange(num_frames), time.process_time()
            work(video, index)
            found.append(1000 * (time.process_time() - start))
    return found


def ask(tree: Path, path: str, what: str, seed: int, count: int) -> list[float]:
    """As :func:`worker`, with the code of a checkout.

    Raises:
        BenchmarkError: it does not run.
    """
    command = [sys.executable, "-P", str(Path(__file__)), _WORKER, str(path), what, str(seed), str(count)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(tree), str(HERE)))}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if result.returncode:
        raise BenchmarkError(f"expected {tree} to give frames of {path}. Received: {result.stderr.strip()}")
    found: list[float] = json.loads(result.stdout)
    return found


def compare(before: Path, path: str, what: str, *, rounds: int, count: int) -> tuple[str, ...]:
    """A row of the table."""
    times: dict[Path, list[float]] = {before: [], HERE: []}
    for number in range(rounds):
        for tree in [before, HERE][:: 1 if number % 2 else -1]:
            times[tree] += ask(tree, path, what, number, count)
    ratios = [after / earlier for earlier, after in zip(times[before], times[HERE], strict=True) if earlier]
    medians = [decimals(statistics.median(times[tree]), 1) for tree in (before, HERE)]
    return Path(path).stem, what, *medians, decimals(statistics.median(ratios), 2)


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.two_trees", description=__doc__)
    parser.add_argument("before", type=Path, help="another checkout, with its native library built")
    parser.add_argument("streams", nargs="+", metavar="STREAM")
    parser.add_argument("--rounds", type=int, default=4, help="processes of each checkout (4)")
    parser.add_argument("--frames", type=int, default=40, help="random frames of a round (40)")
    options = parser.parse_args(arguments)
    rows = []
    for path in options.streams:
        for what in ASKED:
            count = max(1, options.frames // 10) if what == "all in order" else options.frames
            rows.append(compare(options.before.resolve(), path, what, rounds=options.rounds, count=count))
            print(*rows[-1], sep=" | ", file=sys.stderr, flush=True)
    print(Table(HEAD, tuple(rows)).as_markdown())
    return 0


if __name__ == "__main__":
    if _WORKER in sys.argv:
        print(json.dumps(worker(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))))
    else:
        sys.exit(main())
