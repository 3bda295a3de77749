"""Reader of Caffe's ``.caffemodel``, a ``NetParameter`` message. OpenCV 5 cannot read it, and Caffe is not maintained.

Only the fields of caffe.proto that hold weights are read, both in the current form and in the first one
(``V1LayerParameter``, in which the VGG models were published):

    NetParameter   2: V1 layer*   100: layer*
    layer          1: name        7: blob*            V1 layer   4: name   6: blob*
    blob           5: float*      7: shape (1: dim*)  or, before shapes, 1-4: num, channels, height, width
"""

from __future__ import annotations

import numpy as np

from codec.errors import InputError
from codec.networks.pretrained.arrays import MAX_AXES, MAX_PIECES, Budget, KernelLayout, LayerArrays, finite
from codec.networks.pretrained.wire import content, fields, integers, text
from codec.weights.tensors import F32Array

_LAYER, _LAYER_V1 = 100, 2
_NAME_AND_BLOBS = {_LAYER: (1, 7), _LAYER_V1: (4, 6)}
_BLOB_SHAPE, _BLOB_DATA = 7, 5
_MAX_BLOBS = 64
_BLOB_SIDES_V1 = (1, 2, 3, 4)


def read_caffemodel(data: memoryview) -> LayerArrays:
    """Read all layers that have weights. Their arrays are in Caffe's order, such as kernel and bias.

    Raises:
        InputError: the bytes are not a Caffe model.
    """
    layers: dict[str, tuple[F32Array, ...]] = {}
    budget = Budget()
    for number, value in fields(data):
        if number not in _NAME_AND_BLOBS:
            continue
        name, blobs = _read_layer(content(value, "layer"), *_NAME_AND_BLOBS[number], budget)
        if not blobs:
            continue
        if name in layers:
            raise InputError(f"expected each layer once. Received: {name} twice")
        layers[name] = blobs
    return LayerArrays(KernelLayout.OUT_IN_ROWS_COLUMNS, layers)


def _read_layer(
    layer: memoryview, name_field: int, blobs_field: int, budget: Budget
) -> tuple[str, tuple[F32Array, ...]]:
    name = ""
    blobs = []
    for number, value in fields(layer):
        if number == name_field:
            name = text(value, "name")
        elif number == blobs_field:
            blobs.append(content(value, "blob"))
            if len(blobs) > _MAX_BLOBS:
                raise InputError(f"expected at most {_MAX_BLOBS} arrays in layer {name!r}. Received: more")
    return name, tuple(_read_blob(blob, f"layer {name!r}", budget) for blob in blobs)


def _read_blob(blob: memoryview, name: str, budget: Budget) -> F32Array:
    shape: list[int] | None = None
    sides = dict.fromkeys(_BLOB_SIDES_V1, 1)
    pieces: list[memoryview] = []  # a single one if the numbers are packed, as in all known files
    for number, value in fields(blob):
        if number == _BLOB_SHAPE:
            shape = _read_shape(content(value, "shape"), name)
        elif number == _BLOB_DATA:
            pieces.append(content(value, "data"))
            if len(pieces) > MAX_PIECES:
                raise InputError(f"expected packed numbers in {name}. Received: single ones")
        elif number in sides and isinstance(value, int):
            sides[number] = value
    num_bytes = sum(len(piece) for piece in pieces)
    wanted = budget.admit(sides.values() if shape is None else shape or [1], name)  # no axes mean one number
    if num_bytes != 4 * int(np.prod(wanted, dtype=np.int64)):
        raise InputError(f"expected weights of shape {wanted} in {name}. Received: {num_bytes} bytes")
    return finite(np.frombuffer(b"".join(pieces), "<f4").astype(np.float32).reshape(wanted), name)


def _read_shape(shape: memoryview, name: str) -> list[int]:
    sides: list[int] = []
    for number, value in fields(shape):
        if number == 1:
            sides += integers(value, max_count=MAX_AXES)
        if len(sides) > MAX_AXES:
            raise InputError(f"expected at most {MAX_AXES} axes in {name}. Received: more")
    return sides
