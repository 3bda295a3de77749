"""Compares whole commands of two checkouts: ``python -m benchmarks.two_commands BEFORE VIDEO [OPTION ...]``.

The other checkout is the one that this program is from. Both encode the video with these options, and decode the stream
to raw video, in turns; their outputs must be the same bytes. What is measured is the processor time of all processes
together, and the wall time. Python's modules are compiled before, as an installation does it. A figure is the median
of all rounds, and a ratio the median of the ratios of single rounds, after by before.
Results: ``docs/decisions/0022-speeds-of-adaptive-planes.md``.
"""

from __future__ import annotations

import argparse
import filecmp
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figures import Table
from benchmarks.measure import BenchmarkError
from benchmarks.number_text import decimals

HERE = Path(__file__).parents[1]
HEAD = "command", "processor s, before", "after", "ratio", "wall s, before", "after", "ratio"
_START = "import sys; from codec.cli import start; sys.exit(getattr(start, sys.argv.pop(1))())"


def timed(tree: Path, kind: str, *arguments: str | Path) -> tuple[float, float]:
    """Run ``encode`` or ``decode`` with the code of a checkout: its processor time and its wall time, in seconds.

    Raises:
        BenchmarkError: it fails.
    """
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-P", "-c", _START, kind, *map(str, arguments), "-y", "-q"]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    result = subprocess.run(command, env=environment, cwd=tree, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if result.returncode:
        raise BenchmarkError(f"expected {tree} to {kind} with {arguments}. Received: {result.stderr.strip()}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def compare(before: Path, kind: str, source: Path, suffix: str, options: list[str], *, rounds: int) -> tuple[str, ...]:
    """A row of the table.

    Raises:
        BenchmarkError: a command fails, or the outputs differ.
    """
    trees = before, HERE
    with tempfile.TemporaryDirectory() as folder:
        outputs = [Path(folder) / f"{name}{suffix}" for name in ("before", "after")]
        times: list[list[tuple[float, float]]] = [[], []]
        for number in range(rounds + 1):
            for which in (0, 1) if number % 2 else (1, 0):
                times[which].append(timed(trees[which], kind, source, outputs[which], *options))
        if not filecmp.cmp(outputs[0], outputs[1], shallow=False):
            raise BenchmarkError(f"expected the same bytes of both checkouts. Received: others, to {kind} {source}")
    cells = []
    for k in range(2):
        earlier, later = ([pair[k] for pair in pairs[1:]] for pairs in times)  # the first one compiles modules
        ratios = [after / first for first, after in zip(earlier, later, strict=True)]
        cells += [decimals(statistics.median(values), 2) for values in (earlier, later, ratios)]
    return kind, *cells


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.two_commands", description=__doc__)
    parser.add_argument("before", type=Path, help="another checkout, with its native library built")
    parser.add_argument("video", type=Path)
    parser.add_argument("--rounds", type=int, default=5, help="commands of each checkout (5)")
    parser.add_argument("--workers", default="2", help="of both commands (2)")
    options, others = parser.parse_known_args(arguments)
    before, workers = options.before.resolve(), ["--workers", options.workers]
    with tempfile.TemporaryDirectory() as folder:
        stream, encoding = Path(folder) / "coded.gvc", [*others, *workers]
        timed(HERE, "encode", options.video.resolve(), stream, *encoding)
        rows = (
            compare(before, "encode", options.video.resolve(), ".gvc", encoding, rounds=options.rounds),
            compare(before, "decode", stream, ".raw", workers, rounds=options.rounds),
        )
    print(Table(HEAD, rows).as_markdown())
    return 0


if __name__ == "__main__":
    sys.exit(main())
