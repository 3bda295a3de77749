"""Training of the `compact` network: pieces of the keyframes, then whole-number weights that cost few bytes.

Two phases of one schedule (Adam, the step size falling along half a cosine):

1. Weights and hidden values of any value. The loss is the mean squared error of the chroma.
2. Every tensor gets a step, a power of two. Weights and hidden values are rounded on the way forward as the receiver
   will, and the gradient passes the rounding as if it were not there (Y. Bengio, N. Leonard, A. Courville, "Estimating
   or Propagating Gradients Through Stochastic Neurons for Conditional Computation", 2013). The bits of the
   weights join the loss.

The weight of the bits is not a setting: a bit of the network must win as much error as a bit of the hints does, and
there `d ln(error) / d ln(bits)` is about -1.15.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codec.backend import JIT_COMPILE, keras
from codec.networks.compact import (
    HIDDEN_BITS,
    HIDDEN_MAX,
    INPUT_BITS,
    MAX_STEP_BITS,
    MIN_STEP_BITS,
    RESULT_BITS,
    CompactShape,
)
from codec.networks.weights import QuantizedTensor

F32Array = npt.NDArray[np.float32]

_FLOAT_SHARE = 0.6
_LEARNING_RATE = 3e-3
_LAST_LEARNING_RATE = 2e-5
_STEP_OVER_RMS = 0.35
_ERROR_PER_RATE = 1.15
_MAX_VALUE = HIDDEN_MAX / 2**HIDDEN_BITS


@dataclass(frozen=True)
class CompactTraining:
    """How long to train, on what.

    Attributes:
        steps: of both phases together.
        batch_size: pieces in a step.
        piece: side of a piece, in points of the network's grid.
        seed: of everything random.
    """

    steps: int = 2000
    batch_size: int = 16
    piece: int = 32
    seed: int = 0


@keras.saving.register_keras_serializable("gvc")
class RoundingConvolution(keras.layers.Layer):  # type: ignore[misc]
    """A convolution that can round its weights and its results as the receiver's whole numbers do.

    Args:
        shape: of the kernel: (rows, columns, inputs, outputs).
        is_last: the result is neither clipped at 0 nor in 64ths, and the kernel starts at 0.
        seed: of the start.
    """

    def __init__(self, shape: tuple[int, int, int, int], *, is_last: bool, seed: int) -> None:
        super().__init__(dtype="float32")
        self._is_last = is_last
        start = "zeros" if is_last else keras.initializers.HeNormal(seed)
        self.kernel = self.add_weight(shape=shape, initializer=start, name="kernel")
        self.bias = self.add_weight(shape=shape[3:], initializer="zeros", name="bias")
        self.step = self.add_weight(shape=(), initializer="ones", trainable=False, name="step")
        self.rounds = self.add_weight(shape=(), initializer="zeros", trainable=False, name="rounds")

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """See the class."""
        kernel = self._rounded(self.kernel, self.step)
        sums = keras.ops.conv(inputs, kernel, padding="same") + self.bias
        if self._is_last:
            return sums
        return self._rounded(keras.ops.clip(sums, 0.0, _MAX_VALUE), 2.0**-HIDDEN_BITS)

    def _rounded(self, values: keras.KerasTensor, step: keras.KerasTensor | float) -> keras.KerasTensor:
        """Rounded on the way forward, as if it were not there on the way back; only while ``rounds`` is 1."""
        error = keras.ops.floor(values / step + 0.5) * step - values
        return values + keras.ops.stop_gradient(self.rounds * error)

    def bits(self) -> keras.KerasTensor:
        """What the weights cost, about: a smooth stand-in for the length of their code."""
        return keras.ops.sum(keras.ops.log(1.0 + keras.ops.abs(self.kernel / self.step))) / math.log(2) * 1.5


class CompactModel(keras.Model):  # type: ignore[misc]
    """The network with weights of any value, and the loss of its second phase."""

    def __init__(self, shape: CompactShape, seed: int) -> None:
        super().__init__()
        last = len(shape.kernel_shapes) - 1
        self.convolutions = [
            RoundingConvolution(kernel, is_last=index == last, seed=seed + index)
            for index, kernel in enumerate(shape.kernel_shapes)
        ]
        self.bit_weight = self.add_weight(shape=(), initializer="zeros", trainable=False, name="bit_weight")

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Inputs in 128ths to results in quarters of 8 code values."""
        for convolution in self.convolutions:
            inputs = convolution(inputs)
        return inputs

    def compute_loss(
        self,
        x: object = None,
        y: keras.KerasTensor = None,
        y_pred: keras.KerasTensor = None,
        sample_weight: object = None,
        training: bool = True,
    ) -> keras.KerasTensor:
        """Mean squared error, and the weighted bits of the weights."""
        del x, sample_weight, training
        error = keras.ops.mean(keras.ops.square(y - y_pred))
        return error * (1.0 + self.bit_weight * sum(convolution.bits() for convolution in self.convolutions))


