"""The types of a network's weights before and after quantization."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F32Array = npt.NDArray[np.float32]
I16Array = npt.NDArray[np.int16]
I32Array = npt.NDArray[np.int32]
NamedWeights = dict[str, F32Array]
"""Maps the name of each tensor to its weights, in the network's order."""


@dataclass(frozen=True, eq=False)
class QuantizedTensor:
    """One quantized weight tensor. Its weights are ``values * step``.

    Attributes:
        name: the tensor's name in the architecture, such as ``conv_01/kernel``.
        shape: the shape of the weights.
        step: the quantization step, a float32 number greater than 0.
        values: whole numbers, int32 of that shape.
    """

    name: str
    shape: tuple[int, ...]
    step: float
    values: I32Array
