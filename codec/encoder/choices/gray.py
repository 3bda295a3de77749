"""Choice of the gray's track in modes where the choice does not depend on the track of the color."""

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
    """The gray's track, and the network to send for it.

    Attributes:
        track: carries the gray.
        networks: the record of the predictor if it was trained on the video; otherwise empty.
    """

    track: LumaTrack
    networks: tuple[NetworkRecord, ...] = ()


def check_luma(luma: PlaneCodecSpec, info: VideoInfo) -> None:
    """Check that a codec accepts gray planes of the video's size, by opening an encoder.

    Raises:
        InputError: the codec does not accept them.
    """
    for spec in tried_codecs() if luma.is_auto else (luma,):
        parameters = plane_parameters(spec, info.width, info.height)
        if not spec.is_network:
            open_plane_encoder(spec, parameters, frame_rate_of(info))


def runs_for_gray(survey: Survey, luma: PlaneCodecSpec) -> tuple[range, ...]:
    """The runs on which the gray's codec is chosen; empty if the options name the codec."""
    return _runs_for_gray(survey) if luma.is_auto else ()


def codec_luma(spec: PlaneCodecSpec, info: VideoInfo) -> VideoCodecLuma:
    """The track that carries the gray through this plane codec."""
    return VideoCodecLuma(spec, plane_parameters(spec, info.width, info.height))


def gray_by_codec(probe: PlaneProbe, info: VideoInfo) -> Candidate[VideoCodecLuma]:
    """The candidate with the lossless plane codec that makes the gray smallest on the probe."""
    return smallest(probe.candidate(codec_luma(spec, info)) for spec in tried_codecs())


def choose_gray(
    luma: PlaneCodecSpec, preparation: Preparation, training: PredictorTraining | None = None
) -> ChosenGray:
    """Make the track that the option names, or the smallest one on the probe.

    Args:
        luma: the option ``--luma``.
        preparation: the survey and the gathered frames. It must have runs if the codec is chosen on the probe or a
            predictor is trained.
        training: how the gray's predictor is trained, if the option names it; None takes the shipped predictor.
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
