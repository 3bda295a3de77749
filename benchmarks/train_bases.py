"""Trains the base networks that gvc ships: ``python -m benchmarks.train_bases --clips FOLDER``.

A base is a network ``compact`` for one kind of chroma planes and one scale of hints, trained on runs of frames of all
clips of ``benchmarks.clips.BASE_TRAINING``, their hints coded at qualities from fine to coarse. Training of a video
starts from it, and only the difference is sent. Every clip may be passed on with credit (their licenses are in
``clips.toml``). Figures of these clips are not figures of videos that the base has never seen: reports keep them apart.
"""

from __future__ import annotations

import argparse
import sys
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
from rich.console import Console

from benchmarks.clips import BASE_TRAINING, find_clips
from benchmarks.material import Preparation, prepare
from benchmarks.training_runs import random_runs
from codec.encoder.choices.guidance import hint_codec
from codec.hints.coder import HintSettings, decode_hints, encode_hints
from codec.hints.planes import unpack_hints
from codec.networks.compact_weights import BASE_DEPTH, BASE_WIDTH, BASES, CompactShape, base_file, base_number
from codec.training.compact import train_compact
from codec.training.guided_examples import GuidedExamples
from codec.training.options import CompactTraining
from codec.video.picture import Picture
from codec.video.pixel_formats import PIXEL_FORMATS

FORMATS = ("yuv420p", "yuv422p", "yuv444p", "rgb24")
SCALES = (1, 2, 4)
WIDTHS = (480, 256)
NUM_FRAMES = 1400
RUNS, RUN_FRAMES, FRAMES_USED = 24, 12, 3
CRF_RANGE = (20, 58)
STEPS = 12_000
SAMPLE_BYTES = 3 << 28
SIDE = 64  # of examples, in points of the grid: less than any picture has
NO_RATE = 1e18  # bits: a base costs nothing


def _add(examples: GuidedExamples, run: list[Picture], scale: int, random: np.random.Generator) -> None:
    settings = HintSettings(scale, 1, hint_codec(int(random.integers(*CRF_RANGE))))
    shape = run[0].chroma_planes()[0].shape
    coded = encode_hints([picture.chroma_planes() for picture in run], settings, Fraction(24))
    hints = decode_hints(coded, settings.parameters((shape[0], shape[1])), len(run))
    for index in random.choice(len(run), min(FRAMES_USED, len(run)), replace=False):
        examples.add(run[index], unpack_hints([hints[index]], (shape[0], shape[1]), scale)[0])


def train_base(pixel_format: str, scale: int, clips: Path, work: Path, console: Console) -> None:
    """Train one base, and write its file."""
    random = np.random.default_rng(scale)
    located = {clip.name: clip for clip in find_clips(clips)}
    video_format = PIXEL_FORMATS[pixel_format]
    examples = GuidedExamples(video_format, max_bytes=SAMPLE_BYTES, seed=scale, side=SIDE)
    shape = CompactShape.for_video(video_format, depth=BASE_DEPTH, width=BASE_WIDTH)
    for name in BASE_TRAINING:
        for width in WIDTHS:
            wanted = Preparation(pixel_format=pixel_format, width=width, num_frames=NUM_FRAMES)
            material = prepare(name, [located[name]], wanted, work)
            for run in random_runs(material, RUNS, RUN_FRAMES, random):
                _add(examples, run, scale, random)
    console.print(f"{pixel_format} 1:{scale}: {len(examples)} examples")
    started = time.monotonic()
    weights = train_compact(shape, examples, CompactTraining(steps=STEPS), hint_bits=NO_RATE)
    number = base_number(video_format, scale)
    np.savez_compressed(
        base_file(number),
        sizes=np.array([shape.chroma, shape.depth, shape.width], np.int16),
        step_bits=np.array(weights.step_bits, np.int16),
        kernels=weights.kernels.astype(np.int16),
        biases=weights.biases.astype(np.int16),
    )
    console.print(f"{pixel_format} 1:{scale}: base {number} in {time.monotonic() - started:.0f} s")


def main(words: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.train_bases", description=__doc__)
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("build/benchmarks/material"))
    parser.add_argument("--only", nargs="*", default=[f"{form}/{scale}" for form in FORMATS for scale in SCALES])
    arguments = parser.parse_args(words)
    BASES.mkdir(exist_ok=True)
    console = Console()
    for choice in arguments.only:
        form, scale = choice.split("/")
        train_base(form, int(scale), arguments.clips, arguments.work, console)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
