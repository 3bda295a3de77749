"""Small networks with made-up weights: what they predict is poor, and must come back all the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from codec.lossless.predictor_weights import WEIGHTS, PredictorShape, PredictorWeights, predictor_weights

SHAPES = {
    number: replace(predictor_weights(number).shape, width=6)
    for number in sorted(int(file.stem) for file in WEIGHTS.rglob("*.npz"))
}
"""Those of all networks that gvc ships, by number, but narrow."""


def made_up_weights(shape: PredictorShape, seed: int = 0) -> PredictorWeights:
    random = np.random.default_rng(seed)
    return PredictorWeights(
        shape,
        random.integers(-6, 7, shape.num_kernel_weights).astype(np.int32),
        random.integers(-20, 20, shape.num_biases).astype(np.int32),
    )


def wavy(shape: tuple[int, ...], low: int, high: int, seed: int) -> npt.NDArray[Any]:
    """A plane with slopes, edges and noise, int16."""
    random = np.random.default_rng(seed)
    steps = random.integers(-4, 5, shape)
    slopes = np.cumsum(steps, axis=1) + (high + low) // 2
    slopes[: shape[0] // 3] += (high - low) // 3
    return slopes.clip(low, high).astype(np.int16)
