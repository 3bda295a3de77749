"""Planes that are coded sample by sample: which they are, and whether the gray is one of them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from codec.backend import device_name
from codec.errors import InputError
from codec.lossless.coder import ChromaCoder, LumaCoder, SegmentEncoder
from codec.lossless.motion import MotionCompensation
from codec.lossless.motion_search import MotionSearch
from codec.lossless.parameters import PlanesParameters
from codec.lossless.symbols import SymbolEncoder
from codec.luma import LumaSpec, choose_luma, luma_parameters, probed_bytes, segment_bytes
from codec.networks.predictor import (
    LUMA_PREDICTOR,
    PredictorWeights,
    chroma_predictor,
    pack_predictor,
    predictor_weights,
)
from codec.options import EncodeOptions
from codec.progress import Progress
from codec.training.plane_runs import add_chroma_run, add_luma_run
from codec.training.plane_samples import PlaneSamples
from codec.training.predictor import bits_a_square, train_predictor
from codec.video.info import VideoInfo
from codec.video.picture import Picture, U8Array
from container_format import NetworkRecord
from container_format.chunks import pack_chunk
from container_format.records import LUMA_NETWORK

_MEASURED_BATCHES = 8


@dataclass(frozen=True)
class SampleCoders:
    """Coders of a video's planes.

    Attributes:
        parameters: what the receiver must know.
        luma, chroma: None if these planes are sent in another way.
        networks: what was trained on this video and pays for its bytes.
        search: finds motion.
    """

    parameters: PlanesParameters
    luma: LumaCoder | None
    chroma: ChromaCoder | None
    networks: tuple[NetworkRecord, ...]
    search: MotionSearch

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
    numbers = (
        LUMA_PREDICTOR if luma.codec == LUMA_NETWORK else 0,
        chroma_predictor(info.pixel_format) if has_chroma else 0,
    )
    trainer = _Trainer(info, runs, options, progress, num_frames)
    weights = {number: trainer.weights(number) for number in numbers if number}
    return SampleCoders(
        PlanesParameters(options.max_error if has_chroma else 0, *numbers),
        LumaCoder(weights[numbers[0]]) if numbers[0] else None,
        ChromaCoder(weights[numbers[1]], info.pixel_format, options.max_error) if numbers[1] else None,
        tuple(trainer.records),
        MotionSearch(MotionCompensation()),
    )


class _Trainer:
    """Trains the networks of one video.

    Attributes:
        records: networks that pay, so far.
    """

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
        self.records: list[NetworkRecord] = []

    def weights(self, number: int) -> PredictorWeights:
        """The network of that number, trained on the video if that makes the file smaller."""
        base, training = predictor_weights(number), self._options.predictor_training
        if training is None or not any(len(run) > 1 for run in self._runs):
            return base
        samples = self._samples(number)
        num_squares = self._num_squares(number)
        self._progress.start(f"training on {device_name()}", training.steps, "steps")

        def show(done: float, loss: float) -> None:
            self._progress.advance(round(done * training.steps), f"{loss / 4:.2f} bits a sample")

        trained = train_predictor(base.shape, samples, training, base=base, num_squares=num_squares, show=show)
        record = pack_predictor(trained, number)
        before, after = (bits_a_square(weights, samples, num_batches=_MEASURED_BATCHES) for weights in (base, trained))
        if (before - after) * num_squares <= 8 * len(pack_chunk(record)):
            return base
        self.records.append(record)
        return trained

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


def choose_luma_or_network(probe_runs: Sequence[Sequence[U8Array]], frame_rate: Fraction) -> LumaSpec:
    """As :func:`codec.luma.choose_luma`, with the network as a further candidate.

    Motion counts for nothing: lossless chroma needs it anyway.
    """
    best = choose_luma(probe_runs, frame_rate)
    coder, search = LumaCoder(predictor_weights(LUMA_PREDICTOR)), MotionSearch(MotionCompensation())
    estimate = sum((_network_bytes(coder, search, run) for run in probe_runs if run), Fraction(0))
    return LumaSpec(LUMA_NETWORK) if estimate < probed_bytes(best, probe_runs, frame_rate) else best


def _network_bytes(coder: LumaCoder, search: MotionSearch, lumas_u8: Sequence[U8Array]) -> Fraction:
    symbols, history = SymbolEncoder(1), coder.begin()
    sizes = [0]
    before_u8: U8Array | None = None
    for luma_u8 in lumas_u8:
        field = None if before_u8 is None else search(luma_u8, before_u8)
        coder.code(history, luma_u8, (luma_u8.shape[0], luma_u8.shape[1]), field, symbols)
        sizes.append(symbols.num_bytes)
        before_u8 = luma_u8
    return segment_bytes(sizes[1], [later - earlier for earlier, later in itertools.pairwise(sizes[1:])])
