"""The interface between networks and the rest of gvc: the spec of a network, its weights and its operations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from codec.networks.model_weights import KerasModel
from codec.video.color import ColorConversion
from codec.video.picture import Picture, PlaneArray, RgbArray
from codec.weights.tensors import F32Array, I16Array, NamedWeights, QuantizedTensor


@dataclass(frozen=True)
class KnownWeights:
    """The weights of a network's frozen layers. They are not sent, since both sides have them.

    Attributes:
        source: the place of the weights on this machine: ``random`` for numbers that every machine can generate,
            ``imagenet`` for Keras's download, or the path of a file.
        sha256: the SHA-256 of the weights in hexadecimal digits, as the stream states it; None to skip the check.
    """

    source: str = "random"
    sha256: str | None = None


RANDOM_WEIGHTS = KnownWeights()


@dataclass(frozen=True)
class NetworkSpec:
    """A network's architecture and its parameters.

    Attributes:
        architecture: a name in the registry, such as ``singh2020``.
        parameters: (name, value) pairs sorted by name, such as ``("width", 32)``.
        known: the weights of the network's frozen layers, if it has any.

    Raises:
        ValueError: the parameters are not sorted, or a name occurs twice.
    """

    architecture: str
    parameters: tuple[tuple[str, int], ...] = ()
    known: KnownWeights = RANDOM_WEIGHTS

    def __post_init__(self) -> None:
        names = [name for name, _ in self.parameters]
        if names != sorted(set(names)):
            raise ValueError(f"expected parameters in the order of their names, each once. Received: {names}")


class Colorizer(Protocol):
    """Makes color with a network and the weights of one video."""

    @property
    def is_exact(self) -> bool:
        """Whether the pictures are the same, bit for bit, on every machine."""

    @property
    def has_memory(self) -> bool:
        """Whether a picture's color depends on the pictures before it. If so, no picture of a shot may be skipped."""
        return False

    def begin_shot(self) -> None:
        """Forget all previous pictures, since the next picture begins a shot."""
        return

    def __call__(self, lumas: PlaneArray, hints: I16Array | None) -> list[Picture]:
        """Make color for gray planes. The memory used is bounded by the size of a picture.

        Args:
            lumas: (n, height, width) uint8, any size.
            hints: (n, rows, columns, 2) int16, the enlarged hints of :mod:`codec.hints.planes` in quarters of a code
                value; None for a network without hints.

        Returns:
            n pictures with exactly these gray planes, and with chroma planes in the format of the video's color
            conversion.
        """


class SentNetwork(Protocol):
    """An architecture whose weights a stream may carry. Objects of this class hold no state."""

    @property
    def architecture(self) -> str:
        """The architecture's name in the registry and in streams."""

    def start_weights(self, spec: NetworkSpec) -> NamedWeights:
        """The start weights, which both sides know. A stream carries the difference from them.

        Returns:
            The name of each tensor with its weights, float32, in the network's order.

        Raises:
            UnsupportedError: the spec is not valid for this architecture.
        """


class ColorNetwork(SentNetwork, Protocol):
    """An architecture that makes color, with the operations that the receiver needs."""

    def colorizer(
        self, spec: NetworkSpec, tensors: tuple[QuantizedTensor, ...], conversion: ColorConversion
    ) -> Colorizer:
        """Make a colorizer from weights.

        Args:
            spec: the network's spec.
            tensors: the quantized weights, with the names and shapes of :meth:`start_weights`.
            conversion: the color conversion of the video.

        Raises:
            StreamError: the weights are not valid for this network.
        """


@dataclass(frozen=True, eq=False)
class TrainingStage:
    """One stage of a network's training.

    Attributes:
        model: the Keras model that this stage trains. It shares its layers with the whole network.
        loss: the loss for Keras, a function of targets and outputs.
        pair: converts training data to the model's inputs and targets. It takes gray planes, (n, rows, columns) uint8,
            and R'G'B', (n, rows, columns, 3) uint8, which consist of one or more runs of consecutive frames.
    """

    model: KerasModel
    loss: str | Callable[[Any, Any], Any]
    pair: Callable[[PlaneArray, PlaneArray], tuple[Any, Any]]


