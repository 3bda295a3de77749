"""What every network is to the rest of gvc: a spec that travels in the file, weights, and a few operations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from codec.video.color import ColorConversion
from codec.video.picture import Picture, U8Array

if TYPE_CHECKING:
    from codec.networks.weights import NamedWeights, QuantizedTensor

F32Array = npt.NDArray[np.float32]
I32Array = npt.NDArray[np.int32]
KerasModel = Any  # keras.Model: naming it would import Keras


@dataclass(frozen=True)
class NetworkSpec:
    """Which network, and the sizes that its architecture leaves open.

    Attributes:
        architecture: a name that the registry knows, such as ``singh2020``.
        parameters: (name, value) pairs in the order of their names, such as ``("width", 32)``.
    """

    architecture: str
    parameters: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        names = [name for name, _ in self.parameters]
        if names != sorted(set(names)):
            raise ValueError(f"expected parameters in the order of their names, each once. Received: {names}")


class Colorizer(Protocol):
    """A network with the weights of one video."""

    @property
    def is_exact(self) -> bool:
        """The pictures are the same to the bit on every machine."""

    def distrust_backend(self) -> bool:
        """Compute in a slower and surer way from now on, if there is one and it is not in use yet: whether so."""

    def __call__(self, lumas_u8: U8Array, hints: I32Array | None) -> list[Picture]:
        """Color for gray planes, in memory bounded by the size of a picture.

        Args:
            lumas_u8: (n, height, width) uint8, any size.
            hints: (n, rows, columns, 2) int32, the enlarged hints of :mod:`codec.hints.planes`, or None for a network
                that gets none.

        Returns:
            n pictures with exactly these gray planes and chroma planes as the video's color conversion has them.
        """


class ColorNetwork(Protocol):
    """An architecture that makes color: what the receiver needs of it. It holds no state."""

    @property
    def architecture(self) -> str:
        """The name under which the registry and the file know it."""

    def start_weights(self, spec: NetworkSpec) -> NamedWeights:
        """The weights that both sides know; what is sent is the difference. Name to float32 array, in order.

        Raises:
            UnsupportedError: the spec is not one of this architecture.
        """

    def colorizer(
        self, spec: NetworkSpec, tensors: tuple[QuantizedTensor, ...], conversion: ColorConversion
    ) -> Colorizer:
        """The network with these weights.

        Args:
            spec: sizes.
            tensors: named and shaped as :meth:`start_weights`.
            conversion: of the video.

        Raises:
            StreamError: the weights are none that such a network can have.
        """


class TrainableNetwork(ColorNetwork, Protocol):
    """A network of floats that :mod:`codec.training.fit` trains on gray and color alone."""

    def build(self, spec: NetworkSpec) -> KerasModel:
        """A Keras model with the weights that training starts from: the same for a spec, wherever it is built.

        Raises:
            UnsupportedError: the spec is not one of this architecture.
        """

    def training_pair(
        self, conversion: ColorConversion, lumas_u8: U8Array, rgbs_u8: U8Array
    ) -> tuple[F32Array, F32Array]:
        """What the model is given and what it should answer.

        Args:
            conversion: of the video.
            lumas_u8: (n, height, width) uint8 gray planes, sides in the multiple that the network needs.
            rgbs_u8: (n, height, width, 3) uint8 R'G'B' of the same pictures.

        Returns:
            Inputs and targets, float32, n first.
        """

    def colorize(self, model: KerasModel, conversion: ColorConversion, lumas_u8: U8Array) -> list[Picture]:
        """As :meth:`Colorizer.__call__`, with a model from :meth:`build` that has the weights of this video."""


class KerasColorizer(Colorizer):
    """A network of floats with the weights of one video."""

    def __init__(self, network: TrainableNetwork, model: KerasModel, conversion: ColorConversion) -> None:
        self._network = network
        self._model = model
        self._conversion = conversion

    @property
    def is_exact(self) -> bool:
        """See :class:`Colorizer`."""
        return False

    def distrust_backend(self) -> bool:
        """See :class:`Colorizer`."""
        return False

    def __call__(self, lumas_u8: U8Array, hints: I32Array | None) -> list[Picture]:  # noqa: ARG002
        """See :class:`Colorizer`."""
        return self._network.colorize(self._model, self._conversion, lumas_u8)
