"""Choice of the units in which predictors count the samples of deep video, on the middle of a few frames.

Predictors were trained on video of 8 bits, whose noise is about a code value. So the units should be about as large as
the noise of the video; which are best is tried.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from codec.encoder.choices.candidate import Candidate, smallest
from codec.encoder.choices.plane_probe import PlaneProbe
from codec.encoder.tracks.color import PredictedChroma
from codec.encoder.tracks.luma import PredictedLuma
from codec.lossless.parameters import EIGHT_BITS, SampleScale, unit_choices
from codec.video.info import VideoInfo
from codec.video.picture import Picture, PlaneArray

_TRIED_FRAMES, _TRIED_SIDE, _ALIGNMENT = 4, 256, 16
_BELOW, _ABOVE = 1, 2  # the units tried beside those that the noise suggests


def gray_scale(
    info: VideoInfo,
    runs: Sequence[Sequence[Picture]],
    segment_frames: Fraction,
    track: Callable[[SampleScale], PredictedLuma],
) -> SampleScale:
    """The scale of the gray.

    Args:
        info: of the video.
        runs: each a few consecutive pictures.
        segment_frames: the mean length of the video's segments.
        track: the predicted gray of a scale.
    """
    depth = info.pixel_format.depth
    if depth == EIGHT_BITS.depth:
        return EIGHT_BITS
    few = _few(info, runs)
    if not few:
        return SampleScale(depth, depth - EIGHT_BITS.depth)
    lumas = [picture.luma for run in runs for picture in run]
    origin, highest = min(int(luma.min()) for luma in lumas), max(int(luma.max()) for luma in lumas)
    probe, middle = PlaneProbe(info, few, segment_frames), _noise_bits([picture.luma for picture in few[len(few) // 2]])
    candidates = []
    for bits in unit_choices(depth):
        if middle - _BELOW <= bits <= middle + _ABOVE:
            scale = SampleScale(depth, bits)
            if highest << 2 >> bits > scale.most:  # a predictor does not see the whole range without an origin
                scale = replace(scale, origin=origin)
            candidates.append(Candidate(scale, probe.candidate(track(scale)).num_bytes))
    return smallest(candidates).track if candidates else SampleScale(depth, unit_choices(depth)[-1])


def chroma_scale(
    info: VideoInfo,
    runs: Sequence[Sequence[Picture]],
    segment_frames: Fraction,
    gray: SampleScale,
    track: Callable[[SampleScale], PredictedChroma],
) -> SampleScale:
    """The scale of the chroma, of which the units may differ from those of the gray.

    Args:
        info: of the video.
        runs: each a few consecutive pictures.
        segment_frames: the mean length of the video's segments.
        gray: the scale of the gray.
        track: the predicted chroma of a scale.
    """
    few = _few(info, runs)
    if gray == EIGHT_BITS or not few:
        return gray
    probe = PlaneProbe(info, few, segment_frames)
    # Chroma is smoother than gray, mostly.
    scales = [replace(gray, unit_bits=bits) for bits in unit_choices(gray.depth) if bits <= gray.unit_bits + 1]
    return smallest(Candidate(scale, probe.candidate(track(scale)).num_bytes) for scale in scales).track


def _few(info: VideoInfo, runs: Sequence[Sequence[Picture]]) -> list[list[Picture]]:
    """The middle of the first pictures of the first run, the one in the middle and the last."""
    sizable = [run for run in runs if run]
    places = sorted({0, len(sizable) // 2, len(sizable) - 1}) if sizable else []
    return [[_middle_of(picture, info) for picture in sizable[place][:_TRIED_FRAMES]] for place in places]


def _middle_of(picture: Picture, info: VideoInfo) -> Picture:
    own, height, width = info.pixel_format, *picture.luma.shape
    top, left = (max(0, side - _TRIED_SIDE) // 2 // _ALIGNMENT * _ALIGNMENT for side in (height, width))
    luma = picture.luma[top : top + _TRIED_SIDE, left : left + _TRIED_SIDE]
    if picture.chroma is None:
        return Picture(luma)
    rows, columns = own.chroma_shape(luma.shape[1], luma.shape[0])
    down, across = top >> own.log2_chroma_h, left >> own.log2_chroma_w
    first, second = (plane[down : down + rows, across : across + columns] for plane in picture.chroma)
    return Picture(luma, (first, second))


def _noise_bits(planes: Sequence[PlaneArray]) -> int:
    """Log2 of the median difference of a sample to its neighbor, or to the picture before if that is smaller."""
    values = [plane.astype(np.int32) for plane in planes]
    levels = [float(np.median(np.abs(np.diff(plane, axis=1)))) for plane in values if plane.shape[1] > 1]
    levels += [float(np.median(np.abs(later - earlier))) for earlier, later in itertools.pairwise(values)]
    return max(0, round(math.log2(max(1.0, min(levels, default=1.0)))))
