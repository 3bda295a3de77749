"""The common result of all readers of weights: arrays by layer, within limits that hold for all formats."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

import numpy as np

from codec.errors import InputError
from codec.weights.tensors import F32Array

MAX_FILE_BYTES = 2 << 30
"""The largest file size, in bytes. The largest known file of use here, VGG16 with its classifier, has 0.55 GB."""
MAX_WEIGHTS = 1 << 28
"""The largest total number of weights in a file."""
MAX_TENSORS = 4096
MAX_AXES = 8
MAX_PIECES = 1024
"""The largest number of fields that hold the numbers of one array. Known files pack all numbers into one field."""


class KernelLayout(Enum):
    """The order of the axes of a convolution's kernel."""

    ROWS_COLUMNS_IN_OUT = "Keras"
    OUT_IN_ROWS_COLUMNS = "Caffe, ONNX"


@dataclass(frozen=True, eq=False)
class LayerArrays:
    """The weights of a file.

    Attributes:
        layout: the order of the axes of kernels.
        layers: the name of each layer with its arrays, float32: kernel and bias; or mean, variance and further arrays
            that depend on the format.
    """

    layout: KernelLayout
    layers: dict[str, tuple[F32Array, ...]]


class Budget:
    """Counts the arrays and weights of a file before memory is allocated for them."""

    def __init__(self) -> None:
        self._num_tensors = 0
        self._num_weights = 0

    def admit(self, shape: Iterable[int], name: str) -> tuple[int, ...]:
        """Count an array and return its shape as a tuple.

        Args:
            shape: the shape of the array.
            name: the name of the array, for error messages.

        Raises:
            InputError: the array has too many axes, a length is less than 1 or too large, or the file has too many
                arrays or weights.
        """
        sides = tuple(shape)
        if len(sides) > MAX_AXES or any(not 1 <= side <= MAX_WEIGHTS for side in sides):
            raise InputError(f"expected at most {MAX_AXES} axes of 1 to {MAX_WEIGHTS} in {name}. Received: {sides}")
        self._num_tensors += 1
        self._num_weights += math.prod(sides)
        if self._num_tensors > MAX_TENSORS or self._num_weights > MAX_WEIGHTS:
            raise InputError(f"expected at most {MAX_TENSORS} arrays and {MAX_WEIGHTS} weights. Received: more")
        return sides


def finite(array: F32Array, name: str) -> F32Array:
    """Check that all weights are finite, and return the array unchanged.

    Raises:
        InputError: a weight is not finite.
    """
    if not np.isfinite(array).all():
        raise InputError(f"expected finite weights in {name}. Received: NaN or infinity")
    return array


# The names of a layer's arrays in Keras, PyTorch and other programs, in the order of LayerArrays.
_PARTS = (("kernel", "weight", "gamma", "w"), ("bias", "beta", "b"), ("mean",), ("variance", "var"))


def group_by_layer(arrays: dict[str, F32Array]) -> dict[str, tuple[F32Array, ...]]:
    """Group named arrays by layer.

    ``conv1/kernel``, ``conv1/vars/0``, ``conv1.weight`` and ``conv1_W`` are the first array of the layer ``conv1``.
    """
    layers: dict[str, list[tuple[int, F32Array]]] = {}
    for name, array in arrays.items():
        layer, rank = _layer_and_rank(name)
        layers.setdefault(layer, []).append((rank, array))
    return {name: tuple(array for _, array in sorted(parts, key=lambda p: p[0])) for name, parts in layers.items()}


def _layer_and_rank(name: str) -> tuple[str, int]:
    plain = re.sub(r"(_\d+)?:\d+$", "", name)  # TensorFlow appends "_1:0" and ":0"
    separator = next((mark for mark in "/._" if mark in plain), "/")
    layer, _, part = plain.rpartition(separator)
    kind = part.rpartition("_")[2].lower()  # "moving_mean", "running_mean", "block1_conv1_W"
    layer = layer.removesuffix("/vars").rpartition("/")[2]
    if kind.isdecimal():
        return layer, int(kind)
    ranks = [rank for rank, words in enumerate(_PARTS) if kind in words]
    return (layer, ranks[0]) if ranks else (plain, 0)
