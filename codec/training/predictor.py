"""Training of the lossless planes' network: its loss is the length of the code."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np

from codec.backend import JIT_COMPILE, keras
from codec.errors import TrainingError
from codec.exact import is_exact
from codec.lossless.distributions import (
    FIRST_LOG2_SCALE,
    MEAN_BITS,
    NUM_SCALES,
    SCALES_PER_OCTAVE,
    TAIL_HUNDREDTHS,
    TAIL_WIDTH,
)
from codec.lossless.known import SLOPE_LENGTHS, SLOPES
from codec.lossless.predictor_weights import (
    DECODED_PHASES,
    HIDDEN_BITS,
    HIDDEN_MAX,
    INPUT_BITS,
    INPUT_MAX,
    LAST_STEP_BITS,
    NUM_STEPS,
    PHASES,
    RESULT_BITS,
    RESULT_MAX,
    STEP_BITS,
    STEP_PHASES,
    PredictorShape,
    PredictorWeights,
    input_magnitudes,
)
from codec.lossless.steps import COUPLING_MAX
from codec.training.options import PredictorTraining
from codec.training.plane_patches import BLACK, OUTSIDE, WHITE, PlanePatches
from codec.training.rounding import BinaryPlaces, RoundingConvolution

PLACES = BinaryPlaces(HIDDEN_BITS, RESULT_BITS, HIDDEN_MAX, RESULT_MAX)
_WARM_UP_STEPS = 100
_MEASURED_BATCH = 4
MAX_SUM, LAST_MAX_SUM = 56.0, 12.0  # of an output's weights: with these binary places its sums stay below 2**24
_MEAN_UNIT = 2.0 ** (RESULT_BITS - MEAN_BITS)  # code values that a mean result of 1.0 stands for
_LAST_LOG2_SCALE = FIRST_LOG2_SCALE + (NUM_SCALES - 1) / SCALES_PER_OCTAVE
_TAIL_SHARE = TAIL_HUNDREDTHS / 100


class PredictorModel(keras.Model):  # type: ignore[misc]
    """The network with weights of any value; what it is given and what it is measured by come as one array."""

    def __init__(self, shape: PredictorShape, seed: int) -> None:
        super().__init__()
        self.shape = shape
        self.convolutions = [
            RoundingConvolution(
                kernel,
                PLACES,
                is_last=shape.is_last(index),
                seed=seed + index,
                max_sum=LAST_MAX_SUM if shape.is_last(index) else MAX_SUM,
            )
            for index, kernel in enumerate(shape.kernel_shapes)
        ]
        for index, convolution in enumerate(self.convolutions):
            convolution.step.assign(2.0 ** -_step_bits(shape, index))
        self.bit_weight = self.add_weight(shape=(), initializer="zeros", trainable=False, name="bit_weight")

    def start_from(self, base: PredictorWeights) -> None:
        """Take the weights of a network."""
        layers = [layer for part in base.layers() for layer in part]
        for index, (convolution, layer) in enumerate(zip(self.convolutions, layers, strict=True)):
            convolution.start_from(layer, _step_bits(self.shape, index))

    def compute_loss(
        self,
        x: object = None,
        y: object = None,
        y_pred: keras.KerasTensor = None,
        sample_weight: object = None,
        training: bool = True,
    ) -> keras.KerasTensor:
        """Bits a square, those of the weights included."""
        del x, y, sample_weight, training
        of_samples = keras.ops.mean(keras.ops.sum(y_pred, axis=-1))
        return of_samples + self.bit_weight * sum(convolution.bits() for convolution in self.convolutions)

    def call(self, samples: keras.KerasTensor) -> keras.KerasTensor:
        """Bits of every sample.

        Args:
            samples: (n, rows, columns, channels), see :mod:`codec.training.plane_patches`.

        Returns:
            (n, rows, columns, 5 x components) bits, 0 where a step does not code the square.
        """
        ops, shape = keras.ops, self.shape
        components = shape.components
        known = samples[..., : shape.num_known] / 2**INPUT_BITS
        missed = samples[..., shape.num_known : -1]
        role = samples[..., -1:]
        white, black, coded = (ops.cast(test, "float32") for test in (role == WHITE, role == BLACK, role != OUTSIDE))
        seen = _companded(missed) / 2**INPUT_BITS
        convolutions = iter(self.convolutions)
        features = known
        for _ in shape.trunk_shapes:
            features = next(convolutions)(features)
        bits = []
        for step in range(NUM_STEPS):
            values = features
            decoded = seen[..., : DECODED_PHASES[step] * components]
            if step == 1:
                decoded = decoded * white
            if DECODED_PHASES[step]:
                values = ops.concatenate([features, decoded], axis=-1)
            for _ in shape.head_shapes(step):
                values = next(convolutions)(values)
            place = PHASES.index(STEP_PHASES[step]) * components
            own = step_bits(values, missed[..., place : place + components] / 4.0)
            bits.append(own * (white, black, coded)[min(step, 2)])
        return ops.concatenate(bits, axis=-1)


def _companded(differences: keras.KerasTensor) -> keras.KerasTensor:
    """As :func:`codec.lossless.known.companded`."""
    ops = keras.ops
    magnitudes, start, total = ops.abs(differences), 0, 0.0
    for slope, length in zip(SLOPES, SLOPE_LENGTHS, strict=True):
        total = total + slope * ops.clip(magnitudes - start, 0, length)
        start += length
    return ops.sign(differences) * ops.minimum(total, INPUT_MAX)


def step_bits(results: keras.KerasTensor, missed: keras.KerasTensor) -> keras.KerasTensor:
    """Bits of the samples of one step.

    Args:
        results: (..., 2 or 5) of the network.
        missed: (..., 1 or 2): distance of the samples from their base, in code values.
    """
    ops = keras.ops
    mean = results[..., 0:1] * _MEAN_UNIT
    bits = [sample_bits(missed[..., 0:1] - mean, results[..., 1:2])]
    if missed.shape[-1] == 2:
        largest = COUPLING_MAX / 2**RESULT_BITS
        coupling = ops.clip(results[..., 4:5], -largest, largest)
        second = results[..., 2:3] * _MEAN_UNIT + coupling * (missed[..., 0:1] - mean)
        bits.append(sample_bits(missed[..., 1:2] - second, results[..., 3:4]))
    return ops.concatenate(bits, axis=-1)


def sample_bits(distance: keras.KerasTensor, log2_scale: keras.KerasTensor) -> keras.KerasTensor:
    """Bits of whole numbers at this distance from the mean."""
    ops = keras.ops
    log2_scale = ops.clip(log2_scale, FIRST_LOG2_SCALE, _LAST_LOG2_SCALE)
    narrow = _log_mass(distance, ops.exp(log2_scale * math.log(2)))
    wide = _log_mass(distance, TAIL_WIDTH * ops.exp(log2_scale * math.log(2)))
    log_mass = ops.logaddexp(narrow + math.log(1 - _TAIL_SHARE), wide + math.log(_TAIL_SHARE))
    return -ops.logaddexp(log_mass, math.log(2.0**-16)) / math.log(2)


def _log_mass(distance: keras.KerasTensor, scale: keras.KerasTensor) -> keras.KerasTensor:
    """Natural logarithm of a logistic distribution's mass on [distance - 1/2, distance + 1/2]."""
    ops = keras.ops
    upper, half = ops.abs(distance) / scale, 0.5 / scale
    return ops.log_sigmoid(half - upper) + ops.log_sigmoid(upper + half) + ops.log(-ops.expm1(-2.0 * half))


