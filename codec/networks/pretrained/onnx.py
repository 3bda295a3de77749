"""Reader of ONNX files, which are ``ModelProto`` messages. Only the initializers are read.

    ModelProto    7: graph
    GraphProto    5: initializer*
    TensorProto   1: dim*   2: data type   4: float*   8: name   9: raw data   10: double*   14: where the data is

A graph whose exporter renamed its weights (``onnx::Conv_123``) cannot be used: export it without constant folding.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codec.errors import InputError
from codec.networks.pretrained.arrays import (
    MAX_AXES,
    MAX_PIECES,
    Budget,
    KernelLayout,
    LayerArrays,
    finite,
    group_by_layer,
)
from codec.networks.pretrained.wire import content, fields, integers, text
from codec.weights.tensors import F32Array

_GRAPH, _INITIALIZER = 7, 5
_DIMS, _DATA_TYPE, _FLOATS, _NAME, _RAW, _DOUBLES, _LOCATION = 1, 2, 4, 8, 9, 10, 14
_DTYPES: dict[int, np.dtype[Any]] = {
    1: np.dtype("<f4"),
    10: np.dtype("<f2"),
    11: np.dtype("<f8"),
}  # tensors of other types are not weights
_EXTERNAL = 1


def read_onnx(data: memoryview) -> LayerArrays:
    """Read all floating-point initializers, grouped by layer.

    Raises:
        InputError: the bytes are not an ONNX model, or its weights are in another file.
    """
    arrays: dict[str, F32Array] = {}
    budget = Budget()
    for number, graph in fields(data):
        if number != _GRAPH:
            continue
        for member, initializer in fields(content(graph, "graph")):
            if member == _INITIALIZER:
                _read_tensor(content(initializer, "initializer"), arrays, budget)
    return LayerArrays(KernelLayout.OUT_IN_ROWS_COLUMNS, group_by_layer(arrays))


def _read_tensor(tensor: memoryview, arrays: dict[str, F32Array], budget: Budget) -> None:
    name, data_type, dims = "", 0, list[int]()
    pieces: list[memoryview] = []  # the values of the field that holds the data
    for number, value in fields(tensor):
        if number == _NAME:
            name = text(value, "name")
        elif number == _DATA_TYPE and isinstance(value, int):
            data_type = value
        elif number == _DIMS:
            dims += integers(value, max_count=MAX_AXES)
        elif number in (_FLOATS, _RAW, _DOUBLES):
            pieces.append(content(value, "data"))
        elif number == _LOCATION and value == _EXTERNAL:
            raise InputError(
                f"expected the weights of {name!r} in this file. Received: a reference "
                "to another file, as exporters make with external_data=True"
            )
        if len(pieces) > MAX_PIECES or len(dims) > MAX_AXES:
            raise InputError(f"expected packed numbers and at most {MAX_AXES} axes in {name!r}. Received: others")
    dtype = _DTYPES.get(data_type)
    if dtype is None:
        return
    shape = budget.admit(dims or [1], repr(name))  # a shape without axes means one number
    num_bytes = sum(len(piece) for piece in pieces)
    if num_bytes != dtype.itemsize * int(np.prod(shape, dtype=np.int64)):
        raise InputError(f"expected weights of shape {shape} in {name!r}. Received: {num_bytes} bytes")
    if name in arrays:
        raise InputError(f"expected each initializer once. Received: {name!r} twice")
    with np.errstate(over="ignore"):  # numbers too large for float32 become infinite, which finite() refuses
        arrays[name] = finite(np.frombuffer(b"".join(pieces), dtype).astype(np.float32).reshape(shape), repr(name))
