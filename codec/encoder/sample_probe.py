"""What gray and lossless chroma would cost in each way, found on a few frames."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TypeVar

from codec.encoder.plan import frame_rate_of
from codec.lossless.coder import ChromaCoder, LumaCoder
from codec.lossless.known import I16Array
from codec.lossless.motion import MotionCompensation
from codec.lossless.motion_code import MotionEncoder
from codec.lossless.motion_search import MotionSearch
from codec.lossless.predictor_weights import PredictorWeights
from codec.lossless.stacked import CHROMA_CODECS, StackedChroma
from codec.lossless.symbols import SymbolEncoder
from codec.plane_codecs import PlaneCodecSpec, probed_bytes, probed_whole_bytes, segment_bytes
from codec.video.info import VideoInfo
from codec.video.picture import Picture
from codec.video.pixel_formats import planar_twin

_MIN_FRAMES, _MAX_FRAMES = 4, 10
_RUN_PIXELS = 2**20  # so that a probe of a large video takes seconds, too
_CODEC_SHARE = Fraction(985, 1000)
"""Codecs, which go on learning in a whole segment, look larger in short runs than they are, beside networks."""

T = TypeVar("T")


class PlaneProbe:
    """Estimates, all on the same frames: of each, bytes of segments that go on as the runs do.

    Args:
        info: of the video.
        runs: of consecutive pictures, spread over the video; only the first pictures of each are looked at.
    """

    def __init__(self, info: VideoInfo, runs: Sequence[Sequence[Picture]]) -> None:
        self._info = info
        num_frames = max(_MIN_FRAMES, min(_MAX_FRAMES, _RUN_PIXELS // (info.width * info.height)))
        self._runs = [run[:num_frames] for run in runs]
        self._lumas = [[picture.luma for picture in run] for run in self._runs]
        self._rate = frame_rate_of(info)
        self._estimates: dict[Hashable, Fraction] = {}

    @cached_property
    def motion_bytes(self) -> Fraction:
        """Of the motion, which gray and chroma share."""
        motion = MotionEncoder()

        def size_after(field: I16Array | None) -> int:
            if field is not None:
                motion.add(field)
            return motion.num_bytes

        return _bytes_of_runs(self._fields, lambda run: map(size_after, run))

    def gray_network_bytes(self, weights: PredictorWeights) -> Fraction:
        """Of the gray by a network, without the motion."""
        return self._once(weights, lambda: self._network_bytes(LumaCoder(weights), 1))

    def chroma_network_bytes(self, coder: ChromaCoder) -> Fraction:
        """Of the chroma by a network, without the motion."""
        return self._once(coder, lambda: self._network_bytes(coder, 2))

    def gray_codec_bytes(self, spec: PlaneCodecSpec) -> Fraction:
        """Of the gray by a video codec."""
        return self._once(spec, lambda: _CODEC_SHARE * probed_bytes(spec, self._lumas, self._rate))

    @cached_property
    def smallest_chroma(self) -> tuple[Fraction, StackedChroma]:
        """Of the chroma by the video codec that makes it the smallest."""
        info = self._info
        ways = [StackedChroma.of(name, info.pixel_format, info.width, info.height) for name in CHROMA_CODECS]
        sizes = ((_CODEC_SHARE * way.probed_bytes(self._runs, self._rate), way) for way in ways)
        return min(sizes, key=lambda pair: pair[0])

    def smallest_joint(self, specs: Sequence[PlaneCodecSpec]) -> tuple[Fraction, PlaneCodecSpec]:
        """Of gray and chroma in one picture, by the codec that makes them the smallest.

        Args:
            specs: codecs of whole pictures; at least one.

        Raises:
            InputError: one of them takes no such pictures.
        """
        form = planar_twin(self._info.pixel_format)
        sizes = ((_CODEC_SHARE * probed_whole_bytes(spec, self._runs, form, self._rate), spec) for spec in specs)
        return min(sizes, key=lambda pair: pair[0])

    @cached_property
    def _fields(self) -> list[list[I16Array | None]]:
        """The motion to each frame of each run; None for the first."""
        search = MotionSearch(MotionCompensation())
        return [
            [None, *(search(later, earlier) for earlier, later in itertools.pairwise(lumas))] for lumas in self._lumas
        ]

    def _network_bytes(self, coder: LumaCoder | ChromaCoder, kinds: int) -> Fraction:
        symbols = SymbolEncoder(kinds)

        def sizes(run: Sequence[tuple[Picture, I16Array | None]]) -> Iterator[int]:
            code = _coding_of_run(coder, symbols)
            for picture, field in run:
                code(picture, field)
                yield symbols.num_bytes

        pictures = [list(zip(run, fields, strict=True)) for run, fields in zip(self._runs, self._fields, strict=True)]
        return _bytes_of_runs(pictures, sizes)

    def _once(self, key: Hashable, estimate: Callable[[], Fraction]) -> Fraction:
        if key not in self._estimates:
            self._estimates[key] = estimate()
        return self._estimates[key]


def _coding_of_run(
    coder: LumaCoder | ChromaCoder, symbols: SymbolEncoder
) -> Callable[[Picture, I16Array | None], object]:
    """What codes the pictures of a run, one after another, each with the motion to it."""
    if isinstance(coder, LumaCoder):
        gray_history = coder.begin()
        return lambda picture, field: coder.code(
            gray_history, picture.luma, (picture.luma.shape[0], picture.luma.shape[1]), field, symbols
        )
    history = coder.begin()
    return lambda picture, field: coder.code(history, picture.luma, picture.chroma_planes(), field, symbols)


def _bytes_of_runs(runs: Sequence[Sequence[T]], bytes_so_far: Callable[[Sequence[T]], Iterator[int]]) -> Fraction:
    """Bytes of segments that go on as these runs do.

    Tables learn from run to run, since a run alone is too short for them to get where those of a segment are.

    Args:
        runs: of consecutive frames.
        bytes_so_far: codes a run; gives the bytes of this run and those before it, after each frame.
    """
    total, before = Fraction(0), 0
    for run in runs:
        sizes = [later - earlier for earlier, later in itertools.pairwise((before, *bytes_so_far(run)))]
        before += sum(sizes)
        total += segment_bytes(sizes[0], sizes[1:])
    return total
