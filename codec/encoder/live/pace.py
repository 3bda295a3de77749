"""Whether the machine keeps up, and what is given up where it does not: first effort, then frames.

An effort says how a segment is coded. Efforts are in a row, the best first. A segment that takes longer than it lasts,
or frames that wait, are a step down. A step up comes only after some time with much room, and after each step up that
did not hold, twice as much time must pass.
"""

from __future__ import annotations

from dataclasses import dataclass

from codec.encoder.recipe import Recipe

_TOO_MUCH = 0.9  # of a segment's time, by the busier of the two stages
_WAITING_SHARE = 0.4  # of the places for frames that wait
_ROOM = 0.55
_FIRST_CALM_SECONDS = 10.0
_MOST_CALM_SECONDS = 600.0
_SETTLING_SEGMENTS = 2  # after a step, for what was begun before it
_FIRST_SEGMENTS = 3  # frames have piled up while the program started


@dataclass(frozen=True)
class Effort:
    """How much work is done.

    Attributes:
        recipe: of the segments; the headers of all efforts are equal.
        trains: a network is trained in the background.
        every: only each so-many-th frame is coded.
        text: for a person.
    """

    recipe: Recipe
    trains: bool
    every: int
    text: str


@dataclass(frozen=True)
class Load:
    """What a segment has cost.

    Attributes:
        seconds: that it lasts.
        busy_seconds: of the stage that took longer.
        waiting_share: of the places for frames that wait, how many were taken when it was coded.
        has_dropped: frames were dropped meanwhile.
    """

    seconds: float
    busy_seconds: float
    waiting_share: float
    has_dropped: bool = False

    @property
    def is_too_much(self) -> bool:
        """Whether the next segments would come later and later."""
        return self.has_dropped or self.waiting_share > _WAITING_SHARE or self.busy_seconds > _TOO_MUCH * self.seconds


class Pace:
    """Chooses among efforts by what the last segments have cost.

    Args:
        num_efforts: of the row, 1 or more.
        place: of the effort to begin with.

    Attributes:
        place: of the effort now.
    """

    def __init__(self, num_efforts: int, place: int = 0) -> None:
        self._last = num_efforts - 1
        self._calm_seconds = 0.0
        self._wanted_calm = _FIRST_CALM_SECONDS
        self._settling = _FIRST_SEGMENTS
        self._has_risen = False
        self.place = place

    def take(self, load: Load) -> bool:
        """Take the next segment's load.

        Returns:
            Whether the effort has changed: :attr:`place` is another one.
        """
        if self._settling:
            self._settling -= 1
            return False
        before = self.place
        if load.is_too_much:
            self.place = min(self._last, self.place + 1)
            if self._has_risen:
                self._wanted_calm = min(_MOST_CALM_SECONDS, 2 * self._wanted_calm)
            self._calm_seconds, self._has_risen = 0.0, False
        elif load.busy_seconds < _ROOM * load.seconds:
            self._calm_seconds += load.seconds
            if self._calm_seconds >= self._wanted_calm and self.place:
                self.place -= 1
                self._calm_seconds, self._has_risen = 0.0, True
        else:
            self._calm_seconds = 0.0
        if self.place != before:
            self._settling = _SETTLING_SEGMENTS
        return self.place != before
