"""The layers of exact networks, and the proof that no sum in them is rounded.

A layer is a convolution with zero padding, a rounding shift and a clip:

    y = clip(floor(a * 2**-shift + 1/2), minimum, maximum),   a = bias + sum(kernel * x)

All values are whole numbers. The native library sums them in int32; NumPy, and Keras in training, in float32, which
represents every whole number below 2**24 exactly. So if the magnitudes of all terms of a sum add up to less than that,
every order of summation gives the same result on every machine. :func:`check_exact` proves this for each output
channel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codec.errors import StreamError

I32Array = npt.NDArray[np.int32]

FLOAT32_WHOLE_LIMIT = 1 << 24
"""A float32 represents every whole number of a magnitude below this exactly, also after division by a power of two."""
MAX_SHIFT = 24


@dataclass(frozen=True, eq=False)
class IntegerConvolution:
    """One layer of an exact network.

    Attributes:
        kernel: (rows, columns, inputs, outputs) int32; rows and columns are odd.
        bias: (outputs,) int32, in units of the sum.
        shift: how many bits the sum is shifted to the right, 0 to ``MAX_SHIFT``; halves are rounded up.
        minimum: the result is clipped to be no less than this.
        maximum: the result is clipped to be no more than this.

    Raises:
        StreamError: a shape, the shift or the range of results is invalid.
    """

    kernel: I32Array
    bias: I32Array
    shift: int
    minimum: int
    maximum: int

    def __post_init__(self) -> None:
        shape = self.kernel.shape
        if len(shape) != 4 or not (shape[0] % 2 and shape[1] % 2) or self.bias.shape != shape[3:]:
            raise StreamError(
                "expected a kernel (odd rows, odd columns, inputs, outputs) and as many biases as outputs. "
                f"Received: {shape} and {self.bias.shape}"
            )
        if not 0 <= self.shift <= MAX_SHIFT or self.minimum > self.maximum:
            raise StreamError(
                f"expected a shift from 0 to {MAX_SHIFT} and a range. "
                f"Received: {self.shift} and {self.minimum} to {self.maximum}"
            )

    @property
    def num_inputs(self) -> int:
        """Number of input channels."""
        return int(self.kernel.shape[2])

    @property
    def num_outputs(self) -> int:
        """Number of output channels."""
        return int(self.kernel.shape[3])

    @property
    def max_magnitude(self) -> int:
        """The largest magnitude of any output."""
        return max(abs(self.minimum), abs(self.maximum))


def largest_sums(layer: IntegerConvolution, input_magnitudes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """For each output, the largest possible sum of the magnitudes of all terms.

    Args:
        layer: the layer.
        input_magnitudes: (inputs,) int64: the largest magnitude of each input channel.

    Returns:
        (outputs,) int64. The terms are weights times inputs, the bias, and the half that rounding adds.
    """
    weights = np.abs(layer.kernel.astype(np.int64)).sum(axis=(0, 1))  # (inputs, outputs)
    half = 1 << (layer.shift - 1) if layer.shift else 0
    sums: npt.NDArray[np.int64] = input_magnitudes @ weights + np.abs(layer.bias.astype(np.int64)) + half
    return sums


def check_exact(layers: Sequence[IntegerConvolution], input_magnitudes: Sequence[int]) -> None:
    """Prove that float32 computes these layers without rounding, in any order of summation.

    The rounding shift is exact, too: ``a * 2**-shift`` only changes the exponent, and adding 1/2 to it needs no more
    bits than ``a + 2**(shift - 1)``, which the bound includes. Kernel and bias may also be multiplied by ``2**-shift``
    beforehand, and the bias may include the 1/2: then all terms are multiples of ``2**-shift``, and the bound scales
    with them.

    Args:
        layers: the layers in order; each takes the results of the previous one.
        input_magnitudes: the largest magnitude of each input channel of the first layer.

    Raises:
        StreamError: a layer does not fit the previous one, or a sum could reach 2**24.
    """
    magnitudes = np.array(input_magnitudes, np.int64)
    for index, layer in enumerate(layers):
        if layer.num_inputs != magnitudes.size:
            raise StreamError(f"expected {magnitudes.size} inputs in layer {index}. Received: {layer.num_inputs}")
        largest = int(largest_sums(layer, magnitudes).max())
        if largest >= FLOAT32_WHOLE_LIMIT or layer.max_magnitude >= FLOAT32_WHOLE_LIMIT:
            raise StreamError(
                f"expected sums below 2^24 in layer {index} of an exact network. "
                f"Received: up to {max(largest, layer.max_magnitude)}"
            )
        magnitudes = np.full(layer.num_outputs, layer.max_magnitude, np.int64)


def is_exact(layers: Sequence[IntegerConvolution], input_magnitudes: Sequence[int]) -> bool:
    """Whether :func:`check_exact` proves that these layers are exact."""
    try:
        check_exact(layers, input_magnitudes)
    except StreamError:
        return False
    return True
