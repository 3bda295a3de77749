"""Sizes and weights of the predictor, the network that says of every sample where it most likely lies, and how surely.

It works on squares of 2x2 samples, like `compact`, in five steps that each see what the steps before have decoded:

    known channels (codec.lossless.known) -> trunk: convolutions 3x3 -> features
    step 0   features                          -> upper left samples of every other square, like a chessboard's white
    step 1   features, step 0                  -> upper left samples of the other squares
    step 2   features, all upper left samples  -> lower right samples
    step 3   features, the samples so far      -> upper right samples
    step 4   features, the samples so far      -> lower left samples

For each sample it gives the distance of the mean from the base, in eighths of a code value, and the scale, in 16ths
of a step of :mod:`codec.lossless.distributions`; for the second of two components also how much of the first one's
miss is to be added to its mean, in 64ths. Everything is whole numbers (:mod:`codec.exact`).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from codec.errors import StreamError
from codec.exact.layers import I32Array, IntegerConvolution
from codec.video.pixel_formats import ColorModel, PixelFormat
from codec.weights.flat import ConvolutionSizes, KernelShape, flat_tensors
from codec.weights.tensors import NamedWeights, QuantizedTensor
from container_format.errors import UnsupportedError

ARCHITECTURE = "predictor"
_NUMBER = "predictor"  # the one parameter: which shipped predictor the weights differ from
INPUT_BITS, HIDDEN_BITS, RESULT_BITS = 8, 8, 6
"""Binary places: an input of 1.0 is 256, a hidden value of 1.0 is 256, a result of 1.0 is 64."""
HIDDEN_MAX = 2047
RESULT_MAX = 4095
INPUT_MAX = 2047
STEP_BITS, LAST_STEP_BITS = 7, 9
"""Binary places of a kernel: a weight of 1.0 is 128, one of a step's last convolution 512."""
NUM_STEPS = 5
DECODED_PHASES = (0, 1, 1, 2, 3)
"""Samples of a square that a step sees, in the order of ``PHASES``."""
PHASES = (0, 3, 1, 2)
"""Places in a square, two times row plus column, in the order in which they are coded."""
STEP_PHASES = (0, 0, 3, 1, 2)
_MAX_WIDTH = 64


class SpecLike(Protocol):
    """What is read of a network's spec here."""

    @property
    def architecture(self) -> str:
        """Its name."""

    @property
    def parameters(self) -> tuple[tuple[str, int], ...]:
        """(name, value) pairs."""


@dataclass(frozen=True)
class PredictorShape(ConvolutionSizes):
    """The sizes of a network.

    Attributes:
        components: planes that are coded together: 1 for gray, 2 for chroma.
        gray_channels: gray samples for each chroma sample: 1, 2 or 4; 0 when the gray is coded.
        width: kernels of each convolution, 4 to 64.

    Raises:
        UnsupportedError: sizes that no such network has.
    """

    components: int
    gray_channels: int
    width: int

    def __post_init__(self) -> None:
        if (self.components, self.gray_channels) not in ((1, 0), (2, 1), (2, 2), (2, 4)):
            raise UnsupportedError(
                "expected 1 component and no gray channels, or 2 and 1, 2 or 4. "
                f"Received: {self.components} and {self.gray_channels}"
            )
        if not 4 <= self.width <= _MAX_WIDTH:
            raise UnsupportedError(f"expected a width from 4 to {_MAX_WIDTH}. Received: {self.width}")

    @property
    def num_known(self) -> int:
        """Channels of the trunk's input."""
        return 4 * (2 * self.gray_channels + 2 * self.components) + self.components + 1 + bool(self.gray_channels)

    @property
    def num_results(self) -> int:
        """Values for a sample of all components: mean and scale of each, and what the second takes from the first."""
        return 2 if self.components == 1 else 5

    @property
    def trunk_shapes(self) -> tuple[KernelShape, ...]:
        """Kernels of the trunk."""
        return (3, 3, self.num_known, self.width), (3, 3, self.width, self.width)

    def head_shapes(self, step: int) -> tuple[KernelShape, ...]:
        """Kernels of a step."""
        last = (1, 1, self.width, self.num_results)
        decoded = DECODED_PHASES[step] * self.components
        if not decoded:
            return (last,)
        return (3, 3, self.width + decoded, self.width), (3, 3, self.width, self.width), last

    @property
    def parts(self) -> tuple[tuple[KernelShape, ...], ...]:
        """Kernels of the trunk and of each step."""
        return self.trunk_shapes, *(self.head_shapes(step) for step in range(NUM_STEPS))

    @property
    def kernel_shapes(self) -> tuple[KernelShape, ...]:
        """Of all convolutions, in order."""
        return tuple(shape for part in self.parts for shape in part)

    def is_last(self, index: int) -> bool:
        """Whether a convolution, by its place in :attr:`kernel_shapes`, gives results."""
        return self.kernel_shapes[index][0] == 1


