"""Options that some modes share: time for training, and frames on which the color is measured."""

from __future__ import annotations

from dataclasses import dataclass

from codec.encoder.modes.mode import Mode, check_member, check_range, option
from codec.errors import InputError
from codec.lossless.parameters import Speed
from codec.networks.declarations import color_networks
from codec.training.options import (
    EFFORTS,
    CompactTraining,
    EffortLevel,
    PredictorTraining,
    compact_training,
    predictor_training,
)

EFFORT_HELP = "time for hints and networks: fast, default (under a minute) or best; none with --color lossless"
_SENT = [network for network in color_networks() if network.may_be_sent]
NETWORK_HELP = (
    f"with --color guided {', '.join(network.name for network in _SENT if network.takes_hints)}; with --color model "
    f"{', '.join(network.name for network in _SENT if network.makes_color_alone)} (compact; with model singh2020)"
)

WITHOUT_TRAINING = "give --color coded, or --color lossless"
"""How to send color without the packages that training needs."""


@dataclass(frozen=True, kw_only=True)
class MeasuredMode(Mode):
    """A mode whose color is not exact, so that the sender measures it.

    Attributes:
        quality_frames: measure the color on N frames, evenly spread; 0 measures nothing.
    """

    quality_frames: int = option(
        "--quality-frames", "measure the color on N frames; 0 measures nothing (48)", metavar="N", parse=int, default=48
    )

    def __post_init__(self) -> None:
        check_range("--quality-frames", self.quality_frames, 0, 10**6)


@dataclass(frozen=True, kw_only=True)
class TrainedMode(Mode):
    """A mode that trains networks of whole numbers.

    Attributes:
        effort: time for networks: a key of :data:`codec.training.options.EFFORTS`.
        max_seconds: for each training, in place of the effort's own limit; None for that limit.
    """

    effort: EffortLevel = option(
        "--effort",
        EFFORT_HELP,
        metavar="EFFORT",
        default=EffortLevel.DEFAULT,
    )
    max_seconds: float | None = option(
        "--max-seconds",
        "stop training after about S seconds; rounding the weights comes on top",
        metavar="S",
        parse=float,
        default=None,
    )

    @property
    def efforts(self) -> tuple[EffortLevel, ...]:
        """The values of :attr:`effort` that this mode has."""
        return tuple(EFFORTS)

    def __post_init__(self) -> None:
        check_member("--effort", self.effort, self.efforts)
        object.__setattr__(self, "effort", EffortLevel(self.effort))  # a plain word is taken, too
        check_seconds(self.max_seconds)

    def compact_training(self) -> CompactTraining:
        """How long to train a network `compact`."""
        return compact_training(self.effort, self.max_seconds, self.shared.seed)

    def predictor_training(self) -> PredictorTraining | None:
        """How long to train a predictor; None for not at all."""
        return predictor_training(self.effort, self.max_seconds, self.shared.seed) if self.effort in EFFORTS else None


@dataclass(frozen=True, kw_only=True)
class SampledMode(Mode):
    """A mode that may code planes sample by sample, adaptively.

    Attributes:
        speed: how fast adaptive planes are coded and decoded.
    """

    speed: Speed = option(
        "--speed",
        "of adaptive planes, for sender and receiver: swift, standard, or max = smallest (standard)",
        metavar="SPEED",
        default=Speed.STANDARD,
    )

    def __post_init__(self) -> None:
        check_member("--speed", self.speed, tuple(Speed))
        object.__setattr__(self, "speed", Speed(self.speed))  # a plain word is taken, too


def check_seconds(max_seconds: float | None) -> None:
    """Refuse a time limit that is none.

    Raises:
        InputError: it is not over 0, or infinite.
    """
    if max_seconds is not None and not 0 < max_seconds < float("inf"):
        raise InputError(f"expected --max-seconds over 0. Received: {max_seconds}", option="--max-seconds")
