"""The layers in NumPy: the reference that every backend must agree with, and what runs where a backend does not.

Sums are float64 matrix products of whole numbers, so they are exact far beyond the bound of the proof, whatever library
NumPy multiplies with.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from codec.exact.layers import I32Array, IntegerConvolution


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
    padded = np.pad(pictures, margins).astype(np.float64)
    sums = np.broadcast_to(layer.bias.astype(np.float64), (n, height, width, layer.num_outputs)).copy()
    for row in range(rows):
        for column in range(columns):
            window = padded[:, row : row + height, column : column + width]
            sums += window @ layer.kernel[row, column].astype(np.float64)
    half = 1 << (layer.shift - 1) if layer.shift else 0
    rounded = (sums.astype(np.int64) + half) >> layer.shift
    results: I32Array = np.clip(rounded, layer.minimum, layer.maximum).astype(np.int32)
    return results
