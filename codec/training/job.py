"""From training samples to a network that is ready to be sent: train, quantize, pack."""

from __future__ import annotations

from dataclasses import dataclass

from codec.backend import backend_name, device_name
from codec.networks.interface import NetworkSpec
from codec.networks.record import Colorizer, pack_network
from codec.networks.registry import color_network
from codec.progress import Progress
from codec.training.fit import TrainingProgress, train
from codec.training.options import TrainingOptions
from codec.training.quantization import choose_quantization
from codec.training.samples import SampleStore
from container_format import NetworkRecord


@dataclass(frozen=True)
class NetworkResult:
    """A trained network, as it is sent, and what there is to say of it.

    Attributes:
        record: for the container.
        colorizer: colors gray planes exactly as the receiver's will on this machine, with the quantized weights.
        epochs: that were begun.
        loss: mean squared error of a and b, scaled to [-1, 1], over the best epoch.
        psnr_float_db, psnr_quantized_db: chroma PSNR (peak 255) over training samples with weights of any value, and
            with those that are sent (:class:`codec.training.quantization.QuantizationReport`).
        backend, device: what computed it.
    """

    record: NetworkRecord
    colorizer: Colorizer
    epochs: int
    loss: float
    psnr_float_db: float
    psnr_quantized_db: float
    backend: str
    device: str


def train_network(
    name: str, samples: SampleStore, options: TrainingOptions, max_loss_db: float, progress: Progress
) -> NetworkResult:
    """Train a network of that name on a video's samples, and quantize its weights.

    Args:
        name: architecture, as the registry knows it.
        samples: of the video, at least one.
        options: how to train.
        max_loss_db: chroma PSNR that quantization may cost, in dB.
        progress: is told epochs, loss and time left.

    Raises:
        InputError: no such network.
        TrainingError: the loss is no longer finite, or memory ran out.
    """
    spec = NetworkSpec(name)
    network = color_network(name)
    progress.start(f"training on {device_name()}", options.num_epochs(len(samples)), "epochs")

    def show(state: TrainingProgress) -> None:
        progress.advance(state.epoch - (state.step < state.steps), f"loss {state.loss:.5f}")

    trained = train(spec, samples, options, show)
    progress.start("quantizing weights", None, "trials")
    tensors, quality = choose_quantization(spec, trained.model, samples, options, max_loss_db=max_loss_db)
    return NetworkResult(
        record=pack_network(spec, tensors),
        colorizer=Colorizer(network, trained.model, samples.conversion),
        epochs=trained.epochs_run,
        loss=trained.final_loss,
        psnr_float_db=quality.psnr_float_db,
        psnr_quantized_db=quality.psnr_quantized_db,
        backend=backend_name(),
        device=device_name(),
    )
