"""What a training brings. Light to import: no Keras here."""

from __future__ import annotations

from dataclasses import dataclass

from codec.networks.interface import Colorizer
from container_format import NetworkRecord


@dataclass(frozen=True)
class NetworkResult:
    """A trained network, as it is sent, and what there is to say of it.

    Attributes:
        record: for the container.
        colorizer: colors gray planes exactly as the receiver's will on this machine, with the quantized weights.
        loss: mean squared error of the answers, in the network's own scale: over the best epoch, or the last step.
        epochs: that were begun; None for a network that is trained by steps.
        psnr_float_db, psnr_quantized_db: chroma PSNR (peak 255) over training examples with weights of any value, and
            with those that are sent (:class:`codec.training.quantization.QuantizationReport`); None for a network whose
            rounding is part of its training.
        backend, device: what computed it.
    """

    record: NetworkRecord
    colorizer: Colorizer
    loss: float
    backend: str
    device: str
    epochs: int | None = None
    psnr_float_db: float | None = None
    psnr_quantized_db: float | None = None