@dataclass(frozen=True, eq=False)
class PredictorWeights:
    """All weights of a network.

    Attributes:
        shape: of the network.
        kernels: (shape.num_kernel_weights,) int32, one convolution after another, each in C order.
        biases: (shape.num_biases,) int32, in the binary places of the convolution's result.

    Raises:
        StreamError: numbers of weights that do not belong to the shape.
    """

    shape: PredictorShape
    kernels: I32Array
    biases: I32Array

    def __post_init__(self) -> None:
        expected = ((self.shape.num_kernel_weights,), (self.shape.num_biases,))
        received = (self.kernels.shape, self.biases.shape)
        if expected != received:
            raise StreamError(f"expected kernels and biases {expected}. Received: {received}")

    @property
    def tensors(self) -> tuple[QuantizedTensor, ...]:
        """The weights as two tensors of whole numbers."""
        return flat_tensors(self.kernels, self.biases)

    @property
    def start(self) -> NamedWeights:
        """As what the weights of a video are told the difference to."""
        return {"kernels": self.kernels.astype(np.float32), "biases": self.biases.astype(np.float32)}

    def layers(self) -> list[list[IntegerConvolution]]:
        """The convolutions of the trunk, and of each step."""
        flat = self._flat_layers()
        return [[next(flat) for _ in part] for part in self.shape.parts]

    def _flat_layers(self) -> Iterator[IntegerConvolution]:
        for index, (kernel, bias) in enumerate(self.shape.split(self.kernels, self.biases)):
            is_last = self.shape.is_last(index)
            shift = LAST_STEP_BITS + HIDDEN_BITS - RESULT_BITS if is_last else STEP_BITS
            low, high = (-RESULT_MAX, RESULT_MAX) if is_last else (0, HIDDEN_MAX)
            yield IntegerConvolution(kernel, bias << shift, shift, low, high)


def input_magnitudes(shape: PredictorShape, part: int) -> list[int]:
    """Of the inputs of the trunk (part 0) or of a step (part 1 and on)."""
    if part == 0:
        return [INPUT_MAX] * shape.num_known
    decoded = DECODED_PHASES[part - 1] * shape.components
    return [HIDDEN_MAX] * shape.width + [INPUT_MAX] * decoded


WEIGHTS = Path(__file__).parent / "weights"
"""The predictors that gvc ships, a file each: arrays ``sizes``, ``kernels`` and ``biases``. Streams name them by
number, so a published file never changes. Those that a sender no longer uses, but old streams name, are in
``superseded``: 6 and 7 are 1 and 5 after more training, and 8, 9 and 10 are 6, 2 and 7 after more training."""
SUPERSEDED = WEIGHTS / "superseded"
LUMA_PREDICTOR = 8
_RGB_PREDICTOR = 9
_YUV_PREDICTORS = {1: 3, 2: 4, 4: 10}


def gray_channels(pixel_format: PixelFormat) -> int:
    """Gray samples for each chroma sample that the network is given: 1, 2 or 4."""
    return min(1 << (pixel_format.log2_chroma_h + pixel_format.log2_chroma_w), 4)


def chroma_predictor(pixel_format: PixelFormat) -> int:
    """Number of the network for the chroma planes of such video."""
    return _RGB_PREDICTOR if pixel_format.model is ColorModel.RGB else _YUV_PREDICTORS[gray_channels(pixel_format)]


def predictor_file(number: int) -> Path:
    """Where a predictor is, or would be if there were one of that number."""
    name = f"{number:02}.npz"
    return SUPERSEDED / name if (SUPERSEDED / name).is_file() else WEIGHTS / name


@functools.cache
def predictor_weights(number: int) -> PredictorWeights:
    """A network that gvc ships.

    Raises:
        UnsupportedError: this version has no such network.
    """
    file = predictor_file(number)
    if not file.is_file():
        raise UnsupportedError(f"the stream needs a newer gvc: unknown predictor {number}")
    with np.load(file) as arrays:
        shape = PredictorShape(*map(int, arrays["sizes"]))
        kernels, biases = arrays["kernels"].astype(np.int32), arrays["biases"].astype(np.int32)
    return PredictorWeights(shape, kernels, biases)


class _Predictors:
    """The architecture, as :class:`codec.networks.interface.SentNetwork` has it."""

    @property
    def architecture(self) -> str:
        """Its name."""
        return ARCHITECTURE

    def start_weights(self, spec: SpecLike) -> NamedWeights:
        """The weights of the shipped predictor that the spec names: a stream carries what differs from them.

        Raises:
            UnsupportedError: another architecture, or a predictor that this version does not have.
        """
        parameters = dict(spec.parameters)
        if spec.architecture != ARCHITECTURE or set(parameters) != {_NUMBER}:
            raise UnsupportedError(
                f"expected a network {ARCHITECTURE} and its number. Received: {spec.architecture}, {parameters}"
            )
        return predictor_weights(parameters[_NUMBER]).start


ARCHITECTURE_OF_PREDICTORS = _Predictors()


def predictor_parameters(number: int) -> tuple[tuple[str, int], ...]:
    """What a spec says of the predictor of that number."""
    return ((_NUMBER, number),)


def predictor_of(parameters: Mapping[str, int], tensors: tuple[QuantizedTensor, ...]) -> tuple[int, PredictorWeights]:
    """Number and weights of a predictor.

    Args:
        parameters: of the spec.
        tensors: kernels and biases, shaped as those of the shipped predictor.

    Raises:
        StreamError: weights in other steps than 1.
    """
    number = parameters[_NUMBER]
    if any(tensor.step != 1.0 for tensor in tensors):
        raise StreamError(f"expected weights in steps of 1 in a network {ARCHITECTURE}. Received: another step")
    kernels, biases = (tensor.values for tensor in tensors)
    return number, PredictorWeights(predictor_weights(number).shape, kernels, biases)
