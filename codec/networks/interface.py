"""What every network is to the rest of gvc: a spec that travels in the file, weights, and a few operations."""

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
    """Weights of a network's frozen layers, which are not sent: both sides have them.

    Attributes:
        source: how this machine has them: ``random``, numbers that every machine makes; ``imagenet``, Keras's download;
            or the path of a file.
        sha256: of them, in hexadecimal digits, as a stream names them; None to take whatever is there.
    """

    source: str = "random"
    sha256: str | None = None


RANDOM_WEIGHTS = KnownWeights()


@dataclass(frozen=True)
class NetworkSpec:
    """Which network, and the sizes that its architecture leaves open.

    Attributes:
        architecture: a name that the registry knows, such as ``singh2020``.
        parameters: (name, value) pairs in the order of their names, such as ``("width", 32)``.
        known: the weights of its frozen layers, if it has any.
    """

    architecture: str
    parameters: tuple[tuple[str, int], ...] = ()
    known: KnownWeights = RANDOM_WEIGHTS

    def __post_init__(self) -> None:
        names = [name for name, _ in self.parameters]
        if names != sorted(set(names)):
            raise ValueError(f"expected parameters in the order of their names, each once. Received: {names}")


class Colorizer(Protocol):
    """A network with the weights of one video."""

    @property
    def is_exact(self) -> bool:
        """The pictures are the same to the bit on every machine."""

    @property
    def has_memory(self) -> bool:
        """The color of a picture depends on the ones before it, so that none of a shot can be left out."""
        return False

    def begin_shot(self) -> None:
        """Forget the pictures before: the next one begins a shot."""
        return

    def distrust_backend(self) -> bool:
        """Compute in a slower and surer way from now on, if there is one and it is not in use yet: whether so."""

    def __call__(self, lumas: PlaneArray, hints: I16Array | None) -> list[Picture]:
        """Color for gray planes, in memory bounded by the size of a picture.

        Args:
            lumas: (n, height, width) uint8, any size.
            hints: (n, rows, columns, 2) int16, the enlarged hints of :mod:`codec.hints.planes`, or None for a network
                that gets none.

        Returns:
            n pictures with exactly these gray planes and chroma planes as the video's color conversion has them.
        """


class SentNetwork(Protocol):
    """An architecture whose weights a stream may carry. It holds no state."""

    @property
    def architecture(self) -> str:
        """The name under which the registry and the file know it."""

    def start_weights(self, spec: NetworkSpec) -> NamedWeights:
        """The weights that both sides know; what is sent is the difference. Name to float32 array, in order.

        Raises:
            UnsupportedError: the spec is not one of this architecture.
        """


class ColorNetwork(SentNetwork, Protocol):
    """An architecture that makes color: what the receiver needs of it."""

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


@dataclass(frozen=True, eq=False)
class TrainingStage:
    """A part of a network's training.

    Attributes:
        model: the layers that learn now, as a Keras model. It shares them with the whole network.
        loss: for Keras, of targets and answers.
        pair: from gray planes, (n, rows, columns) uint8, and R'G'B', (n, rows, columns, 3) uint8, of so many runs of
            consecutive frames, to what the model is given and what it should answer.
    """

    model: KerasModel
    loss: str | Callable[[Any, Any], Any]
    pair: Callable[[PlaneArray, PlaneArray], tuple[Any, Any]]


class TrainableNetwork(ColorNetwork, Protocol):
    """A network of floats that :mod:`codec.training.fit` trains on gray and color alone."""

    @property
    def run_length(self) -> int:
        """Consecutive frames of a training sample; 1 for a network that looks at one picture at a time."""
        return 1

    def num_stages(self, spec: NetworkSpec) -> int:
        """How many :meth:`stages` there are."""
        del spec
        return 1

    def working_shape(self, spec: NetworkSpec, height: int, width: int) -> tuple[int, int] | None:
        """Rows and columns to which it reduces pictures of this size; None if it takes them as they are."""
        del spec, height, width
        return None

    def build(self, spec: NetworkSpec) -> KerasModel:
        """A Keras model with the weights that training starts from: the same for a spec, wherever it is built.

        Raises:
            UnsupportedError: the spec is not one of this architecture.
            InputError: the known weights cannot be had, or are others.
        """

    def known_weights(self, spec: NetworkSpec, model: KerasModel) -> dict[str, str]:
        """Names and SHA-256 of the weights that a receiver must have, since they are neither sent nor made."""
        del spec, model
        return {}

    def stages(
        self, spec: NetworkSpec, model: KerasModel, conversion: ColorConversion, *, true_share: float
    ) -> Iterator[TrainingStage]:
        """How a model of :meth:`build` is trained; each stage is over when the next one is asked for.

        Args:
            spec: of the model.
            model: learns.
            conversion: of the video.
            true_share: share of the true color in a loss that compares consecutive answers, too.
        """

    def colorizer_of(self, spec: NetworkSpec, model: KerasModel, conversion: ColorConversion) -> Colorizer:
        """Color by a model of :meth:`build` with the weights that it has when asked."""


class StillNetwork(TrainableNetwork, Protocol):
    """A trainable network that looks at one picture at a time, at the size of the video."""

    def training_pair(
        self, conversion: ColorConversion, lumas: PlaneArray, rgbs_u8: RgbArray
    ) -> tuple[F32Array, F32Array]:
        """What the model is given and what it should answer.

        Args:
            conversion: of the video.
            lumas: (n, height, width) uint8 gray planes, sides in the multiple that the network needs.
            rgbs_u8: (n, height, width, 3) uint8 R'G'B' of the same pictures.

        Returns:
            Inputs and targets, float32, n first.
        """

    def colorize(self, model: KerasModel, conversion: ColorConversion, lumas: PlaneArray) -> list[Picture]:
        """As :meth:`Colorizer.__call__`, with a model from :meth:`build` that has the weights of this video."""

    def stages(
        self,
        spec: NetworkSpec,
        model: KerasModel,
        conversion: ColorConversion,
        *,
        true_share: float,
    ) -> Iterator[TrainingStage]:
        """See :class:`TrainableNetwork`: one, towards the least mean squared error."""
        del spec, true_share
        yield TrainingStage(model, "mse", partial(self.training_pair, conversion))

    def colorizer_of(self, spec: NetworkSpec, model: KerasModel, conversion: ColorConversion) -> Colorizer:
        """See :class:`TrainableNetwork`."""
        del spec
        return KerasColorizer(partial(self.colorize, model, conversion))


class KerasColorizer(Colorizer):
    """A network of floats with the weights of one video.

    Args:
        colorize: pictures of gray planes, (n, height, width) uint8.
    """

    def __init__(self, colorize: Callable[[PlaneArray], list[Picture]]) -> None:
        self._colorize = colorize

    @property
    def is_exact(self) -> bool:
        """See :class:`Colorizer`."""
        return False

    def distrust_backend(self) -> bool:
        """See :class:`Colorizer`."""
        return False

    def __call__(self, lumas: PlaneArray, hints: I16Array | None) -> list[Picture]:
        """See :class:`Colorizer`."""
        del hints
        return self._colorize(lumas)
