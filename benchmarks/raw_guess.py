"""Measures how raw video is recognized: ``python -m benchmarks.raw_guess [--files N] [--seed N] [--rare] VIDEO ...``.

From each video in turn a raw file is made, in a size, a format and a number of frames drawn at random, and read without
its name. It is found, left open (the sender refuses it, and lists what is possible), or taken for something else. The
formats are those that raw files mostly have, or with ``--rare`` others, of which some are never found.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import av
import numpy as np

from codec.video.geometry import RawGeometry
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel
from codec.video.sources.raw_formats import GUESSED_FORMATS
from codec.video.sources.raw_guess import guess, parts_of, readings_of

SAMPLES = Path(__file__).parents[1] / "samples"
SIZES = ((176, 144), (256, 256), (300, 200), (320, 180), (352, 288), (426, 240), (640, 360), (718, 404), (1280, 720))
FORMATS = ("yuv420p", "rgb24", "gray", "yuv422p", "yuv444p", "nv12", "yuv420p10le", "gray16le")
RARE = (
    *("nv16", "nv24", "yuv411p", "yuv440p", "yuv410p", "yuva420p", "rgba", "argb", "yuyv422", "uyvy422", "gbrp", "ya8"),
    *("gray10le", "gray12le", "gray16be", "yuv422p10le", "yuv444p10le", "yuv420p12le", "yuv420p10be", "yuv444p16le"),
    *("p010le", "rgb48le", "rgba64le"),
)
FRAMES = (1, 2, 5, 12, 24, 48)
MAX_BYTES = 2**24


def write_raw(video: Path, target: Path, choice: random.Random, formats: Sequence[str]) -> RawGeometry | None:
    """Write frames of a video as raw video; None if it has none."""
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        own = stream.width // 2 * 2, stream.height // 2 * 2
        geometry = RawGeometry(*choice.choice((own, *SIZES)), PIXEL_FORMATS[choice.choice(formats)])
        count = max(1, min(choice.choice(FRAMES), MAX_BYTES // geometry.frame_bytes))
        begin = choice.choice((0, 10))
        frames = itertools.islice(container.decode(stream), begin, begin + count)
        data = b"".join(raw_frame(frame, geometry) for frame in frames)
    target.write_bytes(data)
    return geometry if data else None


def raw_frame(frame: av.VideoFrame, geometry: RawGeometry) -> bytes:
    """A frame in a size and format, as raw video."""
    form = geometry.pixel_format
    made = frame.reformat(geometry.width, geometry.height, form.name)
    parts = []
    for plane, (rows, columns) in zip(made.planes, form.raw_shapes(geometry.width, geometry.height), strict=True):
        lines = np.frombuffer(bytes(plane), np.uint8).reshape(-1, plane.line_size)
        parts.append(lines[:rows, : columns * form.raw_dtype.itemsize].tobytes())
    return b"".join(parts)


def is_right(found: RawGeometry, truth: RawGeometry) -> bool:
    """Whether a reading is the truth, or what the sender names as looking the same: gray of fewer than 16 bits."""
    form, true = found.pixel_format, truth.pixel_format
    if form.model is ColorModel.GRAY and form.depth == 16 and true.depth > 8:
        true = replace(true, depth=16, name=form.name)
    return (found.width, found.height, form) == (truth.width, truth.height, true)


def main(arguments: list[str] | None = None) -> int:
    """Print a line a file, and the sums; the exit code is 1 if a file was taken for something else."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.raw_guess", description=__doc__)
    parser.add_argument("videos", nargs="*", type=Path, metavar="VIDEO", help="default: the bundled samples")
    parser.add_argument("--files", type=int, default=40, metavar="N")
    parser.add_argument("--rare", action="store_true", help="formats that few raw files have")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    options = parser.parse_args(arguments)
    videos = options.videos or sorted(SAMPLES.glob("*.mp4"))
    choice, sums, slowest = random.Random(options.seed), Counter[str](), 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "take"
        for video in itertools.islice(itertools.cycle(videos), options.files):
            truth = write_raw(video, path, choice, RARE if options.rare else FORMATS)
            if truth is None:
                continue
            started = time.monotonic()
            num_bytes = path.stat().st_size
            reading = guess(readings_of(parts_of(path, num_bytes), num_bytes, GUESSED_FORMATS))
            seconds = time.monotonic() - started
            slowest = max(slowest, seconds)
            answer = "left open" if reading is None else "found" if is_right(reading.geometry, truth) else "WRONG"
            sums[answer] += 1
            received = "" if reading is None else f"  {reading.fit}"
            print(
                f"{answer:9} {video.name}: {truth}, {num_bytes // truth.frame_bytes} frames, {seconds:.2f} s{received}"
            )
    print(f"{', '.join(f'{count} {answer}' for answer, count in sums.items())}; at most {slowest:.2f} s")
    return 1 if sums["WRONG"] else 0


if __name__ == "__main__":
    sys.exit(main())
