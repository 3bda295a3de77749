"""Weights to whole numbers times a step.

The step of a tensor is a share of the root mean square of its weights. The share grows with the square root of the
number of weights: where all tensors are equally sensitive, a byte then gains the same in each of them (figures:
``docs/decisions/0004-singh2020-weights.md``).
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from codec.weights.tensors import F32Array, I32Array, NamedWeights, QuantizedTensor

# Differences of two levels span 4 x this and still fit a table.
MAX_LEVEL = 4000
SMALLEST_STEP = float(np.finfo(np.float32).tiny)
LARGEST_STEP = float(np.finfo(np.float32).max) / (4 * MAX_LEVEL)


def quantize_weights(weights: NamedWeights, start: NamedWeights, step_scale: float) -> tuple[QuantizedTensor, ...]:
    """All weights, each to the nearest multiple of its tensor's step.

    Args:
        weights: of a trained model.
        start: of the same model as built.
        step_scale: step over root mean square for the largest tensor; smaller tensors have finer steps.
    """
    largest = max(values.size for values in weights.values())
    return tuple(
        quantize_tensor(name, values, start[name], step_scale * math.sqrt(values.size / largest))
        for name, values in weights.items()
    )


def quantize_tensor(name: str, weights: F32Array, start: F32Array, step_scale: float) -> QuantizedTensor:
    """One tensor; ``step_scale`` is its step over the root mean square of its weights."""
    rms = math.sqrt(float(np.mean(np.square(weights, dtype=np.float64))))
    largest = max(float(np.abs(weights).max()), float(np.abs(start).max()))
    # Rounded to a float32 number, so that step and products are the same after any trip.
    step = float(np.float32(max(rms * step_scale, largest / MAX_LEVEL)))
    if not SMALLEST_STEP <= step <= LARGEST_STEP:  # all weights are 0, or too small for float32
        step = 1.0
    return QuantizedTensor(name, weights.shape, step, _round(weights, step))


def round_weights(weights: F32Array, tensor: QuantizedTensor) -> QuantizedTensor:
    """Other weights of a tensor that was quantized before, with the step that it had."""
    return replace(tensor, values=_round(weights, tensor.step))


def _round(weights: F32Array, step: float) -> I32Array:
    levels: I32Array = np.clip(np.rint(weights / np.float32(step)), -MAX_LEVEL, MAX_LEVEL).astype(np.int32)
    return levels
