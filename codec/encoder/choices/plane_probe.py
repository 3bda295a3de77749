"""The probe of planes: estimates of the bytes of tracks for gray and lossless chroma, on a few frames."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import cached_property, partial
from math import ceil
from typing import TypeVar

from codec.encoder.choices.candidate import Candidate
from codec.encoder.survey import frame_rate_of
from codec.encoder.tracks.color import PredictedChroma, StackedChroma
from codec.encoder.tracks.luma import PredictedLuma, VideoCodecLuma
from codec.lossless.known import I16Array
from codec.lossless.motion_code import MotionEncoder
from codec.lossless.motion_search import MotionSearch
from codec.lossless.sessions import ChromaSession, LumaSession, Session
from codec.lossless.stacked import probed_stack_bytes
from codec.plane_codecs.probe import SEGMENT_FRAMES, probed_bytes, segment_bytes
from codec.video.info import VideoInfo
from codec.video.picture import Picture
from codec.workers.count import usable_cores

CLEARLY = Fraction(95, 100)
"""Adaptive planes are taken after a first look if their bytes are at most this share of what codecs make
(docs/decisions/0022-speeds-of-adaptive-planes.md)."""
_MIN_FRAMES, _MAX_FRAMES = 4, 10
_RUN_PIXELS = 2**20  # with predictors, so that a probe of a large video takes seconds, too
_FIRST_RUNS, _FIRST_SHARE = 2, Fraction(3, 5)
_MAX_THREADS = 4  # each holds a codec's memory
_CODEC_SHARE = Fraction(985, 1000)  # docs/decisions/0012-choice-of-plane-codecs.md
"""A factor for the estimated bytes of plane codecs. Their statistics adapt over a whole segment, so the estimate from
short runs is too high in comparison with predictors."""

T = TypeVar("T")
ProbedTrack = VideoCodecLuma | PredictedLuma | StackedChroma | PredictedChroma
ProbedT = TypeVar("ProbedT", bound=ProbedTrack)


def frames_with_predictors(info: VideoInfo) -> int:
    """Frames of each run that are looked at where predictors are tried, which are slow: 4 to 10."""
    return max(_MIN_FRAMES, min(_MAX_FRAMES, _RUN_PIXELS // (info.width * info.height)))


def first_look(runs: Sequence[Sequence[T]]) -> list[Sequence[T]]:
    """The first three fifths of two of the runs: enough to see what is much smaller than anything else."""
    places = range(len(runs)) if len(runs) <= _FIRST_RUNS else (len(runs) // 4, 3 * len(runs) // 4)
    return [runs[place][: ceil(_FIRST_SHARE * len(runs[place]))] for place in places]


class PlaneProbe:
    """Estimates the bytes of tracks, all on the same frames.

    An estimate is for one segment per run: it extrapolates the bytes of the run to the length of a segment.

    Args:
        info: of the video.
        runs: of consecutive pictures, spread over the video.
        segment_frames: the mean length of the video's segments.
    """

    def __init__(
        self, info: VideoInfo, runs: Sequence[Sequence[Picture]], segment_frames: Fraction = SEGMENT_FRAMES
    ) -> None:
        self._runs = runs
        self._segment_frames = segment_frames
        self._rate = frame_rate_of(info)
        self._estimates: dict[ProbedTrack, Fraction] = {}

    def candidate(self, track: ProbedT) -> Candidate[ProbedT]:
        """The track and its estimated bytes, without those of the motion."""
        if track not in self._estimates:
            self._estimates[track] = self._bytes_of(track)
        return Candidate(track, self._estimates[track])

    def estimate(self, tracks: Iterable[ProbedTrack]) -> None:
        """Estimate what these tracks cost, in several threads: codecs and the native library run side by side.

        Args:
            tracks: whose candidates will be asked for. One that takes long should come first.
        """
        missing = [track for track in dict.fromkeys(tracks) if track not in self._estimates]
        if any(isinstance(track, PredictedLuma | PredictedChroma) for track in missing):
            _ = self._fields  # which all of them need
        with ThreadPoolExecutor(min(usable_cores(), _MAX_THREADS)) as threads:
            self._estimates.update(zip(missing, threads.map(self._bytes_of, missing), strict=True))

    def _bytes_of(self, track: ProbedTrack) -> Fraction:
        if isinstance(track, PredictedLuma):
            gray = track.coder.session()
            return self._predicted_bytes(gray, partial(_code_gray, gray))
        if isinstance(track, PredictedChroma):
            chroma = track.coder.session()
            return self._predicted_bytes(chroma, partial(_code_chroma, chroma))
        if isinstance(track, StackedChroma):
            num_bytes = probed_stack_bytes(track.codec, track.parameters, self._runs, self._rate, self._segment_frames)
        else:
            num_bytes = probed_bytes(track.codec, track.parameters, self._runs, self._rate, self._segment_frames)
        return _CODEC_SHARE * num_bytes

    @cached_property
    def motion_bytes(self) -> Fraction:
        """The estimated bytes of the motion, which gray and chroma share."""
        motion = MotionEncoder()

        def size_after(field: I16Array | None) -> int:
            if field is not None:
                motion.add(field)
            return motion.num_bytes

        return _bytes_of_runs(self._fields, lambda run: map(size_after, run), self._segment_frames)

    @cached_property
    def _fields(self) -> list[list[I16Array | None]]:
        """The motion field of each frame of each run; None for the first frame of a run."""
        search = MotionSearch()
        return [
            [None, *(search(later.luma, earlier.luma) for earlier, later in itertools.pairwise(run))]
            for run in self._runs
        ]

    def _predicted_bytes(self, session: Session, code: PictureCoding) -> Fraction:
        """The estimated bytes of planes that a predictor carries.

        Args:
            session: of all runs: what it learns of probabilities is kept from run to run.
            code: codes the next picture with it.
        """

        def sizes(run: Sequence[tuple[Picture, I16Array | None]]) -> Iterator[int]:
            session.begin_run()
            for picture, field in run:
                code(picture, field)
                yield session.num_bytes

        pictures = [list(zip(run, fields, strict=True)) for run, fields in zip(self._runs, self._fields, strict=True)]
        return _bytes_of_runs(pictures, sizes, self._segment_frames)


PictureCoding = Callable[[Picture, I16Array | None], object]
"""Codes the next picture of a run, given its motion field."""


def _code_gray(session: LumaSession, picture: Picture, field: I16Array | None) -> None:
    session.code(picture.luma, (picture.luma.shape[0], picture.luma.shape[1]), field)


def _code_chroma(session: ChromaSession, picture: Picture, field: I16Array | None) -> None:
    session.code(picture.luma, picture.chroma_planes(), field)


def _bytes_of_runs(
    runs: Sequence[Sequence[T]], bytes_so_far: Callable[[Sequence[T]], Iterator[int]], segment_frames: Fraction
) -> Fraction:
    """Estimate the bytes of one segment per run, summed over the runs.

    The adaptive tables are kept from run to run, because one run is too short for them to adapt as far as in a segment.

    Args:
        runs: the runs of consecutive frames.
        bytes_so_far: codes a run, and yields after each frame the bytes of all frames so far, including earlier runs.
        segment_frames: the length of a segment.
    """
    total, before = Fraction(0), 0
    for run in runs:
        sizes = [later - earlier for earlier, later in itertools.pairwise((before, *bytes_so_far(run)))]
        before += sum(sizes)
        total += segment_bytes(sizes[0], sizes[1:], segment_frames)
    return total
