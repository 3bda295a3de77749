"""From training examples to a network that is ready to be sent: train, quantize, pack."""

from __future__ import annotations

from codec.backend import backend_name, device_name
from codec.networks.compact import CompactColorizer
from codec.networks.compact_weights import CompactShape, CompactWeights
from codec.networks.interface import NetworkSpec
from codec.networks.record import pack_network
from codec.networks.registry import trainable_network
from codec.progress import Progress
from codec.training.compact import train_compact
from codec.training.examples import Examples
from codec.training.fit import TrainedNetwork, TrainingProgress, train
from codec.training.guided_examples import GuidedExamples
from codec.training.options import CompactTraining, TrainingOptions
from codec.training.quantization import choose_quantization
from codec.training.result import NetworkResult
from codec.video.color import ColorConversion


def train_network(
    spec: NetworkSpec, examples: Examples, options: TrainingOptions, max_loss_db: float, progress: Progress
) -> NetworkResult:
    """Train a network on a video's examples, and quantize its weights.

    Args:
        spec: of the network.
        examples: of the video, at least one.
        options: how to train.
        max_loss_db: chroma PSNR that quantization may cost, in dB.
        progress: is told epochs, loss and time left.

    Raises:
        InputError: no such network.
        TrainingError: the loss is no longer finite, or memory ran out.
    """
    network = trainable_network(spec.architecture)
    trained = train_visibly(spec, examples, options, progress)
    progress.start("quantizing weights", None, "trials")
    tensors, quality = choose_quantization(spec, trained.model, examples, options, max_loss_db=max_loss_db)
    return NetworkResult(
        record=pack_network(spec, tensors, network.known_weights(spec, trained.model)),
        colorizer=network.colorizer_of(spec, trained.model, examples.conversion),
        epochs=trained.epochs_run,
        loss=trained.final_loss,
        psnr_float_db=quality.psnr_float_db,
        psnr_quantized_db=quality.psnr_quantized_db,
        backend=backend_name(),
        device=device_name(),
    )


def train_visibly(
    spec: NetworkSpec, examples: Examples, options: TrainingOptions, progress: Progress
) -> TrainedNetwork:
    """As :func:`codec.training.fit.train`, while ``progress`` is told epochs, loss and time left."""
    num_epochs = options.num_epochs(len(examples)) * trainable_network(spec.architecture).num_stages(spec)
    progress.start(f"training on {device_name()}", num_epochs, "epochs")

    def show(state: TrainingProgress) -> None:
        progress.advance(state.epoch - (state.step < state.steps), f"loss {state.loss:.5f}")

    return train(spec, examples, options, show)


def train_compact_network(
    shape: CompactShape,
    examples: GuidedExamples,
    training: CompactTraining,
    conversion: ColorConversion,
    progress: Progress,
    *,
    hint_bits: float,
    base: CompactWeights | None = None,
) -> NetworkResult:
    """Train a network ``compact`` on a video's examples.

    Args:
        shape: of the network.
        examples: of the video, at least one.
        training: how.
        conversion: of the video.
        progress: is told steps, loss and time left.
        hint_bits: of the whole video: what the weights' bits are weighed against.
        base: where to start, if there is one.

    Raises:
        TrainingError: the loss is no longer finite.
    """
    progress.start(f"training on {device_name()}", training.steps, "steps")
    last_loss = 0.0

    def show(done: float, loss: float) -> None:
        nonlocal last_loss
        last_loss = loss
        progress.advance(round(done * training.steps), f"loss {loss:.5f}")

    weights = train_compact(shape, examples, training, hint_bits=hint_bits, base=base, show=show)
    return NetworkResult(
        record=pack_network(weights.spec, weights.tensors),
        colorizer=CompactColorizer(weights, conversion),
        loss=last_loss,
        backend=backend_name(),
        device=device_name(),
    )
