"""Training: ``model.fit`` with the papers' loss and optimizer, watched and bounded.

A. Singh, A. Chanani, H. Karnick, section III-B: mean squared error, Adam with a rate of 0.001, one size of training
pictures. Ours rises to that rate over the first steps, since without that some trainings never leave gray; a rate
that falls later was worse as long as training is minutes (docs/decisions/0005-singh2020-training.md).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from codec.backend import JIT_COMPILE, keras
from codec.errors import TrainingError
from codec.networks.interface import F32Array, KerasModel, NetworkSpec, TrainableNetwork
from codec.networks.registry import trainable_network
from codec.training.options import TrainingOptions
from codec.training.samples import SampleStore

WARM_UP_STEPS = 50


@dataclass(frozen=True)
class TrainingProgress:
    """How far training is.

    Attributes:
        epoch, epochs: of them, the current one counted from 1.
        step, steps: of this epoch, likewise.
        loss: mean over this epoch so far.
        elapsed_seconds: since training began.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    elapsed_seconds: float


ProgressCallable = Callable[[TrainingProgress], None]


@dataclass(frozen=True, eq=False)
class TrainedNetwork:
    """The result of training.

    Attributes:
        model: the Keras model, with the best weights that an epoch ended with.
        epochs_run: epochs that were begun.
        final_loss: mean squared error of the best epoch, in the network's own scale.
        seconds: wall time.
    """

    model: KerasModel
    epochs_run: int
    final_loss: float
    seconds: float


def train(
    spec: NetworkSpec,
    samples: SampleStore,
    options: TrainingOptions,
    progress: ProgressCallable | None = None,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> TrainedNetwork:
    """Train a fresh network on a video's samples. A GPU is used if the backend sees one.

    Args:
        spec: the network.
        samples: of the video, at least one.
        options: see there.
        progress: is called after every step.
        clock: seconds from any start.

    Raises:
        InputError: there are no samples, or no such network.
        TrainingError: the loss is no longer finite, or memory ran out.
    """
    rows, columns = samples.sample_shape
    network = trainable_network(spec.architecture)
    keras.utils.set_random_seed(options.seed)
    epochs = options.num_epochs(len(samples))
    watch = _Watch(options, epochs, progress, clock)
    try:
        model = network.build(spec)
        model.compile(optimizer=_optimizer(options.learning_rate), loss="mse", jit_compile=JIT_COMPILE)
        plateau = keras.callbacks.EarlyStopping(
            monitor="loss", patience=options.patience, min_delta=options.min_delta, restore_best_weights=True
        )
        model.fit(
            _Batches(network, samples, options),
            epochs=epochs,
            shuffle=False,  # the batches come shuffled by our own seed
            verbose=0,
            callbacks=[watch, plateau],
        )
    except Exception as error:
        if not _is_out_of_memory(error):
            raise
        raise TrainingError(
            f"memory ran out while training with {options.batch_size} samples of {columns}x{rows} a step. "
            "Try a smaller --batch-size or --train-size"
        ) from error
    return TrainedNetwork(model, watch.epochs_run, watch.best_loss, watch.elapsed_seconds)


def _optimizer(learning_rate: float) -> Any:
    """Adam whose rate rises in a straight line over the first steps and then stays."""
    first = learning_rate / WARM_UP_STEPS
    return keras.optimizers.Adam(
        keras.optimizers.schedules.PolynomialDecay(first, WARM_UP_STEPS, end_learning_rate=learning_rate)
    )


class _Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches in an order that depends on the seed and the epoch alone."""

    def __init__(self, network: TrainableNetwork, samples: SampleStore, options: TrainingOptions) -> None:
        super().__init__()
        self._network = network
        self._samples = samples
        self._batch_size = min(options.batch_size, len(samples))
        self._random = np.random.default_rng(options.seed)
        self._order = self._random.permutation(len(samples))

    def __len__(self) -> int:
        return (len(self._samples) + self._batch_size - 1) // self._batch_size

    def __getitem__(self, index: int) -> tuple[F32Array, F32Array]:
        # The last batch is filled up from the start of the order: one shape of batch is compiled once.
        positions = np.arange(index * self._batch_size, (index + 1) * self._batch_size) % len(self._samples)
        lumas_u8, rgbs_u8 = self._samples.batch(self._order[positions])
        return self._network.training_pair(self._samples.conversion, lumas_u8, rgbs_u8)

    def on_epoch_end(self) -> None:
        self._order = self._random.permutation(len(self._samples))


class _Watch(keras.callbacks.Callback):  # type: ignore[misc]
    """Reports progress, and ends what takes too long or diverges."""

    def __init__(
        self, options: TrainingOptions, epochs: int, progress: ProgressCallable | None, clock: Callable[[], float]
    ) -> None:
        super().__init__()
        self._options = options
        self._epochs = epochs
        self._progress = progress
        self._clock = clock
        self._start = clock()
        self.epochs_run = 0
        self.best_loss = math.inf

    @property
    def elapsed_seconds(self) -> float:
        return self._clock() - self._start

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        self.epochs_run = epoch + 1

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        loss = float((logs or {})["loss"])
        if not math.isfinite(loss):
            raise TrainingError(
                f"training diverged: the loss became {loss} in epoch {self.epochs_run}. "
                f"Try a learning rate below {self._options.learning_rate}"
            )
        if self._progress is not None:
            self._progress(
                TrainingProgress(
                    self.epochs_run, self._epochs, batch + 1, self.params["steps"], loss, self.elapsed_seconds
                )
            )
        if self._options.max_seconds is not None and self.elapsed_seconds >= self._options.max_seconds:
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        self.best_loss = min(self.best_loss, float((logs or {})["loss"]))


def _is_out_of_memory(error: Exception) -> bool:
    """Each backend has an exception of its own; what they share is how they name it."""
    text = f"{type(error).__name__} {error}".lower().replace("_", "").replace(" ", "")
    return isinstance(error, MemoryError) or "resourceexhausted" in text or "outofmemory" in text
