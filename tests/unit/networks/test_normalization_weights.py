"""Batch normalizations as they travel: a step that suits one channel must not ruin another."""

import numpy as np
import pytest

from codec.backend import keras
from codec.networks.model_weights import dequantize_into, named_weights
from codec.weights.quantizing import quantize_weights


def normalization() -> keras.Model:
    return keras.Sequential([keras.Input((None, 4)), keras.layers.BatchNormalization(name="norm")])


def test_a_fresh_one_is_all_zeros_and_ones() -> None:
    weights = named_weights(normalization())
    assert list(weights) == ["norm/gamma", "norm/beta", "norm/mean_over_deviation", "norm/log2_deviation"]
    assert [set(values.tolist()) for values in weights.values()] == [{1.0}, {0.0}, {0.0}, {0.0}]


def test_small_and_large_variances_survive_rounding() -> None:
    model = normalization()
    start = named_weights(model)
    gamma, beta = np.array([1, 2, 0.5, 1]), np.array([0.1, -0.1, 0, 0.2])
    mean, variance = np.array([30, -0.2, 400, 0.001]), np.array([900, 0.01, 5e4, 0.0])
    model.get_layer("norm").set_weights([gamma, beta, mean, variance])
    inputs = np.random.default_rng(0).normal(mean, np.sqrt(variance), (64, 4)).astype(np.float32)
    before = model.predict_on_batch(inputs[None])
    dequantize_into(model, quantize_weights(named_weights(model), start, 0.01))
    assert model.predict_on_batch(inputs[None]) == pytest.approx(before, abs=0.1)


def test_names_leave_others_out() -> None:
    assert list(named_weights(normalization(), {"norm/beta"})) == ["norm/beta"]
