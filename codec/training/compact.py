"""Training of the `compact` network: patches of the keyframes, then whole-number weights that cost few bytes.

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
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from codec.backend import JIT_COMPILE, keras
from codec.errors import TrainingError
from codec.exact import is_exact
from codec.hints.planes import I16Array
from codec.networks.compact_weights import (
    HIDDEN_BITS,
    HIDDEN_MAX,
    INPUT_BITS,
    INPUT_MAGNITUDE,
    MAX_STEP_BITS,
    MIN_STEP_BITS,
    RESULT_BITS,
    RESULT_MAX,
    CompactShape,
    CompactWeights,
)
from codec.training.guided_examples import GuidedExamples
from codec.training.options import CompactTraining
from codec.training.rounding import BinaryPlaces, RoundingConvolution

F32Array = npt.NDArray[np.float32]

_FLOAT_SHARE = 0.6
_LEARNING_RATE = 3e-3
_LEARNING_RATE_FROM_BASE = 1.5e-3
_LAST_LEARNING_RATE = 2e-5
_STEP_OVER_RMS = 0.35
_ERROR_PER_RATE = 1.15
_PLACES = BinaryPlaces(HIDDEN_BITS, RESULT_BITS, HIDDEN_MAX, RESULT_MAX)


class CompactModel(keras.Model):  # type: ignore[misc]
    """The network with weights of any value, and the loss of its second phase."""

    def __init__(self, shape: CompactShape, base: CompactWeights | None, seed: int) -> None:
        super().__init__()
        last = len(shape.kernel_shapes) - 1
        self.convolutions = [
            RoundingConvolution(kernel, _PLACES, is_last=index == last, seed=seed + index)
            for index, kernel in enumerate(shape.kernel_shapes)
        ]
        self.base = base
        if base is not None:
            for index, layer in enumerate(base.layers()):
                self.convolutions[index].start_from(layer, base.step_bits[index])
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
    examples: GuidedExamples,
    training: CompactTraining,
    *,
    hint_bits: float,
    base: CompactWeights | None = None,
    show: Callable[[float, float], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> CompactWeights:
    """Train a network for one video.

    Args:
        shape: of the network.
        examples: of the video, at least one.
        training: how long.
        hint_bits: of the whole video: what the weights' bits are weighed against.
        base: where to start; the receiver has it too, so that only what changes costs bits. None starts from nothing.
        show: is told how much is done, 0 to 1, and the loss, after each step.
        clock: seconds from any start.

    Raises:
        TrainingError: the loss is no longer finite.
    """
    keras.utils.set_random_seed(training.seed)
    model = CompactModel(shape, base, training.seed)
    rate = _LEARNING_RATE if base is None else _LEARNING_RATE_FROM_BASE
    model.compile(keras.optimizers.Adam(rate), jit_compile=JIT_COMPILE)
    inputs, answers = examples.arrays()
    random = np.random.default_rng(training.seed)
    start, done, steps, is_rounding = clock(), 0.0, 0, False
    while done < 1:
        if done >= _FLOAT_SHARE and not is_rounding:
            is_rounding = True
            start_rounding(model, hint_bits)
        model.optimizer.learning_rate = _learning_rate(rate, done)
        loss = float(model.train_on_batch(*_patches(inputs, answers, training, random)))
        if not math.isfinite(loss):
            raise TrainingError(f"training diverged: the loss became {loss} after {steps} steps")
        steps += 1
        done = max(steps / training.steps, (clock() - start) / training.max_seconds)
        if show is not None:
            show(min(1.0, done), loss)
    if not is_rounding:  # a time limit shorter than a step
        start_rounding(model, hint_bits)
    return quantized_weights(model, shape)


def _learning_rate(first: float, done: float) -> float:
    return _LAST_LEARNING_RATE + (first - _LAST_LEARNING_RATE) * (1 + math.cos(math.pi * done)) / 2


def _patches(
    inputs: I16Array, answers: I16Array, training: CompactTraining, random: np.random.Generator
) -> tuple[F32Array, F32Array]:
    """A batch of patches from anywhere: what the network is given, and what it should answer."""
    count, rows, columns, _ = inputs.shape
    high, wide = min(training.patch, rows), min(training.patch, columns)
    places = [
        (index, slice(top, top + high), slice(left, left + wide))
        for index, top, left in zip(
            random.integers(count, size=training.batch_size),
            random.integers(rows - high + 1, size=training.batch_size),
            random.integers(columns - wide + 1, size=training.batch_size),
            strict=True,
        )
    ]
    given = np.stack([inputs[place] for place in places]).astype(np.float32) / np.float32(2**INPUT_BITS)
    wanted = np.stack([answers[place] for place in places]).astype(np.float32) / np.float32(2**RESULT_BITS)
    return given, wanted


def start_rounding(model: CompactModel, hint_bits: float) -> None:
    """Give every kernel a step, and let weights and hidden values be rounded from now on."""
    for convolution in model.convolutions:
        if model.base is None:
            kernel = convolution.get_weights()[0]
            rms = math.sqrt(float(np.mean(np.square(kernel, dtype=np.float64)))) or 1.0
            bits = min(max(-round(math.log2(rms * _STEP_OVER_RMS)), MIN_STEP_BITS), MAX_STEP_BITS)
            convolution.step.assign(2.0**-bits)
        convolution.rounds.assign(1.0)
    model.bit_weight.assign(_ERROR_PER_RATE / hint_bits)


def quantized_weights(model: CompactModel, shape: CompactShape) -> CompactWeights:
    """The weights as they are sent; in coarser steps if that is what makes them provable."""
    for coarser in range(MAX_STEP_BITS):
        step_bits, kernels, biases = [], [], []
        for index, convolution in enumerate(model.convolutions):
            kernel, bias, _, step, _ = (np.asarray(array, np.float64) for array in convolution.get_weights())
            bits = max(MIN_STEP_BITS, -round(math.log2(float(step))) - coarser)
            step_bits.append(bits)
            kernels.append(np.floor(kernel * 2.0**bits + 0.5).ravel())
            biases.append(np.floor(bias * 2.0 ** (RESULT_BITS if index == shape.depth else HIDDEN_BITS) + 0.5))
        flat_kernels, flat_biases = (np.concatenate(arrays).astype(np.int32) for arrays in (kernels, biases))
        number = 0 if model.base is None else model.base.base
        weights = CompactWeights(shape, tuple(step_bits), flat_kernels, flat_biases, number)
        if is_exact(list(weights.layers()), [INPUT_MAGNITUDE] * shape.num_inputs):
            return weights
    raise TrainingError("the trained weights are too large for exact sums")
