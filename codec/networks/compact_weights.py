"""Sizes and weights of the network :mod:`codec.networks.compact`, and its base networks, which come with gvc."""

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
"""Binary places: 1.0 is 128 as an input, 64 as a hidden value, and 32 (quarters of a code value) as a result."""
HIDDEN_MAX = 255
RESULT_MAX = 1023
MIN_STEP_BITS, MAX_STEP_BITS = 1, 12
_LIMITS = {"depth": (1, 6), "width": (4, 64)}


@dataclass(frozen=True)
class CompactShape(ConvolutionSizes):
    """The sizes of a network.

    Attributes:
        chroma: the number of chroma values at a point of the grid: 2, 4 or 8.
        depth: the number of 3x3 convolutions, 1 to 6.
        width: the number of kernels of each 3x3 convolution, 4 to 64.

    Raises:
        UnsupportedError: a size is out of its range.
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
        """The shape for a video of this pixel format, which determines ``chroma``."""
        return cls(2 * math.prod(chroma_block(pixel_format)), depth, width)

    @property
    def num_inputs(self) -> int:
        """The number of input values at a point of the grid."""
        return GRAY_INPUTS + self.chroma

    @property
    def kernel_shapes(self) -> tuple[KernelShape, ...]:
        """The shape (rows, columns, inputs, outputs) of each convolution's kernel, in order."""
        widths = [self.num_inputs, *[self.width] * self.depth]
        hidden = tuple((3, 3, widths[index], self.width) for index in range(self.depth))
        return (*hidden, (1, 1, self.width, self.chroma))


@dataclass(frozen=True, eq=False)
class CompactWeights:
    """All weights of a network, as a stream carries them.

    Attributes:
        shape: the sizes of the network.
        base: the number of the base network to which the stream codes the difference; 0 for none.
        step_bits: the binary places of each convolution's kernel, 1 to 12: a weight of 1.0 is ``2**step_bits``.
        kernels: (shape.num_kernel_weights,) int32, one convolution after another, each in C order.
        biases: (shape.num_biases,) int32, in the binary places of the convolution's result.

    Raises:
        StreamError: the steps or the numbers of weights do not fit the shape.
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
        _check_step_bits(self.step_bits)

    @property
    def spec(self) -> NetworkSpec:
        """The spec of this network: name, sizes, base and steps."""
        sizes = {"chroma": self.shape.chroma, "depth": self.shape.depth, "width": self.shape.width, "base": self.base}
        steps = {f"step_bits_{index}": bits for index, bits in enumerate(self.step_bits)}
        return NetworkSpec(ARCHITECTURE, tuple(sorted((sizes | steps).items())))

    @property
    def tensors(self) -> tuple[QuantizedTensor, ...]:
        """The weights as two tensors of whole numbers. They need fewer tables than tensors for each convolution."""
        return flat_tensors(self.kernels, self.biases)

    def kernels_in(self, step_bits: Sequence[int]) -> npt.NDArray[np.float32]:
        """The kernels in units of other steps, (shape.num_kernel_weights,) float32, without rounding.

        Args:
            step_bits: the binary places of each convolution's kernel.
        """
        sizes = [math.prod(kernel_shape) for kernel_shape in self.shape.kernel_shapes]
        shifts = np.repeat([new - own for new, own in zip(step_bits, self.step_bits, strict=True)], sizes)
        kernels: npt.NDArray[np.float32] = np.ldexp(self.kernels.astype(np.float32), shifts)
        return kernels

    def layers(self) -> Iterator[IntegerConvolution]:
        """The convolutions of the network, in order."""
        last = self.shape.depth
        weights = zip(self.shape.split(self.kernels, self.biases), self.step_bits, strict=True)
        for index, ((kernel, bias), step_bits) in enumerate(weights):
            shift = step_bits + (HIDDEN_BITS if index else INPUT_BITS) - (RESULT_BITS if index == last else HIDDEN_BITS)
            low, high = (-RESULT_MAX, RESULT_MAX) if index == last else (0, HIDDEN_MAX)
            yield IntegerConvolution(kernel, bias << shift, shift, low, high)


def unpack_spec(spec: NetworkSpec) -> tuple[CompactShape, tuple[int, ...], int]:
    """Read a spec: the inverse of :attr:`CompactWeights.spec`.

    Returns:
        The shape, the binary places of each kernel, and the number of the base network.

    Raises:
        UnsupportedError: the spec is not a valid spec of this architecture.
        StreamError: a kernel has more binary places than this architecture has.
    """
    values = dict(spec.parameters)
    if spec.architecture != ARCHITECTURE or not {"base", "chroma", "depth", "width"} <= values.keys():
        raise UnsupportedError(f"expected a network {ARCHITECTURE} with its sizes. Received: {spec}")
    shape = CompactShape(values.pop("chroma"), values.pop("depth"), values.pop("width"))
    base = values.pop("base")
    names = [f"step_bits_{index}" for index in range(shape.depth + 1)]
    if sorted(values) != names:
        raise UnsupportedError(f"expected the parameters {', '.join(names)}. Received: {', '.join(sorted(values))}")
    step_bits = tuple(values[name] for name in names)
    _check_step_bits(step_bits)
    return shape, step_bits, base


def _check_step_bits(step_bits: tuple[int, ...]) -> None:
    if not all(MIN_STEP_BITS <= bits <= MAX_STEP_BITS for bits in step_bits):
        raise StreamError(f"expected {MIN_STEP_BITS} to {MAX_STEP_BITS} binary places. Received: {step_bits}")


BASES = Path(__file__).parent / "bases"
"""The folder of the base networks. Each is one file with the arrays ``sizes``, ``step_bits``, ``kernels`` and
``biases``. Streams refer to base networks by number, so a published file never changes."""
BASE_DEPTH, BASE_WIDTH = 3, 16
# Color model, and rows and columns of chroma samples at a point of the grid. Kinds and scales together give the base
# networks their numbers, from 1.
_KINDS = ((ColorModel.YUV, 1, 1), (ColorModel.YUV, 2, 1), (ColorModel.YUV, 2, 2), (ColorModel.RGB, 2, 2))
_SCALES = (1, 2, 4)


@functools.cache
def base_weights(shape: CompactShape, number: int) -> CompactWeights:
    """The weights of a base network; zeros for number 0.

    Args:
        shape: the sizes that the base network must have.
        number: the number of the base network.

    Raises:
        UnsupportedError: this version does not have the base network.
        StreamError: the base network has other sizes.
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
    """The number of the base network for this pixel format and hints of this scale; 0 if there is none."""
    kind = (pixel_format.model, *chroma_block(pixel_format))
    if kind not in _KINDS or scale not in _SCALES:
        return 0
    return 1 + len(_SCALES) * _KINDS.index(kind) + _SCALES.index(scale)


def base_file(number: int) -> Path:
    """The path of a base network's file, which may not exist."""
    return BASES / f"{number:02}.npz"


def base_for(pixel_format: PixelFormat, scale: int) -> CompactWeights | None:
    """The base network for this pixel format and hints of this scale; None if there is none."""
    number = base_number(pixel_format, scale)
    shape = CompactShape.for_video(pixel_format, depth=BASE_DEPTH, width=BASE_WIDTH)
    return base_weights(shape, number) if number and base_file(number).is_file() else None
