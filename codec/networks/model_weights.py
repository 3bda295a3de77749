"""The weights of a Keras model, by name: taken from it, and put back. Keras is not imported here."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any

import numpy as np

from codec.weights.tensors import F32Array, NamedWeights, QuantizedTensor

KerasModel = Any  # keras.Model: naming it would import Keras
KerasLayer = Any  # keras.layers.Layer: likewise

_MOVING_MEAN, _MOVING_VARIANCE = "moving_mean", "moving_variance"


def named_weights(model: KerasModel, names: Collection[str] | None = None) -> NamedWeights:
    """Name to weights of the tensors, in the model's order. Of a model as built: the start.

    Args:
        model: a Keras model.
        names: leave out all others, such as frozen layers, which both sides know.
    """
    return {
        name: values
        for layer in model.layers
        for name, values in _weights_of_layer(layer).items()
        if names is None or name in names
    }


def dequantize_into(model: KerasModel, tensors: tuple[QuantizedTensor, ...]) -> None:
    """Set a model's weights.

    Args:
        model: a Keras model of the architecture that the tensors came from. Layers of which there are none stay as
            they are.
        tensors: by the names of :func:`named_weights`.
    """
    given = {tensor.name: tensor.values.astype(np.float32) * np.float32(tensor.step) for tensor in tensors}
    for layer in model.layers:
        names = list(_weights_of_layer(layer))
        if names and names[0] in given:
            _set_weights_of_layer(layer, [given[name] for name in names])


def _weights_of_layer(layer: KerasLayer) -> NamedWeights:
    # Not variable.path, which has the model's own name in front or not, as Keras sees fit.
    weights = {variable.name: np.asarray(value, np.float32) for variable, value in _variables(layer)}
    if _MOVING_VARIANCE in weights:
        # A normalization's averages have no scale of their own: a step that suits one channel rounds the variance of
        # another to 0. The logarithm of the deviation, and the mean in deviations, are alike in all.
        deviation = np.sqrt(weights.pop(_MOVING_VARIANCE) + np.float32(layer.epsilon))
        weights["mean_over_deviation"] = weights.pop(_MOVING_MEAN) / deviation
        weights["log2_deviation"] = np.log2(deviation / _start_deviation(layer))
    return {f"{layer.name}/{name}": values for name, values in weights.items()}


def _set_weights_of_layer(layer: KerasLayer, values: list[F32Array]) -> None:
    if _MOVING_VARIANCE in [variable.name for variable, _ in _variables(layer)]:
        *others, mean, log2_deviation = values
        deviation = np.exp2(log2_deviation) * _start_deviation(layer)
        variance = np.maximum(np.square(deviation) - np.float32(layer.epsilon), 0)
        values = [*others, mean * deviation, variance]
    layer.set_weights(values)


def _start_deviation(layer: KerasLayer) -> np.float32:
    """With the variance 1 that a normalization starts with, so that the logarithm starts at 0 exactly."""
    return np.float32(math.sqrt(1 + np.float32(layer.epsilon)))


def _variables(layer: KerasLayer) -> list[tuple[Any, F32Array]]:
    return list(zip(layer.weights, layer.get_weights(), strict=True))
