"""The layers in NumPy: the reference that every backend must agree with, and what runs where a backend does not.

It is written from the definition of a layer and shares nothing with what runs on a backend: whole numbers shift and
clip. Only the products are summed in float32, four times as fast as in float64. Each partial sum of the proof
(:func:`codec.exact.layers.check_exact`) is a whole number below 2**24, which float32 holds, so whatever order the
library behind NumPy sums in, and whether it multiplies and adds in one step, no sum is rounded. Nothing here
multiplies in less than float32 or transforms its input.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from codec.exact.layers import I32Array, IntegerConvolution

_ROWS_AT_ONCE = 16
"""So that the sums stay in the cache while they are added to."""


def run_layers(layers: Sequence[IntegerConvolution], pictures: I32Array) -> I32Array:
    """All layers, one after the other.

    Args:
        layers: proved by :func:`codec.exact.layers.check_exact`.
        pictures: (n, height, width, inputs) int32.

    Returns:
        (n, height, width, outputs) int32.
    """
    for layer in layers:
        pictures = run_layer(layer, pictures)
    return pictures


def run_layer(layer: IntegerConvolution, pictures: I32Array) -> I32Array:
    """One layer; see :func:`run_layers`."""
    n, height, width, _ = pictures.shape
    rows, columns = layer.kernel.shape[:2]
    margins = ((0, 0), (rows // 2, rows // 2), (columns // 2, columns // 2), (0, 0))
    padded = np.pad(pictures, margins).astype(np.float32)
    kernel, bias = layer.kernel.astype(np.float32), layer.bias.astype(np.float32)
    half = 1 << (layer.shift - 1) if layer.shift else 0
    results = np.empty((n, height, width, layer.num_outputs), np.int32)
    for top in range(0, height, _ROWS_AT_ONCE):
        bottom = min(top + _ROWS_AT_ONCE, height)
        sums = np.broadcast_to(bias, (n, bottom - top, width, layer.num_outputs)).copy()
        for row in range(rows):
            for column in range(columns):
                sums += padded[:, top + row : bottom + row, column : column + width] @ kernel[row, column]
        rounded = (sums.astype(np.int32) + half) >> layer.shift
        np.clip(rounded, layer.minimum, layer.maximum, out=results[:, top:bottom])
    return results
