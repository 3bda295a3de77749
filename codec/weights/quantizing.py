"""Quantization of weights to whole numbers times a step.

The step of a tensor is proportional to the root mean square of its weights and to the square root of their number. If
all tensors are equally sensitive, one more byte then gains the same in each of them (figures:
``docs/decisions/0004-singh2020-weights.md``).
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from codec.weights.tensors import F32Array, I32Array, NamedWeights, QuantizedTensor

# The largest whole number of a weight. Differences of two such numbers span 4 x this and still fit a table.
MAX_LEVEL = 4000
SMALLEST_STEP = float(np.finfo(np.float32).tiny)
LARGEST_STEP = float(np.finfo(np.float32).max) / (4 * MAX_LEVEL)


def quantize_weights(weights: NamedWeights, start: NamedWeights, step_scale: float) -> tuple[QuantizedTensor, ...]:
    """Quantize all weights, each to the nearest multiple of its tensor's step.

    Args:
        weights: the weights of a trained model, float32.
        start: the start weights of the same model, float32.
        step_scale: the ratio of step to root mean square for the largest tensor. Smaller tensors have finer steps.
    """
    largest = max(values.size for values in weights.values())
    return tuple(
        quantize_tensor(name, values, start[name], step_scale * math.sqrt(values.size / largest))
        for name, values in weights.items()
    )


def quantize_tensor(name: str, weights: F32Array, start: F32Array, step_scale: float) -> QuantizedTensor:
    """Quantize one tensor.

    Args:
        name: the tensor's name.
        weights: the trained weights, float32, any shape.
        start: the start weights, float32, of the same shape.
        step_scale: the ratio of the step to the root mean square of the weights.
    """
    rms = math.sqrt(float(np.mean(np.square(weights, dtype=np.float64))))
    largest = max(float(np.abs(weights).max()), float(np.abs(start).max()))
    # The step is rounded to float32, so that the receiver gets the same step and the same products.
    step = float(np.float32(max(rms * step_scale, largest / MAX_LEVEL)))
    if not SMALLEST_STEP <= step <= LARGEST_STEP:  # all weights are 0, or too small for float32
        step = 1.0
    return QuantizedTensor(name, weights.shape, step, _round(weights, step))


def round_weights(weights: F32Array, tensor: QuantizedTensor) -> QuantizedTensor:
    """Quantize new weights of ``tensor``, (shape of the tensor) float32, with the step that it has."""
    return replace(tensor, values=_round(weights, tensor.step))


def _round(weights: F32Array, step: float) -> I32Array:
    levels: I32Array = np.clip(np.rint(weights / np.float32(step)), -MAX_LEVEL, MAX_LEVEL).astype(np.int32)
    return levels
