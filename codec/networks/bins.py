"""Color as a class: probabilities over bins, and the color that they mean.

R. Zhang, P. Isola, A. A. Efros, "Colorful Image Colorization", 2016, section 2.3: the mean of the bins' centers is
stable but grayish, the most likely bin is vivid but patchy. The annealed mean stands between: the mean after the
distribution was sharpened by a temperature T,

    f_T(z) = exp(log(z) / T) / sum exp(log(z) / T)

With T = 1 it is the mean, towards T = 0 the mode. Of logits it is the softmax of logits / T.
"""

from __future__ import annotations

import math

import numpy as np

from codec.errors import InputError
from codec.weights.tensors import F32Array

EXPECTATION = 1.0
"""The temperature at which the annealed mean is the plain mean."""


def annealed_mean(logits: F32Array, centers: F32Array, *, temperature: float) -> F32Array:
    """The color that logits over bins mean.

    Args:
        logits: (..., bins) float32.
        centers: (bins,) or (bins, components) float32.
        temperature: over 0; 1 for the expectation.

    Returns:
        (...) or (..., components) float32, within the range of the centers.

    Raises:
        InputError: the temperature is not over 0.
    """
    if not 0 < temperature < math.inf:
        raise InputError(f"expected a temperature over 0. Received: {temperature}")
    shifted = (logits - logits.max(axis=-1, keepdims=True)) / np.float32(temperature)
    weights = np.exp(shifted)
    weights /= weights.sum(axis=-1, keepdims=True)
    mean: F32Array = weights @ centers
    return mean
