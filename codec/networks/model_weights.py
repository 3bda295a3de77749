"""Reading and setting the weights of a Keras model by name. This module does not import Keras."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any

import numpy as np

from codec.weights.tensors import F32Array, NamedWeights, QuantizedTensor

KerasModel = Any  # keras.Model; using its name would import Keras
KerasLayer = Any  # keras.layers.Layer; using its name would import Keras

_MOVING_MEAN, _MOVING_VARIANCE = "moving_mean", "moving_variance"


def named_weights(model: KerasModel, names: Collection[str] | None = None) -> NamedWeights:
    """The name of each tensor of a model with its weights, float32, in the model's order.

    For a model that has just been built, these are the start weights.

    Args:
        model: a Keras model.
        names: the tensors to return, so that frozen layers, which both sides know, can be left out; None for all.
    """
    return {
        name: values
        for layer in model.layers
        for name, values in _weights_of_layer(layer).items()
        if names is None or name in names
    }


def dequantize_into(model: KerasModel, tensors: tuple[QuantizedTensor, ...]) -> None:
    """Set a model's weights to those of quantized tensors.

    Args:
        model: a Keras model of the architecture that the tensors belong to. Layers without tensors are not changed.
        tensors: the quantized weights, with the names of :func:`named_weights`.
    """
    given = {tensor.name: tensor.values.astype(np.float32) * np.float32(tensor.step) for tensor in tensors}
    for layer in model.layers:
        names = list(_weights_of_layer(layer))
        if names and names[0] in given:
            _set_weights_of_layer(layer, [given[name] for name in names])


def _weights_of_layer(layer: KerasLayer) -> NamedWeights:
    # variable.path is not used: depending on the version of Keras, it may begin with the model's own name.
    weights = {variable.name: np.asarray(value, np.float32) for variable, value in _variables(layer)}
    if _MOVING_VARIANCE in weights:
        # The averages of a normalization differ in scale from channel to channel: a step that suits one channel rounds
        # the variance of another to 0. The logarithm of the deviation, and the mean divided by the deviation, have
        # similar scales in all channels.
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
    """The deviation at a normalization's start variance of 1. Relative to it, the logarithm starts at exactly 0."""
    return np.float32(math.sqrt(1 + np.float32(layer.epsilon)))


def _variables(layer: KerasLayer) -> list[tuple[Any, F32Array]]:
    return list(zip(layer.weights, layer.get_weights(), strict=True))
