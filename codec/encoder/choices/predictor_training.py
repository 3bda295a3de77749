"""Training of predictors on one video, if that saves more bytes than their weights cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codec.lossless.predictor_weights import (
    ARCHITECTURE,
    LUMA_PREDICTOR,
    PredictorWeights,
    predictor_parameters,
    predictor_weights,
)
from codec.networks.interface import NetworkSpec
from codec.networks.record import pack_network
from codec.progress import Progress
from codec.training.job import PredictorJob
from codec.training.options import PredictorTraining, TrainingOptions
from codec.training.place import HERE, Place
from codec.training.plane_patches import PlanePatches
from codec.training.plane_runs import add_chroma_run, add_luma_run
from codec.video.info import VideoInfo
from codec.video.picture import Picture
from container_format import NetworkRecord
from container_format.chunks import pack_chunk


@dataclass(frozen=True)
class VideoPredictor:
    """The predictor that codes a video.

    Attributes:
        number: the number of the shipped predictor that the weights are equal to, or are sent as a difference to.
        weights: the weights.
        records: the record to send; empty if the weights are those of the shipped predictor.
    """

    number: int
    weights: PredictorWeights
    records: tuple[NetworkRecord, ...] = ()


class PredictorTrainer:
    """Trains the predictors of one video.

    Args:
        info: size and pixel format of the video.
        runs: runs of consecutive pictures to train on. If none has two pictures, the shipped predictors are taken.
        training: how the predictors are trained; None takes the shipped predictors.
        progress: receives the number of training steps done.
        num_frames: number of frames in the video, over which a predictor must save the bytes of its weights.
        place: where they are trained.
        max_example_bytes: memory for training patches, in bytes.
    """

    def __init__(
        self,
        info: VideoInfo,
        runs: Sequence[Sequence[Picture]],
        training: PredictorTraining | None,
        progress: Progress,
        *,
        num_frames: int,
        place: Place = HERE,
        max_example_bytes: int = TrainingOptions().max_example_bytes,
    ) -> None:
        self._info = info
        self._runs = runs
        self._training = training
        self._progress = progress
        self._num_frames = num_frames
        self._place = place
        self._max_example_bytes = max_example_bytes

    def network(self, number: int) -> VideoPredictor:
        """Train the shipped predictor of this number on the video. The result is kept if it makes the stream smaller.

        Returns:
            The trained predictor, or the shipped one.

        Raises:
            TrainingError: the loss is no longer finite.
        """
        base, training = predictor_weights(number), self._training
        if training is None or not any(len(run) > 1 for run in self._runs):
            return VideoPredictor(number, base)
        num_squares = self._num_squares(number)
        job = PredictorJob(base, self._patches(number, training.seed), training, num_squares)
        fitted = self._place.train(job, self._progress)
        record = pack_network(NetworkSpec(ARCHITECTURE, predictor_parameters(number)), fitted.weights.tensors)
        if fitted.saved_bits * num_squares <= 8 * len(pack_chunk(record)):
            return VideoPredictor(number, base)
        return VideoPredictor(number, fitted.weights, (record,))

    def _patches(self, number: int, seed: int) -> PlanePatches:
        patches = PlanePatches(max_bytes=self._max_example_bytes, seed=seed)
        for run in self._runs:
            if number == LUMA_PREDICTOR:
                add_luma_run(patches, run)
            else:
                add_chroma_run(patches, run, self._info.pixel_format)
        return patches

    def _num_squares(self, number: int) -> int:
        width, height = self._info.width, self._info.height
        rows, columns = (
            (height, width) if number == LUMA_PREDICTOR else self._info.pixel_format.chroma_shape(width, height)
        )
        return self._num_frames * -(-rows // 2) * -(-columns // 2)
