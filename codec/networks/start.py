"""The weights that training starts from, made of whole numbers so that the receiver can make them again.

After minutes of training most of a weight is still what it was at the start. A receiver that knows the start needs
to be told far less (docs/decisions/0004-singh2020-weights.md), so the start must be the same on every machine and in
every version: no library's random numbers. The distribution is Keras's default, X. Glorot, Y. Bengio, "Understanding
the difficulty of training deep feedforward neural networks", 2010: uniform within +-sqrt(6 / (fan in + fan out)),
biases 0.
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
    """(count,) 64-bit numbers that look random: SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, 2014).

    Args:
        stream: the generator's first state, 0 to 2**64 - 1.
        count: how many.
    """
    state = np.uint64(stream)
    numbers = state + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)  # modulo 2**64
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def start_weights(shapes: Sequence[tuple[int, ...]]) -> list[F32Array]:
    """First weights of all tensors of a network, in order.

    Args:
        shapes: kernels (rows, columns, inputs, outputs), and biases, which have one axis.

    Returns:
        float32 arrays of these shapes.
    """
    return [
        np.zeros(shape, np.float32) if len(shape) == 1 else _start_kernel(shape, stream)
        for stream, shape in enumerate(shapes)
    ]


def start_model(model: KerasModel) -> None:
    """Set a model's first weights, of whatever layers it has.

    Kernels are those of :func:`start_weights`. What has one axis keeps what Keras put there, which for biases, scales
    and moving averages is 0 or 1, everywhere.
    """
    built = model.get_weights()
    starts = start_weights([weights.shape for weights in built])
    model.set_weights([old if old.ndim == 1 else start for old, start in zip(built, starts, strict=True)])


def _start_kernel(shape: tuple[int, ...], stream: int) -> F32Array:
    *window, inputs, outputs = shape
    limit = math.sqrt(6 / (math.prod(window) * (inputs + outputs)))
    numbers = (mixed_numbers(stream, math.prod(shape)) >> np.uint64(64 - _BITS)).astype(np.int64)
    centered = 2 * numbers + 1 - (1 << _BITS)  # odd numbers, symmetric around 0
    # Each step from here is one correctly rounded operation of IEEE 754, thus the same everywhere.
    start: F32Array = (centered.astype(np.float64) * (limit / (1 << _BITS))).astype(np.float32).reshape(shape)
    return start
