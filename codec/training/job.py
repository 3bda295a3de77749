"""From training examples to a network that is ready to be sent: train, quantize, pack.

Each training is a value that any process can run, see :mod:`codec.training.place`. Light to import: Keras is imported
where one runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codec.lossless.predictor_weights import PredictorWeights
from codec.networks.compact_weights import CompactShape, CompactWeights
from codec.networks.interface import NetworkSpec
from codec.networks.record import pack_network
from codec.progress import Progress
from codec.training.examples import Examples
from codec.training.guided_examples import GuidedExamples
from codec.training.options import CompactTraining, PredictorTraining, TrainingOptions
from codec.training.plane_patches import PlanePatches
from codec.training.result import NetworkResult
from codec.video.color import ColorConversion

if TYPE_CHECKING:
    from codec.training.fit import TrainedNetwork, TrainingProgress

_MEASURED_BATCHES = 8


@dataclass(frozen=True, eq=False)
class FloatJob:
    """A network of floats on a video's examples, whose weights are quantized afterwards.

    Attributes:
        spec: of the network.
        examples: of the video, at least one.
        options: how to train.
        max_loss_db: chroma PSNR that quantization may cost, in dB.
    """

    spec: NetworkSpec
    examples: Examples
    options: TrainingOptions
    max_loss_db: float

    def run(self, progress: Progress) -> NetworkResult:
        """Train, while ``progress`` is told epochs, loss and time left.

        Raises:
            InputError: no such network.
            TrainingError: the loss is no longer finite, or memory ran out.
        """
        from codec.backend import backend_name, device_name
        from codec.networks.registry import trainable_network
        from codec.training.quantization import choose_quantization

        spec, examples, options = self.spec, self.examples, self.options
        network = trainable_network(spec.architecture)
        trained = train_visibly(spec, examples, options, progress)
        progress.start("quantizing weights", None, "trials")
        tensors, quality = choose_quantization(spec, trained.model, examples, options, max_loss_db=self.max_loss_db)
        result = NetworkResult(
            record=pack_network(spec, tensors, network.known_weights(spec, trained.model)),
            conversion=examples.conversion,
            loss=trained.final_loss,
            backend=backend_name(),
            device=device_name(),
            vgg16=spec.known.source,
            epochs=trained.epochs_run,
            psnr_float_db=quality.psnr_float_db,
            psnr_quantized_db=quality.psnr_quantized_db,
        )
        return result.having(network.colorizer_of(spec, trained.model, examples.conversion))


def train_visibly(
    spec: NetworkSpec, examples: Examples, options: TrainingOptions, progress: Progress
) -> TrainedNetwork:
    """As :func:`codec.training.fit.train`, while ``progress`` is told epochs, loss and time left."""
    from codec.backend import device_name
    from codec.networks.registry import trainable_network
    from codec.training.fit import train

    num_epochs = options.num_epochs(len(examples)) * trainable_network(spec.architecture).num_stages(spec)
    progress.start(f"training on {device_name()}", num_epochs, "epochs")

    def show(state: TrainingProgress) -> None:
        progress.advance(state.epoch - (state.step < state.steps), f"loss {state.loss:.5f}")

    return train(spec, examples, options, show)


@dataclass(frozen=True, eq=False)
class CompactJob:
    """A network ``compact`` on a video's examples.

    Attributes:
        shape: of the network.
        examples: of the video, at least one.
        training: how.
        conversion: of the video.
        hint_bits: of the whole video: what the weights' bits are weighed against.
        base: where to start, if there is one.
    """

    shape: CompactShape
    examples: GuidedExamples
    training: CompactTraining
    conversion: ColorConversion
    hint_bits: float
    base: CompactWeights | None = None

    def run(self, progress: Progress) -> NetworkResult:
        """Train, while ``progress`` is told steps, loss and time left.

        Raises:
            TrainingError: the loss is no longer finite.
        """
        from codec.backend import backend_name, device_name
        from codec.networks.compact import CompactColorizer
        from codec.training.compact import train_compact

        steps = self.training.steps
        progress.start(f"training on {device_name()}", steps, "steps")
        last_loss = 0.0

        def show(done: float, loss: float) -> None:
            nonlocal last_loss
            last_loss = loss
            progress.advance(round(done * steps), f"loss {loss:.5f}")

        weights = train_compact(
            self.shape, self.examples, self.training, hint_bits=self.hint_bits, base=self.base, show=show
        )
        result = NetworkResult(
            record=pack_network(weights.spec, weights.tensors),
            conversion=self.conversion,
            loss=last_loss,
            backend=backend_name(),
            device=device_name(),
        )
        return result.having(CompactColorizer(weights, self.conversion))


@dataclass(frozen=True, eq=False)
class BriefJob:
    """The weights of a network ``compact``, for a trial that nothing is told of; its fields are those of CompactJob."""

    shape: CompactShape
    examples: GuidedExamples
    training: CompactTraining
    hint_bits: float
    base: CompactWeights | None

    def run(self, progress: Progress) -> CompactWeights:
        """Train.

        Raises:
            TrainingError: the loss is no longer finite.
        """
        from codec.training.compact import train_compact

        del progress
        return train_compact(self.shape, self.examples, self.training, hint_bits=self.hint_bits, base=self.base)


@dataclass(frozen=True)
class FittedPredictor:
    """A predictor that was trained on a video.

    Attributes:
        weights: the trained ones.
        saved_bits: by how many bits a square they need less than those that it started from.
    """

    weights: PredictorWeights
    saved_bits: float


@dataclass(frozen=True, eq=False)
class PredictorJob:
    """A predictor on patches of a video, from the weights that gvc ships.

    Attributes:
        base: where to start.
        patches: of the video, at least one.
        training: how.
        num_squares: of the whole video: what the bits of the weights are weighed against.
    """

    base: PredictorWeights
    patches: PlanePatches
    training: PredictorTraining
    num_squares: int

    def run(self, progress: Progress) -> FittedPredictor:
        """Train, while ``progress`` is told steps and bits a sample.

        Raises:
            TrainingError: the loss is no longer finite.
        """
        from codec.backend import device_name
        from codec.training.predictor import bits_a_square, train_predictor

        base, patches, steps = self.base, self.patches, self.training.steps
        progress.start(f"training on {device_name()}", steps, "steps")

        def show(done: float, loss: float) -> None:
            progress.advance(round(done * steps), f"{loss / 4:.2f} bits a sample")

        trained = train_predictor(
            base.shape, patches, self.training, base=base, num_squares=self.num_squares, show=show
        )
        before, after = (bits_a_square(weights, patches, num_batches=_MEASURED_BATCHES) for weights in (base, trained))
        return FittedPredictor(trained, before - after)
