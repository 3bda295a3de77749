"""Quantized weights as few bytes.

    QuantizedTensor -> pack_weights -> TensorRecord -> container
    QuantizedTensor <- unpack_weights <- TensorRecord <- container

The receiver knows the weights that training started from, and most weights have moved by less than a step. So the
difference to the start's own whole number is coded. The start's distance to its whole number says in which direction
the weight may have gone: it selects the probability table (figures: ``docs/decisions/0004-singh2020-weights.md``).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from codec.entropy.range_coder import decode_symbols, encode_symbols
from codec.entropy.tables import TOTAL, FrequencyTable, unpack_tables
from codec.errors import StreamError
from codec.weights.quantizing import LARGEST_STEP, MAX_LEVEL, SMALLEST_STEP
from codec.weights.tensors import F32Array, I32Array, NamedWeights, QuantizedTensor
from container_format import TensorRecord

_NUM_CONTEXTS = 8
_MIN_SIZE_FOR_CONTEXTS = 1 << 14  # below, eight tables cost more than they save


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
    if not (SMALLEST_STEP <= packed.step <= LARGEST_STEP and float(np.abs(start).max()) / packed.step < 2 * MAX_LEVEL):
        raise StreamError(f"expected a finite step that fits the weights of {packed.name}. Received: {packed.step}")
    levels, members = _levels_and_contexts(start, packed.step)
    tables = unpack_tables(packed.table, len(members))
    limit = 4 * MAX_LEVEL
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
