"""Sizes and weights of the predictor, the network that gives the mean and the scale of every sample's distribution.

It works on squares of 2x2 samples, like `compact`, in five steps. Each step sees the samples of the previous steps:

    known channels (codec.lossless.known) -> trunk: convolutions 3x3 -> features
    step 0   features                          -> upper left samples of every other square, like a chessboard's white
    step 1   features, step 0                  -> upper left samples of the other squares
    step 2   features, all upper left samples  -> lower right samples
    step 3   features, the samples so far      -> upper right samples
    step 4   features, the samples so far      -> lower left samples

For each sample the network gives two numbers: the mean minus the base, in eighths of a code value, and the scale, in
16ths of a step between the scales of :mod:`codec.lossless.distributions`. For the second of two components it gives a
third number, in 64ths: the share of the first component's prediction error that is added to the second one's mean.
All arithmetic is on whole numbers (:mod:`codec.exact`).
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
_NUMBER = "predictor"  # the only parameter: the number of the shipped predictor that the weights are a difference to
INPUT_BITS, HIDDEN_BITS, RESULT_BITS = 8, 8, 6
"""Binary places: an input of 1.0 is 256, a hidden value of 1.0 is 256, a result of 1.0 is 64."""
HIDDEN_MAX = 2047
RESULT_MAX = 4095
INPUT_MAX = 2047
STEP_BITS, LAST_STEP_BITS = 7, 9
"""Binary places of a kernel: a weight of 1.0 is 128, or 512 in the last convolution of a step."""
NUM_STEPS = 5
DECODED_PHASES = (0, 1, 1, 2, 3)
"""For each step, how many samples of a square it sees: the first ones in the order of ``PHASES``."""
PHASES = (0, 3, 1, 2)
"""The places in a square in coding order; a place is two times its row plus its column."""
STEP_PHASES = (0, 0, 3, 1, 2)
_MAX_WIDTH = 64


class SpecLike(Protocol):
    """The part of a network's spec that this module reads."""

    @property
    def architecture(self) -> str:
        """The name of the architecture."""

    @property
    def parameters(self) -> tuple[tuple[str, int], ...]:
        """The parameters of the architecture, as (name, value) pairs."""


@dataclass(frozen=True)
class PredictorShape(ConvolutionSizes):
    """The sizes of a predictor.

    Attributes:
        components: planes that are coded together: 1 for gray, 2 for chroma.
        gray_channels: gray samples that the network sees for each chroma sample: 1, 2 or 4; 0 in a predictor of gray.
        width: kernels of each convolution, 4 to 64.

    Raises:
        UnsupportedError: no predictor has these sizes.
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
        """Number of channels of the trunk's input."""
        return 4 * (2 * self.gray_channels + 2 * self.components) + self.components + 1 + bool(self.gray_channels)

    @property
    def num_results(self) -> int:
        """Numbers that the network gives for one place: a mean and a scale per component, and the coupling of two."""
        return 2 if self.components == 1 else 5

    @property
    def trunk_shapes(self) -> tuple[KernelShape, ...]:
        """The shapes of the trunk's kernels: (rows, columns, inputs, outputs) each."""
        return (3, 3, self.num_known, self.width), (3, 3, self.width, self.width)

    def head_shapes(self, step: int) -> tuple[KernelShape, ...]:
        """The shapes of the kernels of a step, 0 to 4."""
        last = (1, 1, self.width, self.num_results)
        decoded = DECODED_PHASES[step] * self.components
        if not decoded:
            return (last,)
        return (3, 3, self.width + decoded, self.width), (3, 3, self.width, self.width), last

    @property
    def parts(self) -> tuple[tuple[KernelShape, ...], ...]:
        """The shapes of the kernels of the trunk, then of each step."""
        return self.trunk_shapes, *(self.head_shapes(step) for step in range(NUM_STEPS))

    @property
    def kernel_shapes(self) -> tuple[KernelShape, ...]:
        """The shapes of the kernels of all convolutions, in order."""
        return tuple(shape for part in self.parts for shape in part)

    def is_last(self, index: int) -> bool:
        """Whether the convolution at this index of :attr:`kernel_shapes` is the last one of a step."""
        return self.kernel_shapes[index][0] == 1


