"""Sizes and weights of the network :mod:`codec.networks.compact`, and the base networks that both sides have."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from codec.errors import StreamError
from codec.exact.grid import chroma_block
from codec.exact.layers import I32Array, IntegerConvolution
from codec.networks.interface import NetworkSpec
from codec.video.pixel_formats import ColorModel, PixelFormat
from codec.weights.flat import ConvolutionSizes, KernelShape, flat_tensors
from codec.weights.tensors import QuantizedTensor
from container_format.errors import UnsupportedError

ARCHITECTURE = "compact"
INPUT_MAGNITUDE = 128
GRAY_INPUTS = 4
INPUT_BITS, HIDDEN_BITS, RESULT_BITS = 7, 6, 5
"""Binary places: an input of 1.0 is 128, a hidden value of 1.0 is 64, a result of 1.0 is 32 quarters of a code."""
HIDDEN_MAX = 255
RESULT_MAX = 1023
MIN_STEP_BITS, MAX_STEP_BITS = 1, 12
_LIMITS = {"depth": (1, 6), "width": (4, 64)}


@dataclass(frozen=True)
class CompactShape(ConvolutionSizes):
    """The sizes of a network.

    Attributes:
        chroma: values of chroma at a point of the grid: 2, 4 or 8.
        depth: 3x3 convolutions, 1 to 6.
        width: kernels of each, 4 to 64.

    Raises:
        UnsupportedError: sizes that no such network has.
    """

    chroma: int
    depth: int
    width: int

    def __post_init__(self) -> None:
        if self.chroma not in (2, 4, 8):
            raise UnsupportedError(f"expected 2, 4 or 8 values of chroma at a point. Received: {self.chroma}")
        for name, (low, high) in _LIMITS.items():
            if not low <= getattr(self, name) <= high:
                raise UnsupportedError(f"expected a {name} from {low} to {high}. Received: {getattr(self, name)}")

    @classmethod
    def for_video(cls, pixel_format: PixelFormat, *, depth: int, width: int) -> CompactShape:
        """With as many values of chroma as this pixel format has at a point."""
        return cls(2 * math.prod(chroma_block(pixel_format)), depth, width)

    @property
    def num_inputs(self) -> int:
        """Values at a point of the grid that come in."""
        return GRAY_INPUTS + self.chroma

    @property
    def kernel_shapes(self) -> tuple[KernelShape, ...]:
        """Of all convolutions, in order."""
        widths = [self.num_inputs, *[self.width] * self.depth]
        hidden = tuple((3, 3, widths[index], self.width) for index in range(self.depth))
        return (*hidden, (1, 1, self.width, self.chroma))


@dataclass(frozen=True, eq=False)
class CompactWeights:
    """All weights of a network, as they are sent.

    Attributes:
        shape: of the network.
        base: number of the base network that both sides have, from which the weights are told; 0 for none.
        step_bits: for each convolution, the binary places of its kernel: a value of 1.0 is ``2**step_bits``.
        kernels: (shape.num_kernel_weights,) int32, one convolution after another, each in C order.
        biases: (shape.num_biases,) int32, in the binary places of the convolution's result.

    Raises:
        StreamError: steps or numbers of weights that do not belong to the shape.
    """

    shape: CompactShape
    step_bits: tuple[int, ...]
    kernels: I32Array
    biases: I32Array
    base: int = 0

    def __post_init__(self) -> None:
        expected = (self.shape.depth + 1, (self.shape.num_kernel_weights,), (self.shape.num_biases,))
        received = (len(self.step_bits), self.kernels.shape, self.biases.shape)
        if expected != received:
            raise StreamError(f"expected steps, kernels and biases {expected}. Received: {received}")
        if not all(MIN_STEP_BITS <= bits <= MAX_STEP_BITS for bits in self.step_bits):
            raise StreamError(f"expected {MIN_STEP_BITS} to {MAX_STEP_BITS} binary places. Received: {self.step_bits}")

    @property
    def spec(self) -> NetworkSpec:
        """Name, sizes and steps."""
        sizes = {"chroma": self.shape.chroma, "depth": self.shape.depth, "width": self.shape.width, "base": self.base}
        steps = {f"step_bits_{index}": bits for index, bits in enumerate(self.step_bits)}
        return NetworkSpec(ARCHITECTURE, tuple(sorted((sizes | steps).items())))

    @property
    def tensors(self) -> tuple[QuantizedTensor, ...]:
        """The weights as two tensors of whole numbers: fewer tables than one for each convolution."""
        return flat_tensors(self.kernels, self.biases)

    def kernels_in(self, step_bits: Sequence[int]) -> npt.NDArray[np.float32]:
        """The kernels in other steps: (shape.num_kernel_weights,) float32, exact."""
        sizes = [math.prod(kernel_shape) for kernel_shape in self.shape.kernel_shapes]
        shifts = np.repeat([new - own for new, own in zip(step_bits, self.step_bits, strict=True)], sizes)
        kernels: npt.NDArray[np.float32] = np.ldexp(self.kernels.astype(np.float32), shifts)
        return kernels

    def layers(self) -> Iterator[IntegerConvolution]:
        """The convolutions."""
        last = self.shape.depth
        weights = zip(self.shape.split(self.kernels, self.biases), self.step_bits, strict=True)
        for index, ((kernel, bias), step_bits) in enumerate(weights):
            shift = step_bits + (HIDDEN_BITS if index else INPUT_BITS) - (RESULT_BITS if index == last else HIDDEN_BITS)
            low, high = (-RESULT_MAX, RESULT_MAX) if index == last else (0, HIDDEN_MAX)
            yield IntegerConvolution(kernel, bias << shift, shift, low, high)


def unpack_spec(spec: NetworkSpec) -> tuple[CompactShape, tuple[int, ...], int]:
    """The inverse of :attr:`CompactWeights.spec`: shape, binary places of each kernel, number of the base.

    Raises:
        UnsupportedError: it is not one of this architecture.
    """
    values = dict(spec.parameters)
    if spec.architecture != ARCHITECTURE or not {"base", "chroma", "depth", "width"} <= values.keys():
        raise UnsupportedError(f"expected a network {ARCHITECTURE} with its sizes. Received: {spec}")
    shape = CompactShape(values.pop("chroma"), values.pop("depth"), values.pop("width"))
    base = values.pop("base")
    names = [f"step_bits_{index}" for index in range(shape.depth + 1)]
    if sorted(values) != names:
        raise UnsupportedError(f"expected the parameters {', '.join(names)}. Received: {', '.join(sorted(values))}")
    return shape, tuple(values[name] for name in names), base


BASES = Path(__file__).parent / "bases"
"""Base networks, a file each: arrays ``sizes``, ``step_bits``, ``kernels`` and ``biases``. Streams name them by number,
so a file never changes once it was published."""
BASE_DEPTH, BASE_WIDTH = 3, 16
# Model and rows and columns of chroma samples at a point of the grid; with the scales they number the bases from 1.
_KINDS = ((ColorModel.YUV, 1, 1), (ColorModel.YUV, 2, 1), (ColorModel.YUV, 2, 2), (ColorModel.RGB, 2, 2))
_SCALES = (1, 2, 4)


@functools.cache
def base_weights(shape: CompactShape, number: int) -> CompactWeights:
    """A base network; zeros for number 0.

    Raises:
        UnsupportedError: this version has no such base network.
    """
    if number == 0:
        kernels, biases = (np.zeros(size, np.int32) for size in (shape.num_kernel_weights, shape.num_biases))
        return CompactWeights(shape, (MIN_STEP_BITS,) * (shape.depth + 1), kernels, biases)
    file = base_file(number)
    if not file.is_file():
        raise UnsupportedError(f"the stream needs a newer gvc: unknown base network {number}")
    with np.load(file) as arrays:
        own = CompactShape(*map(int, arrays["sizes"]))
        if own != shape:
            raise StreamError(f"expected sizes {own} of base network {number}. Received: {shape}")
        step_bits = tuple(map(int, arrays["step_bits"]))
        kernels, biases = arrays["kernels"].astype(np.int32), arrays["biases"].astype(np.int32)
    return CompactWeights(shape, step_bits, kernels, biases, number)


def base_number(pixel_format: PixelFormat, scale: int) -> int:
    """The base network for such video with hints of this scale; 0 if there is none."""
    kind = (pixel_format.model, *chroma_block(pixel_format))
    if kind not in _KINDS or scale not in _SCALES:
        return 0
    return 1 + len(_SCALES) * _KINDS.index(kind) + _SCALES.index(scale)


def base_file(number: int) -> Path:
    """Where a base network is."""
    return BASES / f"{number:02}.npz"


def base_for(pixel_format: PixelFormat, scale: int) -> CompactWeights | None:
    """The base network for such video with hints of this scale; None if there is none."""
    number = base_number(pixel_format, scale)
    shape = CompactShape.for_video(pixel_format, depth=BASE_DEPTH, width=BASE_WIDTH)
    return base_weights(shape, number) if number and base_file(number).is_file() else None