def train_compact(
    shape: CompactShape,
    inputs: npt.NDArray[np.int16],
    hints: npt.NDArray[np.int32],
    targets: npt.NDArray[np.float32],
    training: CompactTraining,
    *,
    hint_bits: float,
    show: Callable[[int], None] = lambda _: None,
) -> tuple[QuantizedTensor, ...]:
    """Train a network for one video.

    Args:
        shape: of the network.
        inputs: (n, rows, columns, inputs) int16 in [-128, 127]: what the network is given of n pictures.
        hints: (n, rows, columns, chroma) int32: the hints on the network's grid, in quarters of a code value.
        targets: the same shape, float32: the true chroma in code values.
        training: how long.
        hint_bits: of the whole video: what the weights' bits are weighed against.
        show: is told each step.

    Returns:
        Kernels and biases in the order of :func:`codec.networks.compact.integer_layers`.
    """
    keras.utils.set_random_seed(training.seed)
    model = CompactModel(shape, training.seed)
    model.compile(keras.optimizers.Adam(_LEARNING_RATE), jit_compile=JIT_COMPILE)
    random = np.random.default_rng(training.seed)
    wanted = ((targets * 4 - hints) / 2**RESULT_BITS).astype(np.float32)  # what the network should answer
    first_rounded = round(training.steps * _FLOAT_SHARE)
    for step in range(training.steps):
        if step == first_rounded:
            start_rounding(model, hint_bits)
        model.optimizer.learning_rate = _learning_rate(step / training.steps)
        model.train_on_batch(*_pieces(inputs, wanted, training, random))
        show(step + 1)
    return quantized_tensors(model)


def _learning_rate(done: float) -> float:
    return _LAST_LEARNING_RATE + (_LEARNING_RATE - _LAST_LEARNING_RATE) * (1 + math.cos(math.pi * done)) / 2


def _pieces(
    inputs: npt.NDArray[np.int16], wanted: F32Array, training: CompactTraining, random: np.random.Generator
) -> tuple[F32Array, F32Array]:
    """A batch of pieces from anywhere: what the network is given, and what it should answer."""
    count, rows, columns, _ = inputs.shape
    high, wide = min(training.piece, rows), min(training.piece, columns)
    places = [
        (index, slice(top, top + high), slice(left, left + wide))
        for index, top, left in zip(
            random.integers(count, size=training.batch_size),
            random.integers(rows - high + 1, size=training.batch_size),
            random.integers(columns - wide + 1, size=training.batch_size),
            strict=True,
        )
    ]
    given = np.stack([inputs[place] for place in places]).astype(np.float32) / 2**INPUT_BITS
    return given, np.stack([wanted[place] for place in places])


def start_rounding(model: CompactModel, hint_bits: float) -> None:
    """Give every kernel a step, and let weights and hidden values be rounded from now on."""
    for convolution in model.convolutions:
        kernel = convolution.get_weights()[0]
        rms = math.sqrt(float(np.mean(np.square(kernel, dtype=np.float64)))) or 1.0
        bits = min(max(-round(math.log2(rms * _STEP_OVER_RMS)), MIN_STEP_BITS), MAX_STEP_BITS)
        convolution.step.assign(2.0**-bits)
        convolution.rounds.assign(1.0)
    model.bit_weight.assign(_ERROR_PER_RATE / hint_bits)


def quantized_tensors(model: CompactModel) -> tuple[QuantizedTensor, ...]:
    """The weights as they are sent."""
    tensors = []
    for index, convolution in enumerate(model.convolutions):
        kernel, bias, step, _ = convolution.get_weights()
        bias_step = float(step) * 2.0 ** -(HIDDEN_BITS if index else INPUT_BITS)
        for name, weights, unit in (("kernel", kernel, float(step)), ("bias", bias, bias_step)):
            values = np.floor(weights.astype(np.float64) / unit + 0.5)
            tensors.append(QuantizedTensor(f"conv_{index}/{name}", values.shape, unit, values.astype(np.int32)))
    return tuple(tensors)
