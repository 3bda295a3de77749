"""How to train. Light to import: no Keras here."""

from __future__ import annotations

import math
from dataclasses import dataclass

from codec.errors import InputError

_MULTIPLE = 8
_SMALLEST_SIZE = 16


@dataclass(frozen=True, kw_only=True)
class TrainingOptions:
    """How to train a network on a video's keyframes.

    The defaults, and what they were chosen among: ``docs/decisions/0005-singh2020-training.md``.

    Attributes:
        epochs: passes over all samples, at most. None: as many as make about :data:`DEFAULT_STEPS` steps.
        train_size: longest side of a sample, in pixels; a multiple of 8.
        batch_size: samples a step.
        learning_rate: of Adam, after the first steps, in which it rises to this.
        seed: of the choice of samples and their order. First weights are part of the architecture.
        patience: epochs without improvement after which training stops.
        min_delta: decrease of the loss that counts as an improvement.
        max_seconds: training ends with the step that ends later than this; None for no limit.
        max_sample_bytes: memory for samples.
        true_share: b of paper 002, section 4.2: in networks that are trained to answer consecutive frames alike, the
            share of the true color in the loss.

    Raises:
        InputError: a value out of its range.
    """

    epochs: int | None = None
    train_size: int = 256
    batch_size: int = 2
    learning_rate: float = 1e-3
    seed: int = 0
    patience: int = 30
    min_delta: float = 1e-6
    max_seconds: float | None = None
    max_sample_bytes: int = 128 << 20
    true_share: float = 0.8

    def __post_init__(self) -> None:
        for name, low, high in (
            ("epochs", 1, 10**6),
            ("batch_size", 1, 4096),
            ("patience", 1, 10**6),
            ("seed", 0, 2**32 - 1),
            ("max_sample_bytes", 1, 2**40),
        ):
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise InputError(f"expected --{name.replace('_', '-')} from {low} to {high}. Received: {value}")
        if self.train_size < _SMALLEST_SIZE or self.train_size % _MULTIPLE or self.train_size > 8192:
            raise InputError(
                f"expected --train-size from {_SMALLEST_SIZE} to 8192, a multiple of {_MULTIPLE}. "
                f"Received: {self.train_size}"
            )
        if not 0 < self.learning_rate < math.inf:
            raise InputError(f"expected a learning rate over 0. Received: {self.learning_rate}")
        if not 0 <= self.min_delta < math.inf:
            raise InputError(f"expected a smallest improvement of 0 or more. Received: {self.min_delta}")
        if not 0 <= self.true_share <= 1:
            raise InputError(f"expected --true-share from 0 to 1. Received: {self.true_share}")
        if self.max_seconds is not None and not 0 < self.max_seconds < math.inf:
            raise InputError(f"expected --max-seconds over 0. Received: {self.max_seconds}")

    def num_epochs(self, num_samples: int) -> int:
        """Epochs for so many samples: :attr:`epochs`, or what the default makes of it."""
        if self.epochs is not None:
            return self.epochs
        steps_per_epoch = -(-num_samples // self.batch_size)
        return max(MIN_DEFAULT_EPOCHS, -(-DEFAULT_STEPS // steps_per_epoch))


DEFAULT_STEPS = 350
"""Steps that the default makes, if the samples are few: minutes on two cores."""
MIN_DEFAULT_EPOCHS = 4
"""Passes that the default makes, however many the samples are."""


@dataclass(frozen=True)
class CompactTraining:
    """How long to train a network ``compact``, on what.

    Attributes:
        steps: of both phases together, at most.
        max_seconds: what both phases may take; the schedule is squeezed to fit.
        batch_size: pieces in a step.
        piece: side of a piece, in points of the network's grid.
        seed: of everything random.
    """

    steps: int = 2000
    max_seconds: float = math.inf
    batch_size: int = 16
    piece: int = 32
    seed: int = 0


@dataclass(frozen=True)
class PredictorTraining:
    """How long to train.

    Attributes:
        steps: at most.
        max_seconds: at most; the schedule is squeezed to fit.
        batch_size: pieces in a step.
        learning_rate: of Adam, at the start; it falls along half a cosine.
        float_share: of the schedule, before weights and hidden values are rounded.
        seed: of everything random.
    """

    steps: int = 2000
    max_seconds: float = math.inf
    batch_size: int = 4
    learning_rate: float = 2e-3
    float_share: float = 0.7
    seed: int = 0


@dataclass(frozen=True)
class Effort:
    """What ``--effort`` stands for.

    Attributes:
        steps: of training a network ``compact``.
        max_seconds: for that.
        probe_steps: of each brief training on the probe.
        predictor_steps: of training each network that lossless planes are told by.
        predictor_seconds: for that.
    """

    steps: int
    max_seconds: float
    probe_steps: int
    predictor_steps: int
    predictor_seconds: float


EFFORTS: dict[str, Effort] = {
    "fast": Effort(300, 12, 100, 150, 10),
    "default": Effort(1500, 40, 250, 400, 30),
    "best": Effort(12_000, 600, 500, 8000, 600),
}
