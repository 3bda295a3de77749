"""Choice of the gray's track in modes where the choice does not depend on the track of the color."""

from __future__ import annotations

from codec.encoder.choices.candidate import Candidate, smallest
from codec.encoder.choices.plane_probe import PlaneProbe
from codec.encoder.modes.preparation import Preparation
from codec.encoder.survey import frame_rate_of
from codec.encoder.tracks.luma import LumaTrack, PredictedLuma, VideoCodecLuma
from codec.lossless.predictor_weights import LUMA_PREDICTOR, predictor_weights
from codec.plane_codecs import PlaneCodecSpec, open_plane_encoder, plane_parameters, tried_codecs
from codec.video.info import VideoInfo
from container_format.records import LUMA_NETWORK


def check_luma(luma: PlaneCodecSpec, info: VideoInfo) -> None:
    """Check that a codec accepts gray planes of the video's size, by opening an encoder.

    Raises:
        InputError: the codec does not accept them.
    """
    depth = info.pixel_format.depth
    for spec in tried_codecs(depth) if luma.is_auto else (luma,):
        parameters = plane_parameters(spec, info.width, info.height, depth)
        if not spec.is_network:
            open_plane_encoder(spec, parameters, frame_rate_of(info))


def codec_luma(spec: PlaneCodecSpec, info: VideoInfo) -> VideoCodecLuma:
    """The track that carries the gray through this plane codec."""
    return VideoCodecLuma(spec, plane_parameters(spec, info.width, info.height, info.pixel_format.depth))


def gray_by_codec(probe: PlaneProbe, info: VideoInfo) -> Candidate[VideoCodecLuma]:
    """The candidate with the lossless plane codec that makes the gray smallest on the probe."""
    return smallest(probe.candidate(codec_luma(spec, info)) for spec in tried_codecs(info.pixel_format.depth))


def choose_gray(luma: PlaneCodecSpec, preparation: Preparation) -> LumaTrack:
    """The track that the option ``luma`` names, or the smallest plane codec on the gray's runs."""
    info = preparation.info
    if luma.is_auto:
        return gray_by_codec(PlaneProbe(info, preparation.gathered.gray_runs), info).track
    return shipped_luma(info) if luma.is_network else codec_luma(luma, info)


def shipped_luma(info: VideoInfo) -> PredictedLuma:
    """The track of the predictor that gvc ships."""
    parameters = plane_parameters(PlaneCodecSpec(LUMA_NETWORK), info.width, info.height, info.pixel_format.depth)
    return PredictedLuma(LUMA_PREDICTOR, predictor_weights(LUMA_PREDICTOR), parameters)
