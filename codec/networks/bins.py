"""Color as a class: conversion of probabilities over bins to a color.

R. Zhang, P. Isola, A. A. Efros, "Colorful Image Colorization", 2016, section 2.3: the mean of the bins' centers is
stable but grayish; the most likely bin is vivid but patchy. The annealed mean is a compromise. It is the mean of the
distribution after a temperature T has sharpened it,

    f_T(z) = exp(log(z) / T) / sum exp(log(z) / T)

T = 1 gives the mean, and T near 0 gives the mode. For logits, f_T is the softmax of logits / T.
"""

from __future__ import annotations

import math

import numpy as np

from codec.errors import InputError
from codec.weights.tensors import F32Array

EXPECTATION = 1.0
"""The temperature at which the annealed mean is the plain mean."""


def annealed_mean(logits: F32Array, centers: F32Array, *, temperature: float) -> F32Array:
    """The annealed mean of the bins' centers.

    Args:
        logits: (..., bins) float32.
        centers: (bins,) or (bins, components) float32, the centers of the bins.
        temperature: finite and greater than 0; 1 gives the expectation.

    Returns:
        (...) or (..., components) float32, within the range of the centers.

    Raises:
        InputError: the temperature is out of range.
    """
    if not 0 < temperature < math.inf:
        raise InputError(f"expected a temperature over 0. Received: {temperature}")
    shifted = (logits - logits.max(axis=-1, keepdims=True)) / np.float32(temperature)
    weights = np.exp(shifted)
    weights /= weights.sum(axis=-1, keepdims=True)
    mean: F32Array = weights @ centers
    return mean
