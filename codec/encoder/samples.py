"""Planes that are coded sample by sample: which they are, and the networks that tell their samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codec.backend import device_name
from codec.encoder.sample_probe import smaller_chroma_codec
from codec.errors import InputError
from codec.hints.lossless import LosslessHints
from codec.lossless.coder import ChromaCoder, LumaCoder, SegmentEncoder
from codec.lossless.motion import MotionCompensation
from codec.lossless.motion_search import MotionSearch
from codec.lossless.parameters import PlanesParameters
from codec.luma import LumaSpec, luma_parameters
from codec.networks.predictor import (
    LUMA_PREDICTOR,
    PredictorWeights,
    chroma_predictor,
    pack_predictor,
    predictor_weights,
)
from codec.options import CHROMA_AUTO, CHROMA_NETWORK, EncodeOptions
from codec.progress import Progress
from codec.training.plane_runs import add_chroma_run, add_luma_run
from codec.training.plane_samples import PlaneSamples
from codec.training.predictor import bits_a_square, train_predictor
from codec.video.info import VideoInfo
from codec.video.picture import Picture
from container_format import NetworkRecord
from container_format.chunks import pack_chunk
from container_format.records import LUMA_NETWORK

_MEASURED_BATCHES = 8


@dataclass(frozen=True)
class SampleCoders:
    """Coders of a video's planes.

    Attributes:
        parameters: what the receiver must know; None if no plane is coded sample by sample.
        luma, chroma: None if these planes are sent in another way.
        hints: the other way of lossless chroma; None if it is coded sample by sample, or not lossless.
        networks: what was trained on this video and pays for its bytes.
        search: finds motion.
    """

    parameters: PlanesParameters | None
    luma: LumaCoder | None
    chroma: ChromaCoder | None
    hints: LosslessHints | None
    networks: tuple[NetworkRecord, ...]
    search: MotionSearch

    @property
    def chroma_codec(self) -> str | None:
        """What the chroma goes through, as ``--chroma`` takes it; None if it is not lossless."""
        if self.hints is not None:
            return self.hints.codec.codec
        return CHROMA_NETWORK if self.chroma is not None else None

    def begin(self) -> SegmentEncoder:
        """For a new segment."""
        return SegmentEncoder(self.search, self.luma, self.chroma)


def make_sample_coders(
    info: VideoInfo,
    luma: LumaSpec,
    runs: Sequence[Sequence[Picture]],
    options: EncodeOptions,
    progress: Progress,
    *,
    has_chroma: bool,
    num_frames: int,
) -> SampleCoders:
    """The coders of a video, with networks trained on it where that pays.

    Args:
        info: of the video.
        luma: how the gray is coded.
        runs: of consecutive pictures; without any, nothing is trained.
        options: the sender's choices.
        progress: is told the training.
        has_chroma: the chroma is coded sample by sample.
        num_frames: of the video.

    Raises:
        InputError: the gray is not lossless, and the chroma is to be.
        TrainingError: the training failed.
    """
    if has_chroma and not luma_parameters(luma, info.width, info.height).is_lossless:
        raise InputError(f"expected a lossless --luma with --color lossless. Received: {luma}")
    trainer = _Trainer(info, runs, options, progress, num_frames)
    gray = trainer.network(LUMA_PREDICTOR) if luma.codec == LUMA_NETWORK else None
    color, chroma, hints = None, None, None
    if has_chroma and options.chroma not in (CHROMA_AUTO, CHROMA_NETWORK):
        hints = LosslessHints.of(options.chroma, info.pixel_format, info.width, info.height)
    elif has_chroma:
        color = trainer.network(chroma_predictor(info.pixel_format))
        chroma = ChromaCoder(color.weights, info.pixel_format, options.max_error)
        if options.chroma == CHROMA_AUTO:
            hints = smaller_chroma_codec(chroma, info, runs, pays_motion=gray is None)
        if hints is not None:
            color, chroma = None, None
    parameters = PlanesParameters(
        options.max_error if color else 0, gray.number if gray else 0, color.number if color else 0
    )
    return SampleCoders(
        parameters if gray or color else None,
        LumaCoder(gray.weights) if gray else None,
        chroma,
        hints,
        tuple(network.record for network in (gray, color) if network and network.record),
        MotionSearch(MotionCompensation()),
    )


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