class TrainableNetwork(ColorNetwork, Protocol):
    """A network with float weights that :mod:`codec.training.fit` trains on gray and color, without hints."""

    @property
    def run_length(self) -> int:
        """The number of consecutive frames of a training example; 1 for a network without memory."""
        return 1

    def num_stages(self, spec: NetworkSpec) -> int:
        """The number of :meth:`stages`."""
        del spec
        return 1

    def working_shape(self, spec: NetworkSpec, height: int, width: int) -> tuple[int, int] | None:
        """The size, in rows and columns, to which the network reduces such pictures; None if it takes them unreduced.

        Args:
            spec: the network's spec.
            height: the picture's height, in samples.
            width: the picture's width, in samples.
        """
        del spec, height, width
        return None

    def build(self, spec: NetworkSpec) -> KerasModel:
        """Build a Keras model with the start weights, which are the same on every machine.

        Raises:
            UnsupportedError: the spec is not valid for this architecture.
            InputError: the known weights are not available, or have another checksum.
        """

    def known_weights(self, spec: NetworkSpec, model: KerasModel) -> dict[str, str]:
        """The names and SHA-256 of the known weights that the receiver must have, since it cannot generate them."""
        del spec, model
        return {}

    def stages(
        self, spec: NetworkSpec, model: KerasModel, conversion: ColorConversion, *, true_share: float
    ) -> Iterator[TrainingStage]:
        """The training stages of a model of :meth:`build`. The caller trains each stage before it takes the next one.

        Args:
            spec: the model's spec.
            model: the model to train.
            conversion: the color conversion of the video.
            true_share: the share of the true color, in [0, 1], in losses that also compare consecutive outputs.
        """

    def colorizer_of(self, spec: NetworkSpec, model: KerasModel, conversion: ColorConversion) -> Colorizer:
        """Make a colorizer from a model of :meth:`build`. It uses the weights that the model has at each call."""


class StillNetwork(TrainableNetwork, Protocol):
    """A trainable network without memory that works at the size of the video."""

    def training_pair(
        self, conversion: ColorConversion, lumas: PlaneArray, rgbs_u8: RgbArray
    ) -> tuple[F32Array, F32Array]:
        """The model's inputs and targets.

        Args:
            conversion: the color conversion of the video.
            lumas: (n, height, width) uint8 gray planes. The sides are multiples of the number that the network needs.
            rgbs_u8: (n, height, width, 3) uint8 R'G'B' of the same pictures.

        Returns:
            Inputs and targets, float32, with n as the first axis.
        """

    def colorize(self, model: KerasModel, conversion: ColorConversion, lumas: PlaneArray) -> list[Picture]:
        """Make color for gray planes with a model of :meth:`build` that has the weights of this video.

        Args:
            model: the model.
            conversion: the color conversion of the video.
            lumas: (n, height, width) uint8, any size.

        Returns:
            n pictures with exactly these gray planes.
        """

    def stages(
        self,
        spec: NetworkSpec,
        model: KerasModel,
        conversion: ColorConversion,
        *,
        true_share: float,
    ) -> Iterator[TrainingStage]:
        """See :class:`TrainableNetwork`. There is one stage; its loss is the mean squared error."""
        del spec, true_share
        yield TrainingStage(model, "mse", partial(self.training_pair, conversion))

    def colorizer_of(self, spec: NetworkSpec, model: KerasModel, conversion: ColorConversion) -> Colorizer:
        """See :class:`TrainableNetwork`."""
        del spec
        return KerasColorizer(partial(self.colorize, model, conversion))


class KerasColorizer(Colorizer):
    """A colorizer that uses a network with float weights.

    Args:
        colorize: makes pictures from gray planes, (n, height, width) uint8.
    """

    def __init__(self, colorize: Callable[[PlaneArray], list[Picture]]) -> None:
        self._colorize = colorize

    @property
    def is_exact(self) -> bool:
        """See :class:`Colorizer`."""
        return False

    def __call__(self, lumas: PlaneArray, hints: I16Array | None) -> list[Picture]:
        """See :class:`Colorizer`."""
        del hints
        return self._colorize(lumas)
