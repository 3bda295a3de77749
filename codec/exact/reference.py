"""The layers in NumPy: the reference for the native library, and what computes where there is none.

It follows the definition of a layer and shares no code with the native version. Shift and clip are done in
integers. Only the products are summed in float32, which is four times as fast as float64. By
:func:`codec.exact.layers.check_exact` each partial sum is a whole number below 2**24, which float32 represents exactly.
So no sum is rounded, whatever the order of summation in NumPy's library, and with or without fused multiply-add. No
product is computed in less than float32, and no convolution transforms its input.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from codec.exact.layers import I32Array, IntegerConvolution

_ROWS_AT_ONCE = 16
"""Few enough rows for the sums to stay in the cache."""


def run_layers(layers: Sequence[IntegerConvolution], pictures: I32Array) -> I32Array:
    """Run all layers in order.

    Args:
        layers: layers that passed :func:`codec.exact.layers.check_exact`.
        pictures: (n, height, width, inputs) int32, within the magnitudes of that check.

    Returns:
        (n, height, width, outputs) int32.
    """
    for layer in layers:
        pictures = run_layer(layer, pictures)
    return pictures


def run_layer(layer: IntegerConvolution, pictures: I32Array) -> I32Array:
    """Run one layer: (n, height, width, inputs) int32 to (n, height, width, outputs) int32."""
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