def train_predictor(
    shape: PredictorShape,
    patches: PlanePatches,
    training: PredictorTraining,
    *,
    base: PredictorWeights | None = None,
    num_squares: float = math.inf,
    show: Callable[[float, float], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> PredictorWeights:
    """Train a network.

    Args:
        shape: of the network.
        patches: at least one.
        training: how long.
        base: where to start, in the steps that its weights keep; None starts from nothing.
        num_squares: of the whole video: what the bits of the weights are weighed against. Where there is a base, only
            what changes costs bits.
        show: is told how much is done, 0 to 1, and bits a square, after each step.
        clock: seconds from any start.

    Raises:
        TrainingError: the loss is no longer finite.
    """
    keras.utils.set_random_seed(training.seed)
    model = PredictorModel(shape, training.seed)
    if base is not None:
        model.start_from(base)
        start_rounding(model)
    model.bit_weight.assign(1 / num_squares)
    model.compile(keras.optimizers.Adam(training.learning_rate), jit_compile=JIT_COMPILE)
    random = np.random.default_rng(training.seed)
    start, done, steps, is_rounding = clock(), 0.0, 0, base is not None
    while done < 1:
        if done >= training.float_share and not is_rounding:
            is_rounding = True
            start_rounding(model)
        model.optimizer.learning_rate = _learning_rate(training.learning_rate, steps, done)
        batch = patches.batch(training.batch_size, random)
        loss = float(model.train_on_batch(batch, batch[:, 0, 0, 0]))
        if not math.isfinite(loss):
            raise TrainingError(f"training diverged: the loss became {loss} after {steps} steps")
        steps += 1
        done = max(steps / training.steps, (clock() - start) / training.max_seconds)
        if show is not None:
            show(min(1.0, done), loss)
    return quantized_weights(model)


def bits_a_square(weights: PredictorWeights, patches: PlanePatches, *, num_batches: int, seed: int = 0) -> float:
    """What samples would cost with these weights: bits of the samples of a square, on average.

    Args:
        weights: of a network.
        patches: at least one.
        num_batches: how many to measure on; of one size whatever the weights, so that figures can be compared.
        seed: of their choice.
    """
    model = PredictorModel(weights.shape, 0)
    model.start_from(weights)
    start_rounding(model)
    random = np.random.default_rng(seed)
    total, squares = 0.0, 0
    for _ in range(num_batches):
        batch = patches.batch(_MEASURED_BATCH, random)
        total += float(np.sum(np.asarray(model(batch))))
        squares += batch[..., 0].size
    return total / squares


def _learning_rate(first: float, steps: int, done: float) -> float:
    return min(1.0, (steps + 1) / _WARM_UP_STEPS) * first * (0.01 + 0.99 * (1 + math.cos(math.pi * done)) / 2)


def start_rounding(model: PredictorModel) -> None:
    """Let weights and hidden values be rounded from now on."""
    for convolution in model.convolutions:
        convolution.rounds.assign(1.0)


def quantized_weights(model: PredictorModel) -> PredictorWeights:
    """The weights as whole numbers."""
    kernels, biases = [], []
    for index, convolution in enumerate(model.convolutions):
        kernel, bias = (np.asarray(array, np.float64) for array in convolution.get_weights()[:2])
        layer = convolution.whole(kernel, bias, _step_bits(model.shape, index))
        kernels.append(layer.kernel.ravel())
        biases.append(layer.bias >> layer.shift)
    weights = PredictorWeights(model.shape, np.concatenate(kernels), np.concatenate(biases))
    for part, layers in enumerate(weights.layers()):
        if not is_exact(layers, input_magnitudes(model.shape, part)):
            raise TrainingError("the trained weights are too large for exact sums")
    return weights


def _step_bits(shape: PredictorShape, index: int) -> int:
    return LAST_STEP_BITS if shape.is_last(index) else STEP_BITS
