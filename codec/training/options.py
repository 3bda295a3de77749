"""How to train. Light to import: no Keras here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from codec.errors import InputError

_MULTIPLE = 8
_SMALLEST_SIZE = 16


@dataclass(frozen=True, kw_only=True)
class TrainingOptions:
    """How to train a network on a video's keyframes.

    The defaults, and what they were chosen among: ``docs/decisions/0005-singh2020-training.md``.

    Attributes:
        epochs: passes over all examples, at most. None: as many as make about :data:`DEFAULT_STEPS` steps.
        train_size: longest side of an example, in pixels; a multiple of 8.
        batch_size: examples a step.
        learning_rate: of Adam, after the first steps, in which it rises to this.
        seed: of the choice of examples and their order. First weights are part of the architecture.
        patience: epochs without improvement after which training stops.
        min_delta: decrease of the loss that counts as an improvement.
        max_seconds: training ends with the step that ends later than this; None for no limit.
        max_example_bytes: memory for examples.
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
    max_example_bytes: int = 128 << 20
    true_share: float = 0.8

    def __post_init__(self) -> None:
        for name, low, high in (
            ("epochs", 1, 10**6),
            ("batch_size", 1, 4096),
            ("patience", 1, 10**6),
            ("seed", 0, 2**32 - 1),
            ("max_example_bytes", 1, 2**40),
        ):
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                flag = f"--{name.replace('_', '-')}"
                raise InputError(f"expected {flag} from {low} to {high}. Received: {value}", option=flag)
        if self.train_size < _SMALLEST_SIZE or self.train_size % _MULTIPLE or self.train_size > 8192:
            raise InputError(
                f"expected --train-size from {_SMALLEST_SIZE} to 8192, a multiple of {_MULTIPLE}. "
                f"Received: {self.train_size}",
                option="--train-size",
            )
        if not 0 < self.learning_rate < math.inf:
            raise InputError(f"expected a learning rate over 0. Received: {self.learning_rate}")
        if not 0 <= self.min_delta < math.inf:
            raise InputError(f"expected a smallest improvement of 0 or more. Received: {self.min_delta}")
        if not 0 <= self.true_share <= 1:
            raise InputError(f"expected --true-share from 0 to 1. Received: {self.true_share}", option="--true-share")
        if self.max_seconds is not None and not 0 < self.max_seconds < math.inf:
            raise InputError(f"expected --max-seconds over 0. Received: {self.max_seconds}", option="--max-seconds")

    def num_epochs(self, num_examples: int) -> int:
        """Epochs for so many examples: :attr:`epochs`, or what the default makes of it."""
        if self.epochs is not None:
            return self.epochs
        steps_per_epoch = -(-num_examples // self.batch_size)
        return max(MIN_DEFAULT_EPOCHS, -(-DEFAULT_STEPS // steps_per_epoch))


DEFAULT_STEPS = 350
"""Steps that the default makes, if the examples are few: minutes on two cores."""
MIN_DEFAULT_EPOCHS = 4
"""Passes that the default makes, however many the examples are."""


@dataclass(frozen=True)
class CompactTraining:
    """How long to train a network ``compact``, on what.

    Attributes:
        steps: of both phases together, at most.
        max_seconds: what both phases may take; the schedule is squeezed to fit.
        batch_size: patches in a step.
        patch: side of a patch, in points of the network's grid.
        seed: of everything random.
    """

    steps: int = 2000
    max_seconds: float = math.inf
    batch_size: int = 16
    patch: int = 32
    seed: int = 0


@dataclass(frozen=True)
class PredictorTraining:
    """How long to train.

    Attributes:
        steps: at most.
        max_seconds: at most; the schedule is squeezed to fit.
        batch_size: patches in a step.
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


class EffortLevel(StrEnum):
    """The values of ``--effort``."""

    NONE = "none"
    FAST = "fast"
    DEFAULT = "default"
    BEST = "best"


@dataclass(frozen=True, kw_only=True)
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


EFFORTS: dict[EffortLevel, Effort] = {
    EffortLevel.FAST: Effort(steps=300, max_seconds=12, probe_steps=100, predictor_steps=150, predictor_seconds=10),
    EffortLevel.DEFAULT: Effort(steps=1500, max_seconds=40, probe_steps=250, predictor_steps=400, predictor_seconds=30),
    EffortLevel.BEST: Effort(
        steps=12_000, max_seconds=600, probe_steps=500, predictor_steps=8000, predictor_seconds=600
    ),
}
_FINE_LEARNING_RATE = 1.5e-3  # of a predictor that starts from a shipped one (docs/decisions/0011-lossless-planes.md)


def compact_training(effort: EffortLevel, max_seconds: float | None, seed: int) -> CompactTraining:
    """How long to train a network `compact`.

    Args:
        effort: a key of :data:`EFFORTS`.
        max_seconds: in place of the effort's own limit; None for that.
        seed: of everything random.
    """
    own = EFFORTS[effort]
    return CompactTraining(steps=own.steps, max_seconds=max_seconds or own.max_seconds, seed=seed)


def predictor_training(effort: EffortLevel, max_seconds: float | None, seed: int) -> PredictorTraining:
    """How long to train a predictor; otherwise as :func:`compact_training`."""
    own = EFFORTS[effort]
    return PredictorTraining(
        steps=own.predictor_steps,
        max_seconds=max_seconds or own.predictor_seconds,
        learning_rate=_FINE_LEARNING_RATE,
        seed=seed,
    )
