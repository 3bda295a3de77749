"""Second pass: samples of the keyframes, and runs of frames on which choices are tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from codec.encoder.plan import Plan, frame_rate_of
from codec.options import EncodeOptions
from codec.plane_codecs import LUMA_AUTO, PlaneCodecSpec, choose_luma
from codec.progress import Progress
from codec.video.picture import Picture
from codec.video.source import Source

_LUMA_RUNS, _LUMA_FRAMES = 3, 10
_HINT_RUNS, _HINT_FRAMES = 6, 16
_MAX_PROBE_BYTES = 2**28


class TrainingFrames(Protocol):
    """Somebody who learns from some frames."""

    wanted: frozenset[int]

    def add(self, index: int, picture: Picture) -> None:
        """Take one of the frames that are wanted; they come in order."""


@dataclass(frozen=True)
class Collection:
    """What the pass brought.

    Attributes:
        luma: the gray's codec, chosen on a probe if it was left open, and wanted.
        runs: of consecutive pictures, spread over the video, for the choice of hints; empty if not asked for.
    """

    luma: PlaneCodecSpec
    runs: list[list[Picture]]


def collect(
    source: Source,
    options: EncodeOptions,
    plan: Plan,
    progress: Progress,
    *,
    training: TrainingFrames | None = None,
    wants_runs: bool = False,
    chooses_luma: bool = True,
) -> Collection:
    """Read what is wanted of the video, and no further.

    Args:
        source: the video.
        options: the sender's choices.
        plan: from the first pass.
        progress: is told the frames.
        training: is given the frames that it wants; None if nobody wants any now.
        wants_runs: collect runs for the choice of hints.
        chooses_luma: find the gray's codec where it is ``auto``; otherwise it is left so.
    """
    wants_luma = chooses_luma and options.luma.codec == LUMA_AUTO
    luma_runs = _Runs.spread(plan.num_frames, _LUMA_RUNS if wants_luma else 0, _LUMA_FRAMES)
    picture_bytes = max(1, 5 * source.info.width * source.info.height)  # int16 chroma at full size, the largest
    frames = max(2, min(_HINT_FRAMES, _MAX_PROBE_BYTES // (_HINT_RUNS * picture_bytes)))
    hint_runs = _Runs.spread(plan.num_frames, _HINT_RUNS if wants_runs else 0, frames)
    wanted = training.wanted if training else frozenset()
    last = max([-1, *wanted, luma_runs.last, hint_runs.last])
    progress.start("collecting keyframes", min(last + 1, plan.num_frames), "frames")
    for index, frame in enumerate(source.frames()) if last >= 0 else ():
        if training is not None and index in wanted:
            training.add(index, frame.picture)
        luma_runs.offer(index, frame.picture)
        hint_runs.offer(index, frame.picture)
        progress.advance(index + 1)
        if index >= last:
            break
    luma = options.luma
    if wants_luma:
        planes = [[picture.luma for picture in run] for run in luma_runs.pictures]
        luma = choose_luma(planes, frame_rate_of(source.info))
    return Collection(luma, [run for run in hint_runs.pictures if run])


class _Runs:
    """Runs of consecutive frames, to be filled as the frames come by."""

    def __init__(self, starts: list[int], length: int) -> None:
        self._starts = starts
        self._length = length
        self.pictures: list[list[Picture]] = [[] for _ in starts]

    @classmethod
    def spread(cls, num_frames: int, count: int, length: int) -> _Runs:
        """So many runs, spread over the video; fewer if it is too short for them to differ."""
        starts = np.linspace(0, max(0, num_frames - length), count).astype(int).tolist()
        return cls(starts, length)

    @property
    def last(self) -> int:
        return max((start + self._length - 1 for start in self._starts), default=-1)

    def offer(self, index: int, picture: Picture) -> None:
        for start, run in zip(self._starts, self.pictures, strict=True):
            if start <= index < start + self._length:
                run.append(picture)
