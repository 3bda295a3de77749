"""Choice of the gray's track in modes where the choice does not depend on the track of the color."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace

from codec.encoder.choices.candidate import Candidate, smallest
from codec.encoder.choices.plane_probe import CLEARLY, PlaneProbe, first_look, frames_with_predictors
from codec.encoder.choices.sample_scale import gray_scale
from codec.encoder.modes.preparation import Preparation
from codec.encoder.survey import frame_rate_of
from codec.encoder.tracks.luma import LumaTrack, PredictedLuma, VideoCodecLuma
from codec.lossless.parameters import EIGHT_BITS, SampleScale, Speed
from codec.lossless.predictor_weights import LUMA_PREDICTOR, predictor_weights
from codec.lossless.sessions import adaptive_is_fast, adaptive_number
from codec.plane_codecs import LUMA_ADAPTIVE, PlaneCodecSpec, open_plane_encoder, plane_parameters, tried_codecs
from codec.video.info import VideoInfo
from container_format.records import LUMA_NETWORK


def check_luma(luma: PlaneCodecSpec, info: VideoInfo, *, playable: bool = False) -> None:
    """Check that a codec accepts gray planes of the video's size, by opening an encoder.

    Raises:
        InputError: the codec does not accept them.
    """
    depth = info.pixel_format.depth
    for spec in tried_codecs(depth, playable=playable) if luma.is_auto else (luma,):
        parameters = plane_parameters(spec, info.width, info.height, depth)
        if not spec.is_predicted:
            open_plane_encoder(spec, parameters, frame_rate_of(info))


def codec_luma(spec: PlaneCodecSpec, info: VideoInfo) -> VideoCodecLuma:
    """The track that carries the gray through this plane codec."""
    return VideoCodecLuma(spec, plane_parameters(spec, info.width, info.height, info.pixel_format.depth))


def gray_by_codec(probe: PlaneProbe, info: VideoInfo, *, playable: bool = False) -> Candidate[VideoCodecLuma]:
    """The candidate with the lossless plane codec that makes the gray smallest on the probe."""
    specs = tried_codecs(info.pixel_format.depth, playable=playable)
    return smallest(probe.candidate(codec_luma(spec, info)) for spec in specs)


def choose_gray(
    luma: PlaneCodecSpec,
    preparation: Preparation,
    *,
    tries_network: bool = False,
    max_error: int = 0,
    speed: Speed = Speed.STANDARD,
) -> LumaTrack:
    """The track that the option ``luma`` names, or the smallest on the gray's runs.

    Args:
        luma: the option.
        preparation: of the video.
        tries_network: a predictor is tried, too, which is slow.
        max_error: how far a sample may be off, in code values; then ``auto`` is the predictor, which alone can do it.
        speed: of adaptive planes.
    """
    info, runs = preparation.info, preparation.gathered.gray_runs
    segment_frames = preparation.survey.mean_segment_frames
    adaptive = functools.partial(adaptive_luma, speed=speed)
    if max_error and (luma.is_auto or luma.is_network):
        return shipped_luma(info, _scale(preparation, shipped_luma), max_error)
    if luma.is_predicted:
        predicted = adaptive if luma.is_adaptive else shipped_luma
        return predicted(info, _scale(preparation, predicted))
    if not luma.is_auto:
        return codec_luma(luma, info)
    if not tries_network:
        return gray_by_codec(PlaneProbe(info, runs, segment_frames), info, playable=preparation.playable).track
    predicted = adaptive if adaptive_is_fast() else shipped_luma
    track = predicted(info, _scale(preparation, predicted))
    probed = [run[: frames_with_predictors(info)] for run in runs]
    first = PlaneProbe(info, first_look(probed), segment_frames)
    by_predictor, by_codec = _grays(first, track, preparation)
    is_enough = speed is Speed.SWIFT or by_predictor.num_bytes <= CLEARLY * by_codec.num_bytes
    if not is_enough:
        by_predictor, by_codec = _grays(PlaneProbe(info, probed, segment_frames), track, preparation)
    return track if by_predictor.num_bytes < by_codec.num_bytes else by_codec.track


def _grays(
    probe: PlaneProbe, track: PredictedLuma, preparation: Preparation
) -> tuple[Candidate[PredictedLuma], Candidate[VideoCodecLuma]]:
    """The candidate of a predictor, with its motion, and the smallest one of codecs."""
    info, playable = preparation.info, preparation.playable
    specs = tried_codecs(info.pixel_format.depth, playable=playable)
    probe.estimate([track, *(codec_luma(spec, info) for spec in specs)])
    by_predictor = Candidate(track, probe.candidate(track).num_bytes + probe.motion_bytes)
    return by_predictor, gray_by_codec(probe, info, playable=playable)


def _scale(preparation: Preparation, predicted: Callable[[VideoInfo, SampleScale], PredictedLuma]) -> SampleScale:
    info, runs = preparation.info, preparation.gathered.gray_runs
    return gray_scale(info, runs, preparation.survey.mean_segment_frames, lambda scale: predicted(info, scale))


def adaptive_luma(info: VideoInfo, scale: SampleScale, *, speed: Speed) -> PredictedLuma:
    """The track of adaptive planes, for samples of this scale."""
    parameters = plane_parameters(PlaneCodecSpec(LUMA_ADAPTIVE), info.width, info.height, info.pixel_format.depth)
    return PredictedLuma(adaptive_number(speed), None, parameters, scale)


def shipped_luma(info: VideoInfo, scale: SampleScale = EIGHT_BITS, max_error: int = 0) -> PredictedLuma:
    """The track of the predictor that gvc ships, for samples of this scale that may be off by ``max_error``."""
    parameters = plane_parameters(PlaneCodecSpec(LUMA_NETWORK), info.width, info.height, info.pixel_format.depth)
    parameters = replace(parameters, is_lossless=max_error == 0)
    return PredictedLuma(LUMA_PREDICTOR, predictor_weights(LUMA_PREDICTOR), parameters, scale, max_error)
