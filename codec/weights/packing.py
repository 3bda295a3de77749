"""Entropy coding of quantized weights.

    QuantizedTensor -> pack_weights -> TensorRecord -> container
    QuantizedTensor <- unpack_weights <- TensorRecord <- container

The receiver knows the start weights, and training changes most weights by less than one step. Therefore the coder
rounds each start weight to a whole number of steps, and codes the difference of the trained weight from that number.
The rounding error of the start weight indicates in which direction the weight is likely to differ. It selects the
probability table (figures: ``docs/decisions/0004-singh2020-weights.md``).
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
_MIN_SIZE_FOR_CONTEXTS = 1 << 14  # in weights; for smaller tensors, eight tables cost more bytes than they save


def pack_weights(tensors: tuple[QuantizedTensor, ...], start: NamedWeights) -> tuple[TensorRecord, ...]:
    """Entropy-code all tensors.

    Args:
        tensors: the quantized weights of one model.
        start: the start weights of that model, float32.
    """
    return tuple(_pack_tensor(tensor, start[tensor.name]) for tensor in tensors)


def packed_bytes(packed: Iterable[TensorRecord]) -> int:
    """The size of all tables and payloads, in bytes."""
    return sum(len(tensor.table) + len(tensor.payload) for tensor in packed)


def unpack_weights(packed: tuple[TensorRecord, ...], start: NamedWeights) -> tuple[QuantizedTensor, ...]:
    """Decode quantized weights: the inverse of :func:`pack_weights`. The records need not be trusted.

    Args:
        packed: the records as read from a file.
        start: the start weights of the model, float32. Their shapes bound the memory that is allocated.

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
    """Round the start weights to whole numbers of steps, and sort the weights into contexts. All are in C order.

    Each operation is a single one that IEEE 754 rounds correctly, so sender and receiver get the same results.

    Returns:
        The whole number nearest to each start weight, (n,) int32; and for each context the indices of its weights.
    """
    position = start.ravel().astype(np.float64) / step
    levels = np.rint(position)
    if start.size < _MIN_SIZE_FOR_CONTEXTS:
        return levels.astype(np.int32), [np.arange(start.size)]
    context = np.floor((position - levels + 0.5) * _NUM_CONTEXTS).clip(0, _NUM_CONTEXTS - 1).astype(np.int8)
    return levels.astype(np.int32), [np.flatnonzero(context == index) for index in range(_NUM_CONTEXTS)]