@dataclass(frozen=True, eq=False)
class PredictorWeights:
    """All weights of a predictor.

    Attributes:
        shape: the sizes of the network.
        kernels: (shape.num_kernel_weights,) int32, one convolution after another, each in C order.
        biases: (shape.num_biases,) int32, with the binary places of the convolution's result.

    Raises:
        StreamError: the numbers of weights do not fit the shape.
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
        """The weights as float32 arrays. A video's own weights are sent as the difference to them."""
        return {"kernels": self.kernels.astype(np.float32), "biases": self.biases.astype(np.float32)}

    def layers(self) -> list[list[IntegerConvolution]]:
        """The convolutions of the trunk, then of each step."""
        flat = self._flat_layers()
        return [[next(flat) for _ in part] for part in self.shape.parts]

    def _flat_layers(self) -> Iterator[IntegerConvolution]:
        for index, (kernel, bias) in enumerate(self.shape.split(self.kernels, self.biases)):
            is_last = self.shape.is_last(index)
            shift = LAST_STEP_BITS + HIDDEN_BITS - RESULT_BITS if is_last else STEP_BITS
            low, high = (-RESULT_MAX, RESULT_MAX) if is_last else (0, HIDDEN_MAX)
            yield IntegerConvolution(kernel, bias << shift, shift, low, high)


def input_magnitudes(shape: PredictorShape, part: int) -> list[int]:
    """The largest magnitude of each input channel.

    Args:
        shape: the sizes of the network.
        part: 0 for the trunk, 1 to 5 for steps 0 to 4.
    """
    if part == 0:
        return [INPUT_MAX] * shape.num_known
    decoded = DECODED_PHASES[part - 1] * shape.components
    return [HIDDEN_MAX] * shape.width + [INPUT_MAX] * decoded


WEIGHTS = Path(__file__).parent / "weights"
"""The folder of the predictors that gvc ships. Each file has the arrays ``sizes``, ``kernels`` and ``biases``. Streams
refer to a predictor by its number, so a published file never changes. Predictors that senders no longer use are in the
folder ``superseded``, since old streams refer to them. Predictors 6 and 7 are 1 and 5 after more training; 8, 9 and 10
are 6, 2 and 7 after more training."""
SUPERSEDED = WEIGHTS / "superseded"
LUMA_PREDICTOR = 8
_RGB_PREDICTOR = 9
_YUV_PREDICTORS = {1: 3, 2: 4, 4: 10}


def gray_channels(pixel_format: PixelFormat) -> int:
    """How many gray samples the network sees for each chroma sample: 1, 2 or 4."""
    return min(1 << (pixel_format.log2_chroma_h + pixel_format.log2_chroma_w), 4)


def chroma_predictor(pixel_format: PixelFormat) -> int:
    """The number of the shipped predictor for the chroma of this pixel format."""
    return _RGB_PREDICTOR if pixel_format.model is ColorModel.RGB else _YUV_PREDICTORS[gray_channels(pixel_format)]


def predictor_file(number: int) -> Path:
    """The file of a predictor, which may not exist."""
    name = f"{number:02}.npz"
    return SUPERSEDED / name if (SUPERSEDED / name).is_file() else WEIGHTS / name


@functools.cache
def predictor_weights(number: int) -> PredictorWeights:
    """Load a shipped predictor by its number.

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
    """The predictor as a :class:`codec.networks.interface.SentNetwork`."""

    @property
    def architecture(self) -> str:
        """The name of the architecture."""
        return ARCHITECTURE

    def start_weights(self, spec: SpecLike) -> NamedWeights:
        """The weights of the shipped predictor that the spec refers to. A stream carries the difference to them.

        Raises:
            UnsupportedError: the spec has another architecture, or a predictor that this version does not have.
        """
        parameters = dict(spec.parameters)
        if spec.architecture != ARCHITECTURE or set(parameters) != {_NUMBER}:
            raise UnsupportedError(
                f"expected a network {ARCHITECTURE} and its number. Received: {spec.architecture}, {parameters}"
            )
        return predictor_weights(parameters[_NUMBER]).start


ARCHITECTURE_OF_PREDICTORS = _Predictors()


def predictor_parameters(number: int) -> tuple[tuple[str, int], ...]:
    """The parameters of the spec of the predictor with this number."""
    return ((_NUMBER, number),)


def predictor_of(parameters: Mapping[str, int], tensors: tuple[QuantizedTensor, ...]) -> tuple[int, PredictorWeights]:
    """Rebuild a predictor from its spec and the tensors that were sent.

    Args:
        parameters: the parameters of the spec.
        tensors: kernels and biases, of the same shapes as those of the shipped predictor.

    Returns:
        The number of the shipped predictor, and the weights.

    Raises:
        StreamError: a tensor has another step than 1.
    """
    number = parameters[_NUMBER]
    if any(tensor.step != 1.0 for tensor in tensors):
        raise StreamError(f"expected weights in steps of 1 in a network {ARCHITECTURE}. Received: another step")
    kernels, biases = (tensor.values for tensor in tensors)
    return number, PredictorWeights(predictor_weights(number).shape, kernels, biases)
