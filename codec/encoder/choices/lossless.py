"""Choice of the tracks of gray and chroma in the mode `lossless`: the smallest on a probe that the options allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from codec.encoder.choices.candidate import Candidate, smallest
from codec.encoder.choices.gray import adaptive_luma, codec_luma, gray_by_codec, shipped_luma
from codec.encoder.choices.plane_probe import CLEARLY, PlaneProbe, first_look, frames_with_predictors
from codec.encoder.choices.predictor_training import PredictorTrainer, VideoPredictor
from codec.encoder.choices.sample_scale import chroma_scale, gray_scale
from codec.encoder.modes.lossless import PREDICTED_CHROMA, Chroma, Lossless
from codec.encoder.modes.preparation import Preparation
from codec.encoder.recipe import ColorFacts, Prepared, Recipe
from codec.encoder.tracks.color import ColorTrack, InLuma, PredictedChroma, StackedChroma
from codec.encoder.tracks.luma import LumaTrack, PredictedLuma, WholePicture
from codec.errors import InputError
from codec.lossless.parameters import EIGHT_BITS, MAX_ERROR, MAX_GRAY_ERROR, SampleScale, Speed
from codec.lossless.predictor_weights import LUMA_PREDICTOR, chroma_predictor, predictor_weights
from codec.lossless.sessions import adaptive_is_fast, adaptive_number
from codec.lossless.stacked import CHROMA_CODECS, StackedParameters
from codec.plane_codecs import (
    PLANE_CODECS,
    WHOLE_PICTURE_CODECS,
    PlaneCodecSpec,
    tried_codecs,
    whole_picture_parameters,
)
from codec.video.color import ColorConversion
from codec.video.info import VideoInfo
from codec.video.picture import Picture
from codec.video.pixel_formats import without_alpha
from container_format import NetworkRecord
from container_format.records import LUMA_NETWORK

_TIE = Fraction(99, 100)  # docs/decisions/0012-choice-of-plane-codecs.md
"""Whole pictures decode many times as fast as predicted planes. So separate tracks for gray and chroma are taken only
if their bytes are at most this share of the bytes of whole pictures."""
_BESIDE_MIXTURES = Fraction(99, 100)
"""The same as ``CLEARLY`` where a codec makes gray or chroma alone: such a mixture differs less."""
_LITTLE = Fraction(1, 100)  # of the raw bytes; black takes 1/2600
_JOINT_CODECS = tuple(PlaneCodecSpec.parse(codec) for codec in ("x264:preset=veryslow", "ffv1"))
_LUMA_NETWORK = PlaneCodecSpec(LUMA_NETWORK)


@dataclass(frozen=True)
class Tracks:
    """The tracks of gray and chroma, and the networks to send for them.

    Attributes:
        luma: carries the gray.
        color: carries the chroma.
        networks: the records of the predictors that were trained on the video.
    """

    luma: LumaTrack
    color: ColorTrack
    networks: tuple[NetworkRecord, ...] = ()


def check_lossless(mode: Lossless, info: VideoInfo) -> None:
    """Check that the options suit the video's pixel format.

    Raises:
        InputError: whole pictures are asked for, but the pixel format or the codec does not allow them.
    """
    if mode.max_error > MAX_ERROR:
        raise InputError(
            f"expected --max-error from 0 to {MAX_ERROR} for video with color (to {MAX_GRAY_ERROR} for gray video of "
            f"more than 8 bits). Received: {mode.max_error}",
            option="--max-error",
        )
    if mode.chroma == Chroma.JOINT and not _joint_codecs(mode, info):
        raise InputError(
            "expected YUV video with --chroma joint, and a --luma that codes it in one picture, "
            f"one of {', '.join(WHOLE_PICTURE_CODECS)}. Received: {info.pixel_format.name}, {mode.luma}",
            option="--chroma",
        )


def prepare_lossless(mode: Lossless, preparation: Preparation) -> Prepared:
    """Choose the tracks, train their predictors, and make the recipe."""
    tracks = choose_tracks(mode, preparation)
    facts = ColorFacts(mode.color, max_error=mode.max_error, chroma=_chroma_name(tracks.color))
    recipe = Recipe.of(preparation, tracks.luma, tracks.color, networks=tracks.networks, facts=facts)
    is_exact = not isinstance(tracks.color, PredictedChroma) or not tracks.color.max_error
    measured = () if is_exact else preparation.survey.spread(mode.quality_frames)
    return Prepared(recipe, frozenset(measured))


def choose_tracks(mode: Lossless, preparation: Preparation) -> Tracks:
    """Choose the smallest tracks that the options allow.

    Predictors are trained after it is known which planes they may carry. The chroma's plane codec is compared with the
    trained predictor.

    Args:
        mode: the options of the mode.
        preparation: the survey and the gathered frames, with runs for the probe.

    Raises:
        TrainingError: a training failed.
    """
    return _Choice(mode, preparation).tracks()


class _Choice:
    """Chooses the tracks of one video. Estimates that are compared come from one probe on the same frames."""

    def __init__(self, mode: Lossless, preparation: Preparation) -> None:
        self._mode = mode
        self._info: VideoInfo = preparation.info
        self._conversion: ColorConversion = preparation.conversion
        self._gray_runs = preparation.gathered.gray_runs
        runs = preparation.gathered.color_runs
        self._is_playable = mode.shared.playable
        self._may_predict_chroma = mode.chroma in (Chroma.AUTO, *PREDICTED_CHROMA)
        is_adaptive = adaptive_is_fast() and not mode.wants_network
        self._has_adaptive_gray = mode.luma.is_adaptive or (is_adaptive and mode.luma.is_auto)
        self._has_adaptive_chroma = mode.chroma == Chroma.ADAPTIVE or (is_adaptive and mode.chroma == Chroma.AUTO)
        self._segment_frames = preparation.survey.mean_segment_frames
        self._probed_runs = [run[: frames_with_predictors(self._info)] for run in runs]
        self._probe = self._probe_of(first_look(self._probed_runs))
        # A track keeps its predictor on the backend, so equal tracks should be the same object.
        self._predicted_lumas: dict[PredictedLuma, PredictedLuma] = {}
        self._predicted_chromas: dict[PredictedChroma, PredictedChroma] = {}
        self._gray_scale, self._chroma_scale = self._scales(runs)
        self._trainer = PredictorTrainer(
            self._info,
            runs,
            mode.predictor_training() if self._gray_scale == EIGHT_BITS and mode.wants_network else None,
            preparation.progress,
            num_frames=preparation.survey.num_frames,
            place=preparation.place,
        )

    def _scales(self, runs: Sequence[Sequence[Picture]]) -> tuple[SampleScale, SampleScale]:
        """Those of gray and chroma; they are tried only if the options allow predictors."""
        info, mode = self._info, self._mode
        depth = info.pixel_format.depth
        if depth == EIGHT_BITS.depth or not (self._may_predict_chroma or mode.luma.is_predicted):
            return SampleScale(depth, depth - EIGHT_BITS.depth), SampleScale(depth, depth - EIGHT_BITS.depth)
        gray = gray_scale(info, runs, self._segment_frames, self._gray_of_scale)
        return gray, chroma_scale(info, runs, self._segment_frames, gray, self._chroma_of_scale)

    def tracks(self) -> Tracks:
        mode = self._mode
        if mode.luma.is_auto and mode.chroma == Chroma.AUTO and self._has_adaptive_gray and self._has_adaptive_chroma:
            if self._adaptive_is_clear():
                return Tracks(self._predicted_gray(None), self._predicted(None))
            self._look_longer(is_learning=self._is_learning())
            self._estimate_everything()
        else:
            self._look_longer()
        joint = self._smallest_joint()
        if joint is not None and mode.chroma == Chroma.JOINT:
            return Tracks(joint.track, InLuma())
        luma, gray_networks = self._gray()
        if not self._may_predict_chroma:
            return Tracks(luma, self._stacked(mode.chroma), gray_networks)
        predictor = None
        if not self._has_adaptive_chroma:
            predictor = self._trainer.network(chroma_predictor(self._info.pixel_format))
        records = () if predictor is None else predictor.records
        predicted = self._predicted(predictor)
        if mode.chroma in PREDICTED_CHROMA:
            return Tracks(luma, predicted, gray_networks + records)
        chroma = self._smallest_chroma(predicted, has_motion=luma.needs_motion)
        if joint is not None and joint.num_bytes * _TIE < self._with_motion(luma).num_bytes + chroma.num_bytes:
            return Tracks(joint.track, InLuma())
        chroma_networks = records if chroma.track is predicted else ()
        return Tracks(luma, chroma.track, gray_networks + chroma_networks)

    def _look_longer(self, *, is_learning: bool = False) -> None:
        """All further estimates come from all frames of the probe, unless that takes longer than the video.

        Args:
            is_learning: a first look cannot tell, whatever the time.
        """
        if self._mode.speed is not Speed.SWIFT or is_learning:
            self._probe = self._probe_of(self._probed_runs)

    def _is_learning(self) -> bool:
        """Whether so little is left to code that most of it, in a few frames, is what is learned at first."""
        raw_bytes = self._info.raw_frame_bytes * self._segment_frames
        gray, chroma = (self._probe.candidate(track) for track in (self._predicted_gray(None), self._predicted(None)))
        return gray.num_bytes + chroma.num_bytes < _LITTLE * raw_bytes

    def _probe_of(self, runs: Sequence[Sequence[Picture]]) -> PlaneProbe:
        return PlaneProbe(self._info, runs, self._segment_frames)

    def _adaptive_is_clear(self) -> bool:
        """Whether adaptive planes are so much smaller than all else that a few frames are enough to know."""
        self._estimate_everything()
        gray = self._with_motion(self._predicted_gray(None)).num_bytes
        chroma = self._probe.candidate(self._predicted(None)).num_bytes
        codec_gray = gray_by_codec(self._probe, self._info, playable=self._is_playable).num_bytes
        codecs, mixtures = [], [codec_gray + chroma + self._probe.motion_bytes]
        stacked, joint = self._stacked_chroma(), self._smallest_joint()
        if stacked is not None:
            codecs.append(codec_gray + stacked.num_bytes)
            mixtures.append(gray + stacked.num_bytes)
        if joint is not None:
            codecs.append(joint.num_bytes)
        limits = *(CLEARLY * size for size in codecs), *(_BESIDE_MIXTURES * size for size in mixtures)
        return gray + chroma <= min(limits)

    def _estimate_everything(self) -> None:
        """Estimate all tracks that a choice between adaptive planes and codecs asks for, side by side."""
        adaptive = self._predicted_gray(None), self._predicted(None)
        specs = tried_codecs(self._info.pixel_format.depth, playable=self._is_playable)
        grays = [codec_luma(spec, self._info) for spec in specs]
        joints = map(self._whole_picture, _joint_codecs(self._mode, self._info))
        self._probe.estimate([*adaptive, *joints, *grays, *map(self._stacked, self._chroma_codecs())])

    def _gray(self) -> tuple[LumaTrack, tuple[NetworkRecord, ...]]:
        """The gray's track, and its network if it was trained."""
        luma = self._mode.luma
        if luma.is_auto:
            track = self._smallest_gray()
        else:
            track = self._predicted_gray(None) if luma.is_predicted else codec_luma(luma, self._info)
        if not isinstance(track, PredictedLuma) or self._has_adaptive_gray:
            return track, ()
        predictor = self._trainer.network(LUMA_PREDICTOR)
        return self._predicted_gray(predictor), predictor.records

    def _smallest_gray(self) -> LumaTrack:
        """The track that makes gray, chroma and motion together the smallest, with shipped predictors."""
        if not self._may_predict_chroma:
            # Chroma needs no motion here, and a motion search for the gray alone is slow.
            return gray_by_codec(self._probe_of(self._gray_runs), self._info, playable=self._is_playable).track
        by_codec = gray_by_codec(self._probe, self._info, playable=self._is_playable)
        predicted = self._predicted(None)
        totals: list[Candidate[LumaTrack]] = []
        for gray in (by_codec, self._with_motion(self._predicted_gray(None))):
            if self._mode.chroma in PREDICTED_CHROMA:
                chroma = self._chroma_by_predictor(predicted, has_motion=gray.track.needs_motion)
            else:
                chroma = self._smallest_chroma(predicted, has_motion=gray.track.needs_motion)
            totals.append(Candidate(gray.track, gray.num_bytes + chroma.num_bytes))
        return smallest(totals).track

    def _smallest_chroma(self, predicted: PredictedChroma, *, has_motion: bool) -> Candidate[ColorTrack]:
        """The smaller one of the predictor's track and the smallest track of stacked chroma.

        Args:
            predicted: the predictor's track.
            has_motion: whether the bytes of the motion are already counted with the gray.
        """
        candidates = [self._chroma_by_predictor(predicted, has_motion=has_motion)]
        by_codec = self._stacked_chroma()
        if by_codec is not None:
            candidates.append(Candidate(by_codec.track, by_codec.num_bytes))
        return smallest(candidates)

    def _stacked_chroma(self) -> Candidate[StackedChroma] | None:
        """The smallest chroma through a plane codec; None if there is none for such video."""
        candidates = [self._probe.candidate(self._stacked(codec)) for codec in self._chroma_codecs()]
        return smallest(candidates) if candidates else None

    def _chroma_codecs(self) -> list[str]:
        depth = self._info.pixel_format.depth
        codecs = [PLANE_CODECS[codec] for codec in CHROMA_CODECS if PLANE_CODECS[codec].depths[-1] >= depth]
        return [codec.name for codec in codecs if codec.plays_in_browsers or not self._is_playable]

    def _chroma_by_predictor(self, predicted: PredictedChroma, *, has_motion: bool) -> Candidate[ColorTrack]:
        motion_bytes = Fraction(0) if has_motion else self._probe.motion_bytes
        return Candidate(predicted, self._probe.candidate(predicted).num_bytes + motion_bytes)

    def _with_motion(self, luma: LumaTrack) -> Candidate[LumaTrack]:
        """The candidate for the gray; its bytes include those of the motion if the track needs it."""
        motion_bytes = self._probe.motion_bytes if luma.needs_motion else Fraction(0)
        return Candidate(luma, self._probe.candidate(luma).num_bytes + motion_bytes)

    def _smallest_joint(self) -> Candidate[WholePicture] | None:
        """The smallest whole pictures; None if the options allow none."""
        codecs = _joint_codecs(self._mode, self._info) if self._mode.chroma in (Chroma.AUTO, Chroma.JOINT) else ()
        return smallest(self._probe.candidate(self._whole_picture(codec)) for codec in codecs) if codecs else None

    def _whole_picture(self, codec: PlaneCodecSpec) -> WholePicture:
        info = self._info
        parameters = whole_picture_parameters(codec, info.width, info.height, without_alpha(info.pixel_format))
        return WholePicture(codec, parameters)

    def _stacked(self, codec: str) -> StackedChroma:
        info = self._info
        spec = PlaneCodecSpec(codec)
        return StackedChroma(spec, StackedParameters.of(spec, info.pixel_format, info.width, info.height))

    def _predicted_gray(self, predictor: VideoPredictor | None) -> PredictedLuma:
        """The track of predicted gray with the network of the video, or with what gvc ships if that is None."""
        track = self._gray_of_scale(self._gray_scale)
        if predictor is not None:
            track = replace(track, predictor=predictor.number, weights=predictor.weights)
        return self._predicted_lumas.setdefault(track, track)

    def _gray_of_scale(self, scale: SampleScale) -> PredictedLuma:
        if self._has_adaptive_gray:
            return adaptive_luma(self._info, scale, speed=self._mode.speed)
        return shipped_luma(self._info, scale)

    def _predicted(self, predictor: VideoPredictor | None) -> PredictedChroma:
        """The track of the chroma with the predictor of the video, or with the shipped one if that is None."""
        track = self._chroma_of_scale(self._chroma_scale)
        if predictor is not None:
            track = replace(track, weights=predictor.weights)
        return self._predicted_chromas.setdefault(track, track)

    def _chroma_of_scale(self, scale: SampleScale) -> PredictedChroma:
        if self._has_adaptive_chroma:
            return PredictedChroma(adaptive_number(self._mode.speed), None, self._conversion, 0, scale)
        number = chroma_predictor(self._info.pixel_format)
        return PredictedChroma(number, predictor_weights(number), self._conversion, self._mode.max_error, scale)


def _joint_codecs(mode: Lossless, info: VideoInfo) -> tuple[PlaneCodecSpec, ...]:
    """The codecs for whole pictures that the options allow."""
    form = without_alpha(info.pixel_format).name
    specs = _JOINT_CODECS if mode.luma.is_auto else (mode.luma,)
    taken = tuple(spec for spec in specs if form in WHOLE_PICTURE_CODECS.get(spec.codec, ()))
    if not mode.shared.playable:
        return taken
    return tuple(spec for spec in taken if PLANE_CODECS[spec.codec].plays_in_browsers)


def _chroma_name(color: ColorTrack) -> str:
    """The name of the chroma's track, as the option ``--chroma`` takes it."""
    if isinstance(color, InLuma):
        return Chroma.JOINT
    if isinstance(color, StackedChroma):
        return color.codec.codec
    return Chroma.ADAPTIVE if isinstance(color, PredictedChroma) and color.weights is None else Chroma.NETWORK
