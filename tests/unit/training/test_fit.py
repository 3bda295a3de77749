import numpy as np
import pytest

from codec.backend import keras
from codec.errors import InputError, TrainingError
from codec.networks.interface import NetworkSpec
from codec.networks.model_weights import KerasModel
from codec.networks.singh2020 import Singh2020
from codec.networks.start import start_weights
from codec.training import fit
from codec.training.examples import ExampleStore
from codec.training.fit import TrainingProgress, train
from codec.training.options import TrainingOptions
from codec.video.color import ColorConversion
from codec.video.picture import Picture, rgb_to_ycocg_r
from codec.video.pixel_formats import PIXEL_FORMATS

SPEC = NetworkSpec("singh2020")
CONVERSION = ColorConversion(PIXEL_FORMATS["rgb24"], 6, True)


def two_colors(seed: int) -> Picture:
    """Dark is blue and light is orange, in random blocks."""
    blocks = np.random.default_rng(seed).integers(0, 2, (4, 4))
    colors = np.array([[20, 30, 90], [240, 190, 100]], np.uint8)
    return rgb_to_ycocg_r(np.repeat(np.repeat(colors[blocks], 8, axis=0), 8, axis=1))


def store_of(options: TrainingOptions, num_pictures: int = 3) -> ExampleStore:
    store = ExampleStore(CONVERSION, options)
    for seed in range(num_pictures):
        store.add(two_colors(seed))
    return store


class TinyNetwork(Singh2020):
    """The same inputs and targets with two small convolutions, so that many trainings take no time."""

    def build(self, spec: NetworkSpec) -> KerasModel:
        assert spec == SPEC
        layers = keras.layers
        model = keras.Sequential(
            [keras.Input((None, None, 1)), layers.Conv2D(4, 3, padding="same"), layers.Conv2D(2, 3, padding="same")]
        )
        model.set_weights(start_weights([weights.shape for weights in model.get_weights()]))
        return model


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "trainable_network", lambda _: TinyNetwork())


def test_training_reports_every_step_and_learns() -> None:
    options = TrainingOptions(epochs=6, batch_size=2, train_size=32)
    reports: list[TrainingProgress] = []
    trained = train(SPEC, store_of(options), options, reports.append)
    assert [(r.epoch, r.step) for r in reports] == [(epoch, step) for epoch in range(1, 7) for step in (1, 2)]
    assert {(r.epochs, r.steps) for r in reports} == {(6, 2)}
    elapsed = [r.elapsed_seconds for r in reports]
    assert elapsed == sorted(elapsed)
    assert trained.epochs_run == 6
    assert trained.seconds >= elapsed[-1]
    assert trained.final_loss < reports[0].loss
    inputs, _ = fit.trainable_network("singh2020").training_pair(CONVERSION, *store_of(options).batch(np.array([0])))
    assert trained.model.predict_on_batch(inputs).shape == (1, 32, 32, 2)


@pytest.mark.usefixtures("tiny")
def test_the_seed_decides() -> None:
    results = []
    for seed in (1, 1, 2):
        options = TrainingOptions(epochs=2, batch_size=2, train_size=32, seed=seed, learning_rate=0.1)
        results.append(train(SPEC, store_of(options), options).model.get_weights()[0])
    assert np.allclose(results[0], results[1], atol=1e-6)
    assert not np.allclose(results[0], results[2], atol=1e-5)


@pytest.mark.usefixtures("tiny")
def test_a_plateau_ends_training() -> None:
    options = TrainingOptions(epochs=50, batch_size=1, train_size=32, patience=2, min_delta=100.0)
    assert train(SPEC, store_of(options, 1), options).epochs_run == 3


@pytest.mark.usefixtures("tiny")
def test_time_ends_training() -> None:
    ticks = iter(range(10_000))
    options = TrainingOptions(epochs=50, batch_size=1, train_size=32, max_seconds=20)
    trained = train(SPEC, store_of(options, 1), options, clock=lambda: float(next(ticks)))
    assert 1 < trained.epochs_run < 30
    assert np.isfinite(trained.final_loss)


@pytest.mark.usefixtures("tiny")
def test_a_loss_that_is_not_finite_is_an_error() -> None:
    options = TrainingOptions(epochs=3, batch_size=1, train_size=32, learning_rate=1e30)
    with pytest.raises(TrainingError, match="diverged"):
        train(SPEC, store_of(options), options)


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("RESOURCE_EXHAUSTED: out of memory allocating 9 bytes")])
def test_running_out_of_memory_comes_with_advice(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def refuse(*_: object) -> None:
        raise error

    options = TrainingOptions(epochs=1, batch_size=2, train_size=32)
    monkeypatch.setattr(fit, "_Batches", refuse)
    with pytest.raises(TrainingError, match=r"2 examples of 32x32 .* --batch-size"):
        train(SPEC, store_of(options), options)


def test_other_errors_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("anything")

    options = TrainingOptions(epochs=1, train_size=32)
    monkeypatch.setattr(fit, "_Batches", fail)
    with pytest.raises(KeyError):
        train(SPEC, store_of(options), options)


def test_no_samples() -> None:
    options = TrainingOptions()
    with pytest.raises(InputError, match="at least one keyframe"):
        train(SPEC, ExampleStore(CONVERSION, options), options)


def test_every_sample_is_used_once_an_epoch_and_batches_are_full() -> None:
    options = TrainingOptions(batch_size=2, train_size=32, seed=3)
    store = store_of(options)
    (stage,) = Singh2020().stages(SPEC, None, CONVERSION, true_share=1)
    batches = fit._Batches(stage, store, options)
    assert len(batches) == 2
    shapes = {batches[index][0].shape for index in range(2)}
    assert shapes == {(2, 32, 32, 1)}
    orders = []
    for _ in range(4):
        orders.append(tuple(batches._order.tolist()))
        batches.on_epoch_end()
    assert all(sorted(order) == [0, 1, 2] for order in orders)
    assert len(set(orders)) > 1
