"""A convolution that learns to live with whole numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codec.backend import keras
from codec.exact import IntegerConvolution


@dataclass(frozen=True)
class BinaryPlaces:
    """Of the values between the convolutions of a network.

    Attributes:
        hidden: binary places of hidden values.
        result: of what the last convolution gives.
        hidden_max: largest hidden value, in these places.
        result_max: largest magnitude of a result.
    """

    hidden: int
    result: int
    hidden_max: int
    result_max: int


@keras.saving.register_keras_serializable("gvc")
class BoundedSums(keras.constraints.Constraint):  # type: ignore[misc]
    """Keeps the sum of the magnitudes of each output's weights below a limit, so that it stays provably exact."""

    def __init__(self, limit: float) -> None:
        self._limit = limit

    def __call__(self, kernel: keras.KerasTensor) -> keras.KerasTensor:
        """The kernel, (rows, columns, inputs, outputs), scaled down where it must be."""
        sums = keras.ops.sum(keras.ops.abs(kernel), axis=(0, 1, 2), keepdims=True)
        return kernel * keras.ops.minimum(1.0, self._limit / keras.ops.maximum(sums, 1e-9))


@keras.saving.register_keras_serializable("gvc")
class RoundingConvolution(keras.layers.Layer):  # type: ignore[misc]
    """A convolution that can round its weights and its results as the receiver's whole numbers do.

    Args:
        shape: of the kernel: (rows, columns, inputs, outputs).
        places: of the values.
        is_last: the result is neither clipped at 0 nor rounded, and the kernel starts at 0.
        seed: of the start.
        max_sum: of the magnitudes of an output's weights; None for no limit.
    """

    def __init__(
        self,
        shape: tuple[int, int, int, int],
        places: BinaryPlaces,
        *,
        is_last: bool,
        seed: int,
        max_sum: float | None = None,
    ) -> None:
        super().__init__(dtype="float32")
        self._is_last = is_last
        self._places = places
        start = "zeros" if is_last else keras.initializers.HeNormal(seed)
        limit = None if max_sum is None else BoundedSums(max_sum)
        self.kernel = self.add_weight(shape=shape, initializer=start, constraint=limit, name="kernel")
        self.bias = self.add_weight(shape=shape[3:], initializer="zeros", name="bias")
        self.start = self.add_weight(shape=shape, initializer="zeros", trainable=False, name="start")
        self.step = self.add_weight(shape=(), initializer="ones", trainable=False, name="step")
        self.rounds = self.add_weight(shape=(), initializer="zeros", trainable=False, name="rounds")

    @property
    def result_places(self) -> int:
        """Binary places of what it gives, and of its biases."""
        return self._places.result if self._is_last else self._places.hidden

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """See the class."""
        kernel = self._rounded(self.kernel, self.step)
        bias = self._rounded(self.bias, 2.0**-self.result_places)
        sums = keras.ops.conv(inputs, kernel, padding="same") + bias
        if self._is_last:
            return sums
        largest = self._places.hidden_max / 2**self._places.hidden
        return self._rounded(keras.ops.clip(sums, 0.0, largest), 2.0**-self._places.hidden)

    def _rounded(self, values: keras.KerasTensor, step: keras.KerasTensor | float) -> keras.KerasTensor:
        """Rounded on the way forward, as if it were not there on the way back; only while ``rounds`` is 1."""
        error = keras.ops.floor(values / step + 0.5) * step - values
        return values + keras.ops.stop_gradient(self.rounds * error)

    def start_from(self, layer: IntegerConvolution, step_bits: int) -> None:
        """Take the weights of a layer, which is what the receiver has already."""
        kernel = np.ldexp(layer.kernel.astype(np.float32), -step_bits)
        self.kernel.assign(kernel)
        self.start.assign(kernel)
        self.bias.assign(np.ldexp((layer.bias >> layer.shift).astype(np.float32), -self.result_places))
        self.step.assign(2.0**-step_bits)

    def whole(
        self, kernel: npt.NDArray[np.float64], bias: npt.NDArray[np.float64], step_bits: int
    ) -> IntegerConvolution:
        """The layer in whole numbers, with this kernel and bias in steps of ``2**-step_bits``."""
        shift = step_bits + self._places.hidden - self.result_places
        low, high = (
            (-self._places.result_max, self._places.result_max) if self._is_last else (0, self._places.hidden_max)
        )
        whole_kernel = np.floor(kernel * 2.0**step_bits + 0.5).astype(np.int32)
        whole_bias = np.floor(bias * 2.0**self.result_places + 0.5).astype(np.int32) << shift
        return IntegerConvolution(whole_kernel, whole_bias, shift, low, high)

    def bits(self) -> keras.KerasTensor:
        """What the weights cost, about: a smooth stand-in for the length of their code."""
        steps = keras.ops.abs(self.kernel - self.start) / self.step
        return keras.ops.sum(keras.ops.log(1.0 + steps)) / math.log(2) * 1.5
