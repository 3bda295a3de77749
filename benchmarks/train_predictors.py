"""Trains the networks of lossless planes that gvc ships: ``python -m benchmarks.train_predictors --clips FOLDER``.

There is one for the gray, and one for each kind of chroma planes. They see runs of frames of all clips of
``benchmarks.clips.BASE_TRAINING``, at several sizes, as they are and with what those clips lack: the noise of a sensor,
chroma as sharp as the gray, other and stronger hues, and mirrored. Every clip may be passed on with credit (their
licenses are in ``clips.toml``).
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from rich.console import Console

from benchmarks.clips import BASE_TRAINING, find_clips
from benchmarks.material import Preparation, prepare
from benchmarks.training_runs import random_runs
from codec.lossless.predictor_weights import (
    LUMA_PREDICTOR,
    WEIGHTS,
    PredictorShape,
    chroma_predictor,
    gray_channels,
    predictor_file,
    predictor_weights,
)
from codec.training.options import PredictorTraining
from codec.training.plane_patches import PlanePatches
from codec.training.plane_runs import add_chroma_run, add_luma_run
from codec.training.predictor import train_predictor
from codec.video.picture import Picture, RgbArray, rgb_to_ycocg_r, ycocg_r_to_rgb
from codec.video.pixel_formats import PIXEL_FORMATS

LUMA = "luma"
KINDS = (LUMA, "rgb24", "yuv420p", "yuv422p", "yuv444p")
WIDTH = 32
WIDTHS = (256, 480)
SHARP_WIDTH = 640
"""Frames of this width are halved, so that the chroma becomes as sharp as the gray."""
NUM_FRAMES = 700
RUNS, RUN_FRAMES, EVERY = 12, 10, 4
SAMPLE_BYTES = 3 << 30
NOISY_SHARE = 0.3
NOISE_RANGE = (0.4, 5.0)
"""Standard deviation, in code values."""
SATURATED_SHARE = 0.3
SATURATION_RANGE = (1.3, 4.0)
"""How many times as far from gray."""


@dataclass(frozen=True)
class Change:
    """What is done to all frames of a run."""

    halves: bool
    swaps: bool
    mirrors: bool
    noise: float
    coarse_noise: bool
    saturation: float

    @classmethod
    def at_random(cls, random: np.random.Generator, *, halves: bool) -> Change:
        """Mirrors and hues as often as not, the others less."""
        low, high = np.log(NOISE_RANGE)
        noise = float(np.exp(random.uniform(low, high))) if random.random() < NOISY_SHARE else 0.0
        swaps, mirrors, coarse_noise = (bool(random.random() < 0.5) for _ in range(3))
        saturation = random.uniform(*SATURATION_RANGE) if random.random() < SATURATED_SHARE else 1.0
        return cls(halves, swaps, mirrors, noise, coarse_noise, saturation)

    def __call__(self, rgb: RgbArray, random: np.random.Generator) -> RgbArray:
        """(height, width, 3) uint8 to the same, perhaps halved."""
        if self.halves:
            rgb = cv2.resize(rgb, (rgb.shape[1] // 2, rgb.shape[0] // 2), interpolation=cv2.INTER_AREA)
        if self.swaps:
            rgb = rgb[..., ::-1]
        if self.mirrors:
            rgb = rgb[:, ::-1]
        if self.saturation != 1:
            gray = rgb.mean(axis=-1, keepdims=True)
            rgb = np.clip(np.rint(gray + self.saturation * (rgb - gray)), 0, 255).astype(np.uint8)
        if self.noise:
            noise = random.normal(0, self.noise, rgb.shape)
            if self.coarse_noise:
                noise = cv2.GaussianBlur(noise, (0, 0), 0.6) * 1.6
            rgb = np.clip(np.rint(rgb + noise), 0, 255).astype(np.uint8)
        return np.ascontiguousarray(rgb)


def _picture(rgb: RgbArray, form: str) -> Picture:
    if form == "rgb24":
        return rgb_to_ycocg_r(rgb)
    height, width = (side // 2 * 2 for side in rgb.shape[:2])
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb[:height, :width])).reformat(format=form)
    return PIXEL_FORMATS[form].unpack(frame.to_ndarray().tobytes(), width, height)


def gather(kind: str, clips: Path, work: Path, console: Console) -> PlanePatches:
    """Samples of all clips for one network."""
    random = np.random.default_rng(KINDS.index(kind))
    located = {clip.name: clip for clip in find_clips(clips)}
    patches = PlanePatches(max_bytes=SAMPLE_BYTES, seed=0)
    for name in BASE_TRAINING:
        for width in (*WIDTHS, SHARP_WIDTH):
            wanted = Preparation(pixel_format="rgb24", width=width, num_frames=NUM_FRAMES)
            material = prepare(name, [located[name]], wanted, work)
            for pictures in random_runs(material, RUNS, RUN_FRAMES, random):
                change = Change.at_random(random, halves=width == SHARP_WIDTH)
                # The gray of YUV and that of RGB differ in range and noise.
                form = kind if kind != LUMA else str(random.choice(["rgb24", "yuv420p"]))
                run = [_picture(change(ycocg_r_to_rgb(picture), random), form) for picture in pictures]
                if kind == LUMA:
                    add_luma_run(patches, run, EVERY)
                else:
                    add_chroma_run(patches, run, PIXEL_FORMATS[form], EVERY)
        console.print(f"{kind}: {len(patches)} patches with {name}")
    return patches


def train_kind(kind: str, patches: PlanePatches, seconds: float, console: Console, *, goes_on: bool) -> None:
    """Train one network, and write its file."""
    if kind == LUMA:
        number, shape = LUMA_PREDICTOR, PredictorShape(1, 0, WIDTH)
    else:
        number = chroma_predictor(PIXEL_FORMATS[kind])
        shape = PredictorShape(2, gray_channels(PIXEL_FORMATS[kind]), WIDTH)
    started = last = time.monotonic()

    def show(done: float, loss: float) -> None:
        nonlocal last
        if time.monotonic() - last > 60:
            last = time.monotonic()
            console.print(f"{kind}: {100 * done:.0f} %, {loss / 4 / shape.components:.3f} bits a sample")

    training = PredictorTraining(steps=10**9, max_seconds=seconds)
    weights = train_predictor(shape, patches, training, base=predictor_weights(number) if goes_on else None, show=show)
    np.savez_compressed(
        predictor_file(number),
        sizes=np.array([shape.components, shape.gray_channels, shape.width], np.int16),
        kernels=weights.kernels.astype(np.int16),
        biases=weights.biases.astype(np.int16),
    )
    console.print(f"{kind}: network {number} in {time.monotonic() - started:.0f} s")


def main(words: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.train_predictors", description=__doc__)
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("build/benchmarks/material"))
    parser.add_argument("--only", nargs="*", choices=KINDS, default=KINDS)
    parser.add_argument("--seconds", type=float, default=3600, help="for each network")
    parser.add_argument("--go-on", action="store_true", help="start from the networks that are there")
    arguments = parser.parse_args(words)
    WEIGHTS.mkdir(exist_ok=True)
    console = Console()
    for kind in arguments.only:
        patches = gather(kind, arguments.clips, arguments.work, console)
        train_kind(kind, patches, arguments.seconds, console, goes_on=arguments.go_on)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
