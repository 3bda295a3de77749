"""gvc's own network: a few thousand whole-number weights that turn a coarse chroma stream into the color of a video.

It works on the grid of half the width and half the height, where each point holds the four gray samples of its square
and the enlarged hint (:mod:`codec.hints.planes`):

    gray, hint (rows, columns, 4 + chroma)
      convolutions 3x3, `depth` of them, `width` kernels each      clipped at 0 and 255
      convolution 1x1
    what to add to the hint (rows, columns, chroma)

``chroma`` is two planes times the chroma samples of one square: 2 for 4:2:0, 4 for 4:2:2, 8 for 4:4:4 and RGB. The last
convolution starts at 0, so that training starts from the hint itself and can only improve on it. Everything is whole
numbers (:mod:`codec.exact`): gray and hint are code values less 128, hidden values are in 64ths, the result is in
quarters of a code value.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codec.errors import StreamError
from codec.exact.layers import I32Array, IntegerConvolution
from codec.networks.interface import NetworkSpec
from codec.networks.weights import QuantizedTensor
from codec.video.picture import U8Array
from container_format.errors import UnsupportedError

ARCHITECTURE = "compact"
NEUTRAL = 128
INPUT_MAGNITUDE = 128
GRAY_INPUTS = 4
INPUT_BITS, HIDDEN_BITS, RESULT_BITS = 7, 6, 5
"""Binary places: an input of 1.0 is 128, a hidden value of 1.0 is 64, a result of 1.0 is 32 quarters of a code."""
HIDDEN_MAX = 255
RESULT_MAX = 1023
MIN_STEP_BITS, MAX_STEP_BITS = 1, 12
LIMITS = {"chroma": (2, 8), "depth": (1, 6), "width": (4, 64)}


@dataclass(frozen=True)
class CompactShape:
    """The sizes that a spec leaves open.

    Attributes:
        chroma: values of chroma at a point of the grid: 2, 4 or 8.
        depth: 3x3 convolutions.
        width: kernels of each.
    """

    chroma: int
    depth: int
    width: int

    @classmethod
    def of(cls, spec: NetworkSpec) -> CompactShape:
        """The sizes of a spec.

        Raises:
            UnsupportedError: it is not one of this architecture.
        """
        values = dict(spec.parameters)
        sound = spec.architecture == ARCHITECTURE and values.keys() == LIMITS.keys()
        if not sound or not all(low <= values[name] <= high for name, (low, high) in LIMITS.items()):
            raise UnsupportedError(f"expected a network {ARCHITECTURE} with {LIMITS}. Received: {spec}")
        if values["chroma"] not in (2, 4, 8):
            raise UnsupportedError(f"expected 2, 4 or 8 values of chroma at a point. Received: {values['chroma']}")
        return cls(values["chroma"], values["depth"], values["width"])

    @property
    def spec(self) -> NetworkSpec:
        """The inverse of :meth:`of`."""
        parameters = (("chroma", self.chroma), ("depth", self.depth), ("width", self.width))
        return NetworkSpec(ARCHITECTURE, parameters)

    @property
    def num_inputs(self) -> int:
        """Values at a point of the grid that come in."""
        return GRAY_INPUTS + self.chroma

    @property
    def kernel_shapes(self) -> tuple[tuple[int, int, int, int], ...]:
        """Of all convolutions, in order."""
        widths = [self.num_inputs, *[self.width] * self.depth]
        hidden = tuple((3, 3, widths[index], self.width) for index in range(self.depth))
        return (*hidden, (1, 1, self.width, self.chroma))

    @property
    def num_weights(self) -> int:
        """Kernels and biases."""
        return sum(math.prod(shape) + shape[-1] for shape in self.kernel_shapes)


def integer_layers(shape: CompactShape, tensors: Sequence[QuantizedTensor]) -> tuple[IntegerConvolution, ...]:
    """The network that quantized weights make.

    Args:
        shape: of the network.
        tensors: for each convolution its kernel, whose step is a power of two, and its bias, whose step is that times
            the place value of the convolution's input.

    Raises:
        StreamError: the tensors are not those of such a network.
    """
    if len(tensors) != 2 * len(shape.kernel_shapes):
        raise StreamError(f"expected {2 * len(shape.kernel_shapes)} tensors. Received: {len(tensors)}")
    layers = []
    for index, kernel_shape in enumerate(shape.kernel_shapes):
        kernel, bias = tensors[2 * index : 2 * index + 2]
        is_last = index == len(shape.kernel_shapes) - 1
        input_bits = HIDDEN_BITS if index else INPUT_BITS
        step_bits = step_bits_of(kernel.step)
        if kernel.shape != kernel_shape or bias.shape != kernel_shape[3:]:
            raise StreamError(
                f"expected tensors {kernel_shape} and {kernel_shape[3:]}. Received: {kernel.shape} and {bias.shape}"
            )
        if bias.step != 2.0 ** -(step_bits + input_bits):
            raise StreamError(f"expected a bias in steps of 2^-{step_bits + input_bits}. Received: {bias.step}")
        shift = step_bits + input_bits - (RESULT_BITS if is_last else HIDDEN_BITS)
        low, high = (-RESULT_MAX, RESULT_MAX) if is_last else (0, HIDDEN_MAX)
        layers.append(IntegerConvolution(kernel.values, bias.values, shift, low, high))
    return tuple(layers)


def step_bits_of(step: float) -> int:
    """Which power of two a step is: ``-log2(step)``.

    Raises:
        StreamError: it is none, or out of range.
    """
    mantissa, exponent = math.frexp(step)
    bits = 1 - exponent
    if mantissa != 0.5 or not MIN_STEP_BITS <= bits <= MAX_STEP_BITS:
        raise StreamError(f"expected a step of 2^-{MIN_STEP_BITS} to 2^-{MAX_STEP_BITS}. Received: {step}")
    return bits


def network_inputs(lumas_u8: npt.NDArray[np.uint8], hints: I32Array) -> npt.NDArray[np.int16]:
    """What the network is given.

    Args:
        lumas_u8: (n, height, width) uint8.
        hints: (n, rows, columns, 2) int32 in quarters of a code value, of the size of the chroma planes.

    Returns:
        (n, ceil(height / 2), ceil(width / 2), 4 + chroma) int16 in [-128, 127].
    """
    values = np.clip(hints >> 2, 0, 255) - NEUTRAL
    grid = (-(-lumas_u8.shape[1] // 2), -(-lumas_u8.shape[2] // 2))
    planes = [to_grid(lumas_u8.astype(np.int16)[..., None] - NEUTRAL, grid), to_grid(values.astype(np.int16), grid)]
    return np.concatenate(planes, axis=-1)


def to_grid(planes: npt.NDArray[np.int16], grid: tuple[int, int]) -> npt.NDArray[np.int16]:
    """Squares of samples to points: (n, rows, columns, c) to (n, *grid, c x samples in a square)."""
    n, rows, columns, channels = planes.shape
    down, across = -(-rows // grid[0]), -(-columns // grid[1])
    margins = ((0, 0), (0, grid[0] * down - rows), (0, grid[1] * across - columns), (0, 0))
    padded = np.pad(planes, margins, mode="edge").reshape(n, grid[0], down, grid[1], across, channels)
    return padded.transpose(0, 1, 3, 2, 4, 5).reshape(n, *grid, down * across * channels)


def from_grid(points: I32Array, shape: tuple[int, int]) -> I32Array:
    """The inverse of :func:`to_grid` for two planes of (rows, columns): (n, rows, columns, 2)."""
    n, grid_rows, grid_columns, channels = points.shape
    down, across = -(-shape[0] // grid_rows), -(-shape[1] // grid_columns)
    squares = points.reshape(n, grid_rows, grid_columns, down, across, channels // (down * across))
    planes = squares.transpose(0, 1, 3, 2, 4, 5).reshape(n, grid_rows * down, grid_columns * across, -1)
    result: I32Array = planes[:, : shape[0], : shape[1]]
    return result


def chroma_code_values(hints: I32Array, residuals: I32Array) -> U8Array:
    """Hint and what the network adds, both in quarters, to code values as sent: (n, rows, columns, 2) uint8."""
    values: U8Array = np.clip((np.clip(hints, 0, 1020) + residuals + 2) >> 2, 0, 255).astype(np.uint8)
    return values
