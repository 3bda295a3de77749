"""Start weights for training. They are generated from whole numbers, so that the receiver can generate them again.

Minutes of training change the weights only a little. If the receiver knows the start weights, the difference costs far
fewer bytes (docs/decisions/0004-singh2020-weights.md). Therefore the start weights must be the same on every machine
and in every version, and cannot come from a library's random numbers. The distribution is Keras's default, X. Glorot,
Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010: uniform within
+-sqrt(6 / (fan in + fan out)). Biases are 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from codec.networks.model_weights import KerasModel
from codec.weights.tensors import F32Array

_BITS = 24


def mixed_numbers(stream: int, count: int) -> npt.NDArray[np.uint64]:
    """Pseudorandom 64-bit numbers from SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, 2014).

    Args:
        stream: the generator's first state, 0 to 2**64 - 1.
        count: the number of numbers.

    Returns:
        (count,) uint64.
    """
    state = np.uint64(stream)
    numbers = state + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)  # modulo 2**64
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def start_weights(shapes: Sequence[tuple[int, ...]]) -> list[F32Array]:
    """The start weights of all tensors of a network, in order.

    Args:
        shapes: the shapes of the tensors: kernels, (rows, columns, inputs, outputs), and biases, (outputs,).

    Returns:
        float32 arrays of these shapes.
    """
    return [
        np.zeros(shape, np.float32) if len(shape) == 1 else _start_kernel(shape, stream)
        for stream, shape in enumerate(shapes)
    ]


def start_model(model: KerasModel) -> None:
    """Set the start weights of a Keras model.

    Kernels get the weights of :func:`start_weights`. Tensors with one axis keep Keras's start values. These are biases,
    scales and moving averages, which start at 0 or 1 on every machine.
    """
    built = model.get_weights()
    starts = start_weights([weights.shape for weights in built])
    model.set_weights([old if old.ndim == 1 else start for old, start in zip(built, starts, strict=True)])


def _start_kernel(shape: tuple[int, ...], stream: int) -> F32Array:
    *window, inputs, outputs = shape
    limit = math.sqrt(6 / (math.prod(window) * (inputs + outputs)))
    numbers = (mixed_numbers(stream, math.prod(shape)) >> np.uint64(64 - _BITS)).astype(np.int64)
    centered = 2 * numbers + 1 - (1 << _BITS)  # odd numbers, symmetric around 0
    # From here on, each step is a single operation that IEEE 754 rounds correctly, so it is the same on every machine.
    start: F32Array = (centered.astype(np.float64) * (limit / (1 << _BITS))).astype(np.float32).reshape(shape)
    return start
