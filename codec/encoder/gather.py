"""Second pass: one reading for all frames that a mode wants to look at before it decides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from codec.encoder.survey import SHRANK, Survey
from codec.errors import InputError
from codec.plane_codecs import PlaneCodecSpec
from codec.progress import Progress
from codec.training.place import Place
from codec.training.result import NetworkResult
from codec.video.info import VideoInfo
from codec.video.picture import Picture, of_8_bits
from codec.video.source import Source

_GRAY_RUNS, _GRAY_FRAMES = 3, 10
_COLOR_RUNS, _COLOR_FRAMES = 6, 16
_COLOR_RUNS_OF_LARGE = 3
_MAX_PROBE_BYTES = 2**28
LARGE_SAMPLES = 150_000_000
"""Videos with more gray samples are tried on fewer runs (docs/decisions/0014-guided-at-real-sizes.md)."""


class KeyframeTraining(Protocol):
    """A training that takes its frames as they come by."""

    @property
    def wanted(self) -> Collection[int]:
        """The frames to take."""

    def add(self, index: int, picture: Picture) -> None:
        """Take one of the wanted frames, its samples of 8 bits; they come in order."""

    def train(self, place: Place, progress: Progress) -> NetworkResult:
        """Train on them, there.

        Raises:
            TrainingError: the loss is no longer finite, or memory ran out.
        """


@dataclass(frozen=True)
class Request:
    """The frames that a mode wants to look at.

    Attributes:
        gray_runs: runs of consecutive frames on which plane codecs of the gray are tried, each as a range of frame
            numbers.
        color_runs: others, on which hints are tried, or tracks of exact chroma and gray.
        training: wants frames, too; None if no network is trained on keyframes.
    """

    gray_runs: tuple[range, ...] = ()
    color_runs: tuple[range, ...] = ()
    training: KeyframeTraining | None = None

    @property
    def last(self) -> int:
        """The last frame that is wanted; -1 for none."""
        wanted = self.training.wanted if self.training is not None else ()
        return max([-1, *wanted, *(run.stop - 1 for run in (*self.gray_runs, *self.color_runs))])


@dataclass(frozen=True)
class Gathered:
    """The frames that were asked for.

    Attributes:
        gray_runs, color_runs: pictures of the runs that were asked for.
        training: has taken its frames; None if there was none.
    """

    gray_runs: list[list[Picture]] = field(default_factory=list)
    color_runs: list[list[Picture]] = field(default_factory=list)
    training: KeyframeTraining | None = None


def runs_for_gray(survey: Survey, luma: PlaneCodecSpec) -> tuple[range, ...]:
    """Runs on which the gray's codec is chosen; none if the option ``luma`` names it."""
    if not luma.is_auto:
        return ()
    return _spread(survey, _GRAY_RUNS, _GRAY_FRAMES)


def runs_for_color(survey: Survey, info: VideoInfo) -> tuple[range, ...]:
    """Runs on which hints, or chroma and gray, are tried; shorter ones of large pictures."""
    picture_bytes = max(1, 5 * info.width * info.height)  # int16 chroma at full size, the largest
    frames = max(2, min(_COLOR_FRAMES, _MAX_PROBE_BYTES // (_COLOR_RUNS * picture_bytes)))
    is_large = survey.num_frames * info.width * info.height > LARGE_SAMPLES
    return _spread(survey, _COLOR_RUNS_OF_LARGE if is_large else _COLOR_RUNS, frames)


def _spread(survey: Survey, count: int, length: int) -> tuple[range, ...]:
    """Runs, evenly spread over the video; in a short video they overlap."""
    starts = np.linspace(0, max(0, survey.num_frames - length), count).astype(int).tolist()
    return tuple(range(start, min(start + length, survey.num_frames)) for start in starts)


def gather(
    source: Source, survey: Survey, request: Request, progress: Progress, *, color_of_8_bits: bool = False
) -> Gathered:
    """Read the frames that were asked for, and no further.

    Args:
        source: of the video.
        survey: of the source.
        request: the frames.
        progress: is told the frames read.
        color_of_8_bits: the frames of color runs are wanted with samples of 8 bits.

    Raises:
        InputError: there are fewer frames than the survey has counted.
    """
    gray_runs: list[list[Picture]] = [[] for _ in request.gray_runs]
    color_runs: list[list[Picture]] = [[] for _ in request.color_runs]
    depth = source.info.pixel_format.depth
    training, last = request.training, request.last
    progress.start("collecting keyframes", min(last + 1, survey.num_frames), "frames")
    index = -1
    for index, frame in enumerate(source.frames()) if last >= 0 else ():
        if training is not None and index in training.wanted:
            training.add(index, of_8_bits(frame.picture, depth))
        _offer(request.gray_runs, gray_runs, index, frame.picture)
        if any(index in run for run in request.color_runs):
            seen = of_8_bits(frame.picture, depth) if color_of_8_bits else frame.picture
            _offer(request.color_runs, color_runs, index, seen)
        progress.advance(index + 1)
        if index >= last:
            break
    if index < last:
        raise InputError(SHRANK)
    return Gathered(gray_runs, color_runs, training)


def _offer(wanted: Sequence[range], runs: Sequence[list[Picture]], index: int, picture: Picture) -> None:
    for frames, run in zip(wanted, runs, strict=True):
        if index in frames:
            run.append(picture)
