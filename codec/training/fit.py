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
from codec.networks.interface import NetworkSpec, TrainingStage
from codec.networks.model_weights import KerasModel
from codec.networks.registry import trainable_network
from codec.training.averages import measure_averages
from codec.training.examples import Examples
from codec.training.options import TrainingOptions

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
        final_loss: of the best epoch of the last stage, in the network's own scale.
        seconds: wall time.
    """

    model: KerasModel
    epochs_run: int
    final_loss: float
    seconds: float


def train(
    spec: NetworkSpec,
    examples: Examples,
    options: TrainingOptions,
    progress: ProgressCallable | None = None,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> TrainedNetwork:
    """Train a fresh network on a video's examples. A GPU is used if the backend sees one.

    Args:
        spec: the network.
        examples: of the video, at least one.
        options: see there.
        progress: is called after every step.
        clock: seconds from any start.

    Raises:
        InputError: there are no examples, or no such network.
        TrainingError: the loss is no longer finite, or memory ran out.
    """
    rows, columns = examples.example_shape
    network = trainable_network(spec.architecture)
    keras.utils.set_random_seed(options.seed)
    num_stages = network.num_stages(spec)
    watch = _Watch(options, options.num_epochs(len(examples)), num_stages, progress, clock)
    try:
        model = network.build(spec)
        for stage in network.stages(spec, model, examples.conversion, true_share=options.true_share):
            watch.begin_stage()
            _fit(stage, examples, options, watch)
            measure_averages(stage, examples, options)
    except Exception as error:
        if not _is_out_of_memory(error):
            raise
        raise TrainingError(
            f"memory ran out while training with {options.batch_size} examples of {columns}x{rows} a step. "
            "Try a smaller --batch-size or --train-size"
        ) from error
    return TrainedNetwork(model, watch.epochs_run, watch.best_loss, watch.elapsed_seconds)


def _fit(stage: TrainingStage, examples: Examples, options: TrainingOptions, watch: _Watch) -> None:
    """Train one stage until its epochs are done, its share of the time is over, or the loss stays level."""
    stage.model.compile(optimizer=_optimizer(options.learning_rate), loss=stage.loss, jit_compile=JIT_COMPILE)
    plateau = keras.callbacks.EarlyStopping(
        monitor="loss", patience=options.patience, min_delta=options.min_delta, restore_best_weights=True
    )
    stage.model.fit(
        _Batches(stage, examples, options),
        epochs=options.num_epochs(len(examples)),
        shuffle=False,  # the batches come shuffled by our own seed
        verbose=0,
        callbacks=[watch, plateau],
    )


def _optimizer(learning_rate: float) -> Any:
    """Adam whose rate rises in a straight line over the first steps and then stays."""
    first = learning_rate / WARM_UP_STEPS
    return keras.optimizers.Adam(
        keras.optimizers.schedules.PolynomialDecay(first, WARM_UP_STEPS, end_learning_rate=learning_rate)
    )


class _Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches in an order that depends on the seed and the epoch alone."""

    def __init__(self, stage: TrainingStage, examples: Examples, options: TrainingOptions) -> None:
        super().__init__()
        self._pair = stage.pair
        self._examples = examples
        self._batch_size = min(options.batch_size, len(examples))
        self._random = np.random.default_rng(options.seed)
        self._order = self._random.permutation(len(examples))

    def __len__(self) -> int:
        return (len(self._examples) + self._batch_size - 1) // self._batch_size

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        # The last batch is filled up from the start of the order: one shape of batch is compiled once.
        positions = np.arange(index * self._batch_size, (index + 1) * self._batch_size) % len(self._examples)
        inputs, targets = self._pair(*self._examples.batch(self._order[positions]))
        return tuple(inputs) if isinstance(inputs, list) else inputs, targets

    def on_epoch_end(self) -> None:
        self._order = self._random.permutation(len(self._examples))


class _Watch(keras.callbacks.Callback):  # type: ignore[misc]
    """Reports progress, and ends what takes too long or diverges."""

    def __init__(
        self,
        options: TrainingOptions,
        epochs: int,
        num_stages: int,
        progress: ProgressCallable | None,
        clock: Callable[[], float],
    ) -> None:
        super().__init__()
        self._options = options
        self._stage_epochs = epochs
        self._epochs = epochs * num_stages
        self._num_stages = num_stages
        self._stage = 0
        self._progress = progress
        self._clock = clock
        self._start = clock()
        self.epochs_run = 0
        self.best_loss = math.inf

    def begin_stage(self) -> None:
        """The next epochs are those of the next stage. What counts in the end is the last stage's loss."""
        self._stage += 1
        self.best_loss = math.inf

    @property
    def elapsed_seconds(self) -> float:
        return self._clock() - self._start

    @property
    def _max_seconds(self) -> float:
        """When this stage has to end: every stage has an equal part of the time."""
        return (self._options.max_seconds or math.inf) * self._stage / self._num_stages

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        del logs
        self.epochs_run = (self._stage - 1) * self._stage_epochs + epoch + 1

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
        if self.elapsed_seconds >= self._max_seconds:
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        del epoch
        self.best_loss = min(self.best_loss, float((logs or {})["loss"]))


def _is_out_of_memory(error: Exception) -> bool:
    """Each backend has an exception of its own; what they share is how they name it."""
    text = f"{type(error).__name__} {error}".lower().replace("_", "").replace(" ", "")
    return isinstance(error, MemoryError) or "resourceexhausted" in text or "outofmemory" in text
