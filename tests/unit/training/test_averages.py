"""Normalizations answer after training as they did in it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from codec.backend import keras
from codec.networks.interface import TrainingStage
from codec.training.averages import freeze_averages, measure_averages
from codec.training.options import TrainingOptions
from codec.video.picture import PlaneArray, RgbArray

NUM_SAMPLES, BATCH = 8, 2


class Levels:
    """Examples that are flat pictures, each brighter than the one before."""

    def __len__(self) -> int:
        return NUM_SAMPLES

    def batch(self, indices: npt.NDArray[np.int64]) -> tuple[PlaneArray, PlaneArray]:
        pictures = np.stack([np.full((4, 4), 20 * index, np.uint8) for index in indices])
        return pictures, np.repeat(pictures[..., None], 3, axis=-1)


def pair(lumas: PlaneArray, rgbs_u8: RgbArray) -> tuple[Any, Any]:
    return lumas[..., None].astype(np.float32) / 255, rgbs_u8.astype(np.float32) / 255


@pytest.fixture
def stage() -> TrainingStage:
    layers = keras.layers
    model = keras.Sequential([keras.Input((4, 4, 1)), layers.BatchNormalization(name="norm"), layers.Conv2D(3, 1)])
    return TrainingStage(model, "mse", pair)


def test_averages_are_those_of_all_samples(stage: TrainingStage) -> None:
    options = TrainingOptions(batch_size=BATCH)
    measure_averages(stage, Levels(), options)  # type: ignore[arg-type]
    norm = stage.model.get_layer("norm")
    levels = 20 * np.arange(NUM_SAMPLES) / 255
    np.testing.assert_allclose(np.asarray(norm.moving_mean), [levels.mean()], rtol=1e-5)
    order = np.random.default_rng(options.seed).permutation(NUM_SAMPLES).reshape(-1, BATCH)
    np.testing.assert_allclose(np.asarray(norm.moving_variance), [levels[order].var(axis=1).mean()], rtol=1e-4)
    assert norm.momentum == 0.99


def test_frozen_averages_stay_while_weights_learn(stage: TrainingStage) -> None:
    freeze_averages(stage.model)
    stage.model.compile(optimizer="adam", loss="mse")
    norm = stage.model.get_layer("norm")
    before = [np.asarray(weights) for weights in norm.get_weights()]
    stage.model.train_on_batch(*pair(*Levels().batch(np.arange(4))))
    after = [np.asarray(weights) for weights in norm.get_weights()]
    assert not np.array_equal(before[0], after[0])  # gamma
    for old, new in zip(before[2:], after[2:], strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_model_without_normalizations_is_left_alone() -> None:
    model = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Conv2D(3, 1)])
    before = model.get_weights()
    measure_averages(TrainingStage(model, "mse", pair), Levels(), TrainingOptions())  # type: ignore[arg-type]
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
