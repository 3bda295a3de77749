"""What is wrong with a recording, found while it is read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Damage:
    """The frames of a video that are not what the camera recorded.

    Attributes:
        frames: the numbers of frames that are there, but that the decoder had to invent in part; rising.
        num_missing: how many stored frames could not be decoded at all and are not there.
        reasons: what was wrong, each reason once.
    """

    frames: tuple[int, ...] = ()
    num_missing: int = 0
    reasons: tuple[str, ...] = ()

    @property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        """The first and last frame of each run of damaged frames."""
        runs: list[tuple[int, int]] = []
        for number in self.frames:
            if runs and runs[-1][1] == number - 1:
                runs[-1] = (runs[-1][0], number)
            else:
                runs.append((number, number))
        return tuple(runs)


NO_DAMAGE = Damage()
"""The damage of a sound recording."""


class DamageLog:
    """Collects the damage of one pass over a video."""

    def __init__(self) -> None:
        self._frames: set[int] = set()
        self._num_missing = 0
        self._reasons: dict[str, None] = {}  # in order, without repetition

    def add_frame(self, number: int, reason: str) -> None:
        """Count a frame that is there, but not as it was recorded."""
        self._frames.add(number)
        self._reasons[reason] = None

    def add_missing(self, reason: str) -> None:
        """Count a stored frame that cannot be decoded at all."""
        self._num_missing += 1
        self._reasons[reason] = None

    def add_reason(self, reason: str) -> None:
        """Take a reason that concerns no frame that can be counted."""
        self._reasons[reason] = None

    def result(self) -> Damage:
        """What was found so far."""
        return Damage(tuple(sorted(self._frames)), self._num_missing, tuple(self._reasons))
