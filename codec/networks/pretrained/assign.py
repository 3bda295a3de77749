"""Assignment of a file's weights to a Keras model. Names, axes and normalizations are converted, shapes are checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from codec.errors import InputError
from codec.networks.model_weights import KerasModel
from codec.networks.pretrained.arrays import KernelLayout, LayerArrays
from codec.weights.tensors import F32Array

KerasLayer = Any  # keras.layers.Layer: naming it would import Keras


@dataclass(frozen=True)
class LayerSource:
    """The names of a layer in files.

    Attributes:
        layer: the layer's name in the Keras model.
        names: the layer's possible names in files. The first one that a file has is used.
    """

    layer: str
    names: tuple[str, ...]


def assign_layers(model: KerasModel, arrays: LayerArrays, sources: Sequence[LayerSource], *, what: str) -> None:
    """Set the weights of the given layers of a model. If one layer does not fit, no layer is changed.

    Args:
        model: a Keras model with the convolutions and batch normalizations that ``sources`` names.
        arrays: the weights of a file.
        sources: the layers to set.
        what: the network whose weights the file should have, for error messages.

    Raises:
        InputError: the file lacks a layer, or has it in another shape.
    """
    found = {source.layer: next((name for name in source.names if name in arrays.layers), None) for source in sources}
    missing = [source for source in sources if found[source.layer] is None]
    if missing:
        raise InputError(
            f"expected the {len(sources)} layers of {what}. Received: a file without {len(missing)} of them, such as "
            f"{' or '.join(missing[0].names)}; it has {', '.join(list(arrays.layers)[:4])}, ... "
            "Is it the weights of another network?"
        )
    converted: list[tuple[KerasLayer, list[F32Array]]] = []
    for source in sources:
        name = found[source.layer]
        layer = model.get_layer(source.layer)
        weights = _converted(layer, arrays.layers[str(name)], arrays.layout, str(name))
        _check_shapes(layer, weights, str(name), what)
        converted.append((layer, weights))
    for layer, weights in converted:
        layer.set_weights(weights)


def _check_shapes(layer: KerasLayer, weights: list[F32Array], name: str, what: str) -> None:
    expected = [tuple(variable.shape) for variable in layer.weights]
    received = [array.shape for array in weights]
    if received != expected:
        raise InputError(
            f"expected weights of shape {_listed(expected)} for the layer {name} of {what}. "
            f"Received: {_listed(received)}. Is it the weights of another network?"
        )


def _listed(shapes: Sequence[tuple[int, ...]]) -> str:
    return " and ".join("x".join(map(str, shape)) or "1" for shape in shapes)


def _converted(layer: KerasLayer, arrays: tuple[F32Array, ...], layout: KernelLayout, name: str) -> list[F32Array]:
    """Convert a layer's arrays to Keras's axes and order."""
    if type(layer).__name__ == "BatchNormalization":
        return _normalization(arrays, float(layer.epsilon), name)
    kernel, *rest = arrays
    if layout is KernelLayout.OUT_IN_ROWS_COLUMNS and kernel.ndim == 4:
        # The same order is right for transposed convolutions: Caffe's have inputs first, and Keras's have outputs
        # before inputs.
        kernel = kernel.transpose(2, 3, 1, 0)
    return [kernel, *(bias.reshape(-1) for bias in rest)]


def _normalization(arrays: tuple[F32Array, ...], epsilon: float, name: str) -> list[F32Array]:
    """The mean and variance of an equivalent batch normalization without scale and offset.

    Caffe stores sums of both and a factor to divide them by. PyTorch has a scale w and an offset b, which mean and
    variance can absorb:
    w (x - m) / s + b = (x - (m - b s / w)) / (s / w).
    """
    if len(arrays) == 3:
        mean, variance, factor = (array.reshape(-1).astype(np.float64) for array in arrays)
        if factor.size != 1:
            raise InputError(f"expected mean, variance and a factor for the layer {name}. Received: other shapes")
        scale = 1 / factor[0] if factor[0] else 0.0
        return [(mean * scale).astype(np.float32), (variance * scale).astype(np.float32)]
    if len(arrays) == 4:
        weight, offset, mean, variance = (array.reshape(-1).astype(np.float64) for array in arrays)
        if len({weight.size, offset.size, mean.size, variance.size}) != 1 or not (weight > 0).all():
            raise InputError(f"expected scales over 0 in the layer {name}. Received: others, or other shapes")
        deviation = np.sqrt(np.maximum(variance, 0) + epsilon) / weight
        return [
            (mean - offset * deviation).astype(np.float32),
            np.maximum(deviation**2 - epsilon, 0).astype(np.float32),
        ]
    return [array.reshape(-1) for array in arrays]
