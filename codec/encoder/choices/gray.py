"""How the gray is carried where the color does not depend on it."""

from __future__ import annotations

from dataclasses import dataclass

from codec.encoder.choices.candidate import Candidate, smallest
from codec.encoder.choices.plane_probe import PlaneProbe
from codec.encoder.choices.predictor_training import PredictorTrainer
from codec.encoder.gather import GRAY_RUNS
from codec.encoder.gather import runs_for_gray as _runs_for_gray
from codec.encoder.modes.preparation import Preparation
from codec.encoder.survey import Survey, frame_rate_of
from codec.encoder.tracks.luma import LumaTrack, PredictedLuma, VideoCodecLuma
from codec.lossless.predictor_weights import LUMA_PREDICTOR
from codec.plane_codecs import PlaneCodecSpec, open_plane_encoder, plane_parameters, tried_codecs
from codec.training.options import PredictorTraining
from codec.video.info import VideoInfo
from container_format import NetworkRecord


@dataclass(frozen=True)
class ChosenGray:
    """The gray's track, and the network that goes with it, if one was trained.

    Attributes:
        track: carries the gray.
        networks: none, or the predictor's own weights.
    """

    track: LumaTrack
    networks: tuple[NetworkRecord, ...] = ()


def check_luma(luma: PlaneCodecSpec, info: VideoInfo) -> None:
    """Make sure that a codec takes pictures of this size, by opening it.

    Raises:
        InputError: it does not.
    """
    for spec in tried_codecs() if luma.is_auto else (luma,):
        parameters = plane_parameters(spec, info.width, info.height)
        if not spec.is_network:
            open_plane_encoder(spec, parameters, frame_rate_of(info))


def runs_for_gray(survey: Survey, luma: PlaneCodecSpec) -> tuple[range, ...]:
    """Runs on which the gray's codec is chosen; none if it was given."""
    return _runs_for_gray(survey) if luma.is_auto else ()


def codec_luma(spec: PlaneCodecSpec, info: VideoInfo) -> VideoCodecLuma:
    """The track of a plane codec."""
    return VideoCodecLuma(spec, plane_parameters(spec, info.width, info.height))


def gray_by_codec(probe: PlaneProbe, info: VideoInfo) -> Candidate[VideoCodecLuma]:
    """The lossless plane codec that makes the gray the smallest."""
    return smallest(probe.candidate(codec_luma(spec, info)) for spec in tried_codecs())


def choose_gray(
    luma: PlaneCodecSpec, preparation: Preparation, training: PredictorTraining | None = None
) -> ChosenGray:
    """The track that the option names, or the smallest on the probe.

    Args:
        luma: the option.
        preparation: with runs, if the codec is to be chosen or a predictor to be trained.
        training: of the gray's predictor, if the option names it; None takes the shipped one.
    """
    info, runs = preparation.info, preparation.gathered.runs
    if luma.is_auto:
        probe = PlaneProbe(info, runs[:: max(1, len(runs) // GRAY_RUNS)])
        return ChosenGray(gray_by_codec(probe, info).track)
    if not luma.is_network:
        return ChosenGray(codec_luma(luma, info))
    trainer = PredictorTrainer(info, runs, training, preparation.progress, num_frames=preparation.survey.num_frames)
    network = trainer.network(LUMA_PREDICTOR)
    track = PredictedLuma(network.number, network.weights, plane_parameters(luma, info.width, info.height))
    return ChosenGray(track, network.records)
