"""What a training brings. Light to import: no Keras here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from codec.caching import WithoutCache
from codec.networks.interface import Colorizer
from codec.networks.record import load_colorizer
from codec.video.color import ColorConversion
from container_format import NetworkRecord


@dataclass(frozen=True)
class NetworkResult(WithoutCache):
    """A trained network, as it is sent, and what there is to say of it.

    Attributes:
        record: for the container.
        conversion: of the video.
        loss: mean squared error of the answers, in the network's own scale: over the best epoch, or the last step.
        backend, device: what computed it.
        vgg16: where this machine has the weights of VGG16, if the record names them.
        epochs: that were begun; None for a network that is trained by steps.
        psnr_float_db, psnr_quantized_db: chroma PSNR (peak 255) over training examples with weights of any value, and
            with those that are sent (:class:`codec.training.quantization.QuantizationReport`); None for a network whose
            rounding is part of its training.
    """

    record: NetworkRecord
    conversion: ColorConversion
    loss: float
    backend: str
    device: str
    vgg16: str | None = None
    epochs: int | None = None
    psnr_float_db: float | None = None
    psnr_quantized_db: float | None = None

    @cached_property
    def colorizer(self) -> Colorizer:
        """Colors gray planes exactly as the receiver's will on this machine, with the quantized weights."""
        return load_colorizer(self.record, self.conversion, vgg16=self.vgg16)

    def having(self, colorizer: Colorizer) -> NetworkResult:
        """The same, with the colorizer that training has on the backend already. It does not go to other processes."""
        result = replace(self)
        result.__dict__["colorizer"] = colorizer  # what the cached property would make again
        return result
