"""Choice of the codec of the alpha: the smallest on the runs of the gray."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from codec.encoder.choices.candidate import Candidate, smallest
from codec.encoder.survey import frame_rate_of
from codec.encoder.tracks.alpha import AlphaTrack
from codec.plane_codecs import PlaneCodecSpec, plane_parameters, tried_codecs
from codec.plane_codecs.probe import probed_bytes
from codec.video.info import VideoInfo
from codec.video.picture import Picture

_FLAT = PlaneCodecSpec.parse("zstd:level=19")
"""Masks are often flat, which suits general compression."""


def choose_alpha(
    info: VideoInfo, runs: Sequence[Sequence[Picture]], segment_frames: Fraction, *, playable: bool = False
) -> AlphaTrack | None:
    """The track of the alpha; None for video without alpha.

    Args:
        info: of the video.
        runs: each a few consecutive pictures.
        segment_frames: the mean length of the video's segments.
        playable: leave out codecs that browsers do not decode.
    """
    if not info.pixel_format.has_alpha:
        return None
    depth = info.pixel_format.depth
    alphas = [[Picture(picture.alpha) for picture in run if picture.alpha is not None] for run in runs]
    candidates = []
    for spec in dict.fromkeys((_FLAT, *tried_codecs(depth, playable=playable))):
        track = AlphaTrack(spec, plane_parameters(spec, info.width, info.height, depth))
        num_bytes = probed_bytes(spec, track.parameters, alphas, frame_rate_of(info), segment_frames)
        candidates.append(Candidate(track, num_bytes))
    return smallest(candidates).track
