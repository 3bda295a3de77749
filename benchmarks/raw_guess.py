"""Measures how raw video is recognized: ``python -m benchmarks.raw_guess [--files N] [--seed N] VIDEO ...``.

From each video in turn a raw file is made, in a size, a format and a number of frames drawn at random, and read without
its name. It is found, left open (the sender refuses it, and lists what is possible), or taken for something else.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import av

from codec.video.geometry import RawGeometry
from codec.video.sources.raw_guess import GUESSED_FORMATS, guess, parts_of, readings_of

SAMPLES = Path(__file__).parents[1] / "samples"
SIZES = ((176, 144), (256, 256), (300, 200), (320, 180), (352, 288), (426, 240), (640, 360), (718, 404), (1280, 720))
FRAMES = (1, 2, 5, 12, 24, 48)
MAX_BYTES = 2**26


def write_raw(video: Path, target: Path, choice: random.Random) -> RawGeometry | None:
    """Write frames of a video as raw video; None if it has none."""
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        own = stream.width // 2 * 2, stream.height // 2 * 2
        geometry = RawGeometry(*choice.choice((own, *SIZES)), choice.choice(GUESSED_FORMATS))
        count = max(1, min(choice.choice(FRAMES), MAX_BYTES // geometry.frame_bytes))
        begin = choice.choice((0, 10))
        frames = itertools.islice(container.decode(stream), begin, begin + count)
        width, height, form = geometry.width, geometry.height, geometry.pixel_format.name
        data = b"".join(frame.to_ndarray(width=width, height=height, format=form).tobytes() for frame in frames)
    target.write_bytes(data)
    return geometry if data else None


def main(arguments: list[str] | None = None) -> int:
    """Print a line a file, and the sums; the exit code is 1 if a file was taken for something else."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.raw_guess", description=__doc__)
    parser.add_argument("videos", nargs="*", type=Path, metavar="VIDEO", help="default: the bundled samples")
    parser.add_argument("--files", type=int, default=40, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    options = parser.parse_args(arguments)
    videos = options.videos or sorted(SAMPLES.glob("*.mp4"))
    choice, sums, slowest = random.Random(options.seed), Counter[str](), 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "take"
        for video in itertools.islice(itertools.cycle(videos), options.files):
            truth = write_raw(video, path, choice)
            if truth is None:
                continue
            started = time.monotonic()
            num_bytes = path.stat().st_size
            reading = guess(readings_of(parts_of(path, num_bytes), num_bytes, GUESSED_FORMATS))
            seconds = time.monotonic() - started
            slowest = max(slowest, seconds)
            answer = "left open" if reading is None else "found" if reading.geometry == truth else "WRONG"
            sums[answer] += 1
            received = "" if reading is None else f"  {reading.fit}"
            print(
                f"{answer:9} {video.name}: {truth}, {num_bytes // truth.frame_bytes} frames, {seconds:.2f} s{received}"
            )
    print(f"{', '.join(f'{count} {answer}' for answer, count in sums.items())}; at most {slowest:.2f} s")
    return 1 if sums["WRONG"] else 0


if __name__ == "__main__":
    sys.exit(main())
