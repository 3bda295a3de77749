"""A few steps of training with rounded weights, in which they settle where rounding does least harm.

Each step computes loss and gradient at the rounded weights and moves the weights behind them: the straight-through
estimator (Y. Bengio, N. Leonard, A. Courville, "Estimating or Propagating Gradients Through Stochastic Neurons for
Conditional Computation", arXiv:1308.3432). Most weights do not reach the next whole number; those that do, and the
biases, whose steps are fine, take back what rounding has shifted.
"""

from __future__ import annotations

import numpy as np

from codec.backend import JIT_COMPILE, keras
from codec.networks.interface import TrainingStage
from codec.networks.model_weights import KerasModel, dequantize_into, named_weights
from codec.training.averages import freeze_averages, measure_averages
from codec.training.examples import Examples
from codec.training.options import TrainingOptions
from codec.weights.quantizing import round_weights
from codec.weights.tensors import NamedWeights, QuantizedTensor

NUM_STEPS = 40  # with single pictures; fewer with runs, each of which has several
_LEAST_STEPS = 8
# Of the rate of training: at the full rate, or a third of it, the network is worse afterwards than before.
_RATE_SHARE = 0.1
_OPTIMIZER = "settling"


def settle(
    stage: TrainingStage,
    model: KerasModel,
    weights: NamedWeights,
    tensors: tuple[QuantizedTensor, ...],
    examples: Examples,
    options: TrainingOptions,
) -> tuple[QuantizedTensor, ...]:
    """Train on with the steps of these tensors.

    Args:
        stage: the last of the model's training; only its layers move.
        model: does the computing; its weights are of no account, before or after.
        weights: as trained.
        tensors: the same weights, quantized.
        examples: to train on.
        options: batch size, learning rate and seed are used.

    Returns:
        Tensors with the same names, shapes and steps, and other values.
    """
    behind = dict(weights)
    random = np.random.default_rng(options.seed)
    batch_size = min(options.batch_size, len(examples))
    _compile(stage, options.learning_rate * _RATE_SHARE)
    for _ in range(max(_LEAST_STEPS, NUM_STEPS // examples.run_length)):
        dequantize_into(model, tensors)
        rounded = named_weights(model, weights)
        chosen = examples.batch(random.choice(len(examples), batch_size, replace=False))
        stage.model.train_on_batch(*stage.pair(*chosen))
        for name, moved in named_weights(model, weights).items():
            behind[name] = behind[name] + (moved - rounded[name])
        tensors = tuple(round_weights(behind[tensor.name], tensor) for tensor in tensors)
    dequantize_into(model, tensors)
    measure_averages(stage, examples, options)
    measured = named_weights(model, weights)
    return tuple(round_weights(measured[tensor.name], tensor) for tensor in tensors)


def _compile(stage: TrainingStage, rate: float) -> None:
    """Prepare training from its first step, once for a model: each time anew would take some 100 MB that stay taken."""
    model = stage.model
    optimizer = getattr(model, "optimizer", None)  # a model that was never compiled has none
    if optimizer is None or optimizer.name != _OPTIMIZER:
        freeze_averages(model)
        model.compile(optimizer=keras.optimizers.Adam(rate, name=_OPTIMIZER), loss=stage.loss, jit_compile=JIT_COMPILE)
    for variable in model.optimizer.variables:
        variable.assign(np.zeros(variable.shape, variable.dtype))  # step count and moments
    model.optimizer.learning_rate = rate
