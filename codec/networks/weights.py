"""A model's weights as whole numbers times a step, and those as few bytes.

    model -> quantize_weights -> QuantizedTensor -> pack_weights -> TensorRecord -> container
    model <- dequantize_into <- QuantizedTensor <- unpack_weights <- TensorRecord <- container

Two things make the bytes few (figures: ``docs/decisions/0004-singh2020-weights.md``):

- The step of a tensor is a share of the root mean square of its weights, and the share grows with the square root of
  the number of weights: if all tensors are equally sensitive, that is where a byte gains the same everywhere.
- The receiver knows the weights that training started from (:mod:`codec.networks.start`), and most have moved by less
  than a step. What is coded is the difference to the start's own whole number; and where the start lies between two
  whole numbers, which says which way the weight may have gone, selects the probability table.

Models are only asked for their weights, so Keras is not imported here.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from codec.entropy.range_coder import decode_symbols, encode_symbols
from codec.entropy.tables import TOTAL, FrequencyTable, unpack_tables
from codec.errors import StreamError
from codec.networks.interface import F32Array, KerasModel
from container_format import TensorRecord

I32Array = npt.NDArray[np.int32]
NamedWeights = dict[str, F32Array]
KerasLayer = Any  # keras.layers.Layer: naming it would import Keras

_NUM_CONTEXTS = 8
_MIN_SIZE_FOR_CONTEXTS = 1 << 14  # below, eight tables cost more than they save
# Differences of two levels span 4 x this and still fit a table.
_MAX_LEVEL = 4000
_MOVING_MEAN, _MOVING_VARIANCE = "moving_mean", "moving_variance"
_SMALLEST_STEP = float(np.finfo(np.float32).tiny)
_LARGEST_STEP = float(np.finfo(np.float32).max) / (4 * _MAX_LEVEL)


@dataclass(frozen=True, eq=False)
class QuantizedTensor:
    """One weight tensor as ``values * step``.

    Attributes:
        name: the tensor's name in the architecture, such as ``conv_01/kernel``.
        shape: of the weights.
        step: of the quantization, over 0, a float32 number.
        values: ``shape``, int32.
    """

    name: str
    shape: tuple[int, ...]
    step: float
    values: I32Array


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
    step = float(np.float32(max(rms * step_scale, largest / _MAX_LEVEL)))
    if not _SMALLEST_STEP <= step <= _LARGEST_STEP:  # all weights are 0, or too small for float32
        step = 1.0
    return QuantizedTensor(name, weights.shape, step, _round(weights, step))


def round_weights(weights: F32Array, tensor: QuantizedTensor) -> QuantizedTensor:
    """Other weights of a tensor that was quantized before, with the step that it had."""
    return replace(tensor, values=_round(weights, tensor.step))


def _round(weights: F32Array, step: float) -> I32Array:
    levels: I32Array = np.clip(np.rint(weights / np.float32(step)), -_MAX_LEVEL, _MAX_LEVEL).astype(np.int32)
    return levels


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


def pack_weights(tensors: tuple[QuantizedTensor, ...], start: NamedWeights) -> tuple[TensorRecord, ...]:
    """Entropy-code all tensors.

    Args:
        tensors: of one model.
        start: weights of that model as built.
    """
    return tuple(_pack_tensor(tensor, start[tensor.name]) for tensor in tensors)


def packed_bytes(packed: Iterable[TensorRecord]) -> int:
    """Bytes of tables and payloads together."""
    return sum(len(tensor.table) + len(tensor.payload) for tensor in packed)


def unpack_weights(packed: tuple[TensorRecord, ...], start: NamedWeights) -> tuple[QuantizedTensor, ...]:
    """The inverse of :func:`pack_weights`, for tensors that may come from anywhere.

    Args:
        packed: as read from a file.
        start: weights of the model as built. Their shapes bound what is allocated.

    Raises:
        StreamError: a tensor is missing, unknown, of another shape, or cannot be decoded.
    """
    if [tensor.name for tensor in packed] != list(start):
        raise StreamError(
            f"expected the {len(start)} weight tensors of the network in order. Received: {len(packed)}, or others"
        )
    return tuple(_unpack_tensor(tensor, start[tensor.name]) for tensor in packed)


def _pack_tensor(tensor: QuantizedTensor, start: F32Array) -> TensorRecord:
    levels, members = _levels_and_contexts(start, tensor.step)
    differences = tensor.values.ravel() - levels
    tables = [
        FrequencyTable.of_symbols(differences[where]) if where.size else FrequencyTable(0, (TOTAL,))
        for where in members
    ]
    payload = encode_symbols([(differences[where], table) for where, table in zip(members, tables, strict=True)])
    table = b"".join(t.pack() for t in tables)
    return TensorRecord(name=tensor.name, shape=tensor.shape, step=tensor.step, table=table, payload=payload)


def _unpack_tensor(packed: TensorRecord, start: F32Array) -> QuantizedTensor:
    if tuple(packed.shape) != start.shape:
        raise StreamError(f"expected shape {start.shape} for {packed.name}. Received: {tuple(packed.shape)}")
    # The comparisons are false for NaN, too.
    if not (
        _SMALLEST_STEP <= packed.step <= _LARGEST_STEP and float(np.abs(start).max()) / packed.step < 2 * _MAX_LEVEL
    ):
        raise StreamError(f"expected a finite step that fits the weights of {packed.name}. Received: {packed.step}")
    levels, members = _levels_and_contexts(start, packed.step)
    tables = unpack_tables(packed.table, len(members))
    limit = 4 * _MAX_LEVEL
    if any(table.minimum < -limit or table.maximum > limit for table in tables):
        raise StreamError(f"expected differences within +-{limit} for {packed.name}. Received: more")
    groups = [(where.size, table) for where, table in zip(members, tables, strict=True)]
    values = levels
    for where, differences in zip(members, decode_symbols(packed.payload, groups), strict=True):
        values[where] += differences
    return QuantizedTensor(packed.name, start.shape, packed.step, values.reshape(start.shape))


def _levels_and_contexts(start: F32Array, step: float) -> tuple[I32Array, list[npt.NDArray[np.int64]]]:
    """What the start says of each weight, in C order.

    Every operation is a single one that IEEE 754 rounds correctly, so sender and receiver agree.

    Returns:
        The whole number nearest to the start, (n,) int32; and for each context the indices of its weights.
    """
    position = start.ravel().astype(np.float64) / step
    levels = np.rint(position)
    if start.size < _MIN_SIZE_FOR_CONTEXTS:
        return levels.astype(np.int32), [np.arange(start.size)]
    context = np.floor((position - levels + 0.5) * _NUM_CONTEXTS).clip(0, _NUM_CONTEXTS - 1).astype(np.int8)
    return levels.astype(np.int32), [np.flatnonzero(context == index) for index in range(_NUM_CONTEXTS)]
