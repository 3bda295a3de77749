"""How gray and lossless chroma are coded beside each other, and the networks that tell their samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from codec.encoder.sample_probe import PlaneProbe
from codec.errors import InputError
from codec.lossless.coder import ChromaCoder, LumaCoder, SegmentEncoder
from codec.lossless.motion import MotionCompensation
from codec.lossless.motion_search import MotionSearch
from codec.lossless.parameters import PredictionParameters
from codec.lossless.predictor_weights import (
    LUMA_PREDICTOR,
    PredictorWeights,
    chroma_predictor,
    pack_predictor,
    predictor_weights,
)
from codec.lossless.stacked import StackedChroma
from codec.options import CHROMA_AUTO, CHROMA_JOINT, CHROMA_NETWORK, EncodeOptions
from codec.plane_codecs import (
    LUMA_AUTO,
    LUMA_CANDIDATES,
    WHOLE_PICTURE_CODECS,
    PlaneCodecSpec,
    PlaneParameters,
    plane_parameters,
    whole_picture_parameters,
)
from codec.progress import Progress
from codec.training.plane_runs import add_chroma_run, add_luma_run
from codec.training.plane_samples import PlaneSamples
from codec.video.info import VideoInfo
from codec.video.picture import Picture
from codec.video.pixel_formats import planar_twin
from container_format import NetworkRecord
from container_format.chunks import pack_chunk
from container_format.records import LUMA_NETWORK

_MEASURED_BATCHES = 8
_TIE = Fraction(995, 1000)
"""One picture, which decodes many times as fast, is taken unless two ways are smaller by more than this."""
_JOINT_CODECS = [PlaneCodecSpec.parse(codec) for codec in ("x264:preset=veryslow", "ffv1")]


@dataclass(frozen=True)
class SampleCoders:
    """Coders of a video's planes.

    Attributes:
        gray: how the gray is coded.
        gray_parameters: for its decoder; with the pixel format of whole pictures if the chroma is in them.
        parameters: what the receiver must know; None if no plane is coded sample by sample.
        luma, chroma: None if these planes are sent in another way.
        hints: the other way of lossless chroma; None if it is coded sample by sample, or not lossless.
        networks: what was trained on this video and pays for its bytes.
        search: finds motion.
    """

    gray: PlaneCodecSpec
    gray_parameters: PlaneParameters
    parameters: PredictionParameters | None = None
    luma: LumaCoder | None = None
    chroma: ChromaCoder | None = None
    hints: StackedChroma | None = None
    networks: tuple[NetworkRecord, ...] = ()
    search: MotionSearch = field(default_factory=lambda: MotionSearch(MotionCompensation()))

    @property
    def chroma_codec(self) -> str | None:
        """What the chroma goes through, as ``--chroma`` takes it; None if it is not lossless."""
        if self.gray_parameters.pixel_format is not None:
            return CHROMA_JOINT
        if self.hints is not None:
            return self.hints.codec.codec
        return CHROMA_NETWORK if self.chroma is not None else None

    def begin(self) -> SegmentEncoder:
        """For a new segment."""
        return SegmentEncoder(self.search, self.luma, self.chroma)


def make_sample_coders(
    info: VideoInfo,
    luma: PlaneCodecSpec,
    runs: Sequence[Sequence[Picture]],
    options: EncodeOptions,
    progress: Progress,
    *,
    has_chroma: bool,
    num_frames: int,
) -> SampleCoders:
    """The smallest way that the options leave open, with networks trained on the video where that pays.

    Args:
        info: of the video.
        luma: how the gray is coded; ``auto`` takes the smallest way.
        runs: of consecutive pictures; needed where a way is to be chosen, or a network to be trained.
        options: the sender's choices.
        progress: is told the training.
        has_chroma: the chroma is to be lossless, or to keep within ``options.max_error``.
        num_frames: of the video.

    Raises:
        InputError: the gray is not lossless, and the chroma is to be.
        TrainingError: the training failed.
    """
    if has_chroma and luma.codec != LUMA_AUTO and not plane_parameters(luma, info.width, info.height).is_lossless:
        raise InputError(f"expected a lossless --luma with --color lossless. Received: {luma}")
    trainer = _Trainer(info, runs, options, progress, num_frames)
    probe = PlaneProbe(info, runs)
    joint = _smallest_joint(probe, info, luma, options) if has_chroma else None
    if joint is not None and options.chroma == CHROMA_JOINT:
        return _in_one_picture(info, joint[1])
    untrained = None
    if has_chroma and options.chroma in (CHROMA_AUTO, CHROMA_NETWORK):
        number = chroma_predictor(info.pixel_format)
        untrained = ChromaCoder(predictor_weights(number), info.pixel_format, options.max_error)
    if luma.codec == LUMA_AUTO:
        luma = _smaller_gray(probe, untrained, options)
    gray = trainer.network(LUMA_PREDICTOR) if luma.codec == LUMA_NETWORK else None
    color, chroma, hints = None, None, None
    if untrained is not None:
        color = trainer.network(chroma_predictor(info.pixel_format))
        chroma = ChromaCoder(color.weights, info.pixel_format, options.max_error) if color.record else untrained
    elif has_chroma:
        hints = StackedChroma.of(options.chroma, info.pixel_format, info.width, info.height)
    if chroma is not None and options.chroma == CHROMA_AUTO:
        chroma_bytes, hints = _smaller_chroma(probe, chroma, pays_motion=gray is None)
        if joint is not None and joint[0] * _TIE < _gray_bytes(probe, luma, gray) + chroma_bytes:
            return _in_one_picture(info, joint[1])
        color, chroma = (None, None) if hints else (color, chroma)
    parameters = PredictionParameters(
        options.max_error if color else 0, gray.number if gray else 0, color.number if color else 0
    )
    return SampleCoders(
        gray=luma,
        gray_parameters=plane_parameters(luma, info.width, info.height),
        parameters=parameters if gray or color else None,
        luma=LumaCoder(gray.weights) if gray else None,
        chroma=chroma,
        hints=hints,
        networks=tuple(network.record for network in (gray, color) if network and network.record),
    )


def _smaller_gray(probe: PlaneProbe, chroma: ChromaCoder | None, options: EncodeOptions) -> PlaneCodecSpec:
    """The network or a video codec, whichever makes gray, chroma and motion together the smallest.

    Args:
        probe: of the video.
        chroma: with the network that comes with gvc; None if the chroma is sent in another way in any case.
        options: the sender's choices.
    """
    codec = min(LUMA_CANDIDATES, key=probe.gray_codec_bytes)
    by_network = probe.gray_network_bytes(predictor_weights(LUMA_PREDICTOR)) + probe.motion_bytes
    by_codec = probe.gray_codec_bytes(codec)
    if chroma is not None and options.chroma == CHROMA_NETWORK:
        by_codec += probe.motion_bytes
    elif chroma is not None:
        by_network += _smaller_chroma(probe, chroma, pays_motion=False)[0]
        by_codec += _smaller_chroma(probe, chroma, pays_motion=True)[0]
    return PlaneCodecSpec(LUMA_NETWORK) if by_network < by_codec else codec


def _gray_bytes(probe: PlaneProbe, luma: PlaneCodecSpec, network: _Network | None) -> Fraction:
    """What the gray costs, with the motion if it needs that."""
    if network is None:
        return probe.gray_codec_bytes(luma)
    return probe.gray_network_bytes(network.weights) + probe.motion_bytes


def _smaller_chroma(
    probe: PlaneProbe, coder: ChromaCoder, *, pays_motion: bool
) -> tuple[Fraction, StackedChroma | None]:
    """Bytes of the chroma in the smaller way; the video codec if that is it, None for the network."""
    network_bytes = probe.chroma_network_bytes(coder) + (probe.motion_bytes if pays_motion else 0)
    codec_bytes, codec = probe.smallest_chroma
    return (codec_bytes, codec) if codec_bytes < network_bytes else (network_bytes, None)


def _smallest_joint(
    probe: PlaneProbe, info: VideoInfo, luma: PlaneCodecSpec, options: EncodeOptions
) -> tuple[Fraction, PlaneCodecSpec] | None:
    """Bytes of gray and chroma in one picture, and the codec; None if that is not possible, or not wanted.

    Raises:
        InputError: it is wanted, and not possible.
    """
    if options.chroma not in (CHROMA_AUTO, CHROMA_JOINT):
        return None
    form = planar_twin(info.pixel_format).name
    specs = _JOINT_CODECS if luma.codec == LUMA_AUTO else [luma]
    specs = [spec for spec in specs if form in WHOLE_PICTURE_CODECS.get(spec.codec, ())]
    if specs:
        return probe.smallest_joint(specs)
    if options.chroma == CHROMA_AUTO:
        return None
    raise InputError(
        "expected YUV video with --chroma joint, and a --luma that codes it in one picture, "
        f"one of {', '.join(WHOLE_PICTURE_CODECS)}. Received: {info.pixel_format.name}, {luma}"
    )


def _in_one_picture(info: VideoInfo, codec: PlaneCodecSpec) -> SampleCoders:
    """No plane is coded sample by sample."""
    parameters = whole_picture_parameters(codec, info.width, info.height, planar_twin(info.pixel_format))
    return SampleCoders(codec, parameters)


@dataclass(frozen=True)
class _Network:
    """Weights under their number; the record is None if they come with gvc."""

    number: int
    weights: PredictorWeights
    record: NetworkRecord | None


class _Trainer:
    """Trains the networks of one video."""

    def __init__(
        self,
        info: VideoInfo,
        runs: Sequence[Sequence[Picture]],
        options: EncodeOptions,
        progress: Progress,
        num_frames: int,
    ) -> None:
        self._info = info
        self._runs = runs
        self._options = options
        self._progress = progress
        self._num_frames = num_frames

    def network(self, number: int) -> _Network:
        """The network of that number, trained on the video if that makes the file smaller."""
        base, training = predictor_weights(number), self._options.predictor_training
        if training is None or not any(len(run) > 1 for run in self._runs):
            return _Network(number, base, None)
        # These import Keras, which takes seconds: only where a network is trained.
        from codec.backend import device_name
        from codec.training.predictor import bits_a_square, train_predictor

        samples = self._samples(number)
        num_squares = self._num_squares(number)
        self._progress.start(f"training on {device_name()}", training.steps, "steps")

        def show(done: float, loss: float) -> None:
            self._progress.advance(round(done * training.steps), f"{loss / 4:.2f} bits a sample")

        trained = train_predictor(base.shape, samples, training, base=base, num_squares=num_squares, show=show)
        record = pack_predictor(trained, number)
        before, after = (bits_a_square(weights, samples, num_batches=_MEASURED_BATCHES) for weights in (base, trained))
        if (before - after) * num_squares <= 8 * len(pack_chunk(record)):
            return _Network(number, base, None)
        return _Network(number, trained, record)

    def _samples(self, number: int) -> PlaneSamples:
        training = self._options.training
        samples = PlaneSamples(max_bytes=training.max_sample_bytes, seed=training.seed)
        for run in self._runs:
            if number == LUMA_PREDICTOR:
                add_luma_run(samples, run)
            else:
                add_chroma_run(samples, run, self._info.pixel_format)
        return samples

    def _num_squares(self, number: int) -> int:
        width, height = self._info.width, self._info.height
        rows, columns = (
            (height, width) if number == LUMA_PREDICTOR else self._info.pixel_format.chroma_shape(width, height)
        )
        return self._num_frames * -(-rows // 2) * -(-columns // 2)
