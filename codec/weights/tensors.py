"""What a network's weights are, before and after they are quantized."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F32Array = npt.NDArray[np.float32]
I16Array = npt.NDArray[np.int16]
I32Array = npt.NDArray[np.int32]
NamedWeights = dict[str, F32Array]
"""Name of a tensor to its weights, in the network's order."""


@dataclass(frozen=True, eq=False)
class QuantizedTensor:
    """One weight tensor as ``values * step``.

    Attributes:
        name: the tensor's name in the architecture, such as ``conv_01/kernel``.
        shape: of the weights.
        step: of the quantization, over 0, a float32 number.
        values: ``shape``, int32.
    """

    name: str
    shape: tuple[int, ...]
    step: float
    values: I32Array
