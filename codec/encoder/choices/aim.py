"""From trial to trial to the coarsest quality that is good enough."""

from __future__ import annotations

import math

WASTE_DB = 0.4
"""A quality that is this much better than wanted is worth another trial."""

_FLATTEST_DB_PER_CRF = -0.03
_LAST_FACTOR = 1.25


class Aim:
    """Says how far to go, trial after trial.

    Args:
        db_per_crf: what a step of quality changes, about; below 0.
    """

    def __init__(self, db_per_crf: float) -> None:
        self._db_per_crf = db_per_crf
        self._met: tuple[int, float] | None = None
        self._failed: tuple[int, float] | None = None

    def step(self, offset: int, margin_db: float, *, is_last: bool) -> int:
        """Steps from the quality that was just tried to the next one: above 0 for coarser, 0 to stay.

        Args:
            offset: of that quality, in steps from the first one.
            margin_db: how much better than wanted it was.
            is_last: there will be no trial after the next one, so it must be safe.
        """
        if margin_db >= 0:
            self._met = (offset, margin_db)
            if is_last or margin_db <= WASTE_DB:
                return 0
            wanted = offset + (math.floor(-margin_db / self._db_per_crf) if math.isfinite(margin_db) else 2**10)
            return max(0, (wanted if self._failed is None else min(wanted, self._between())) - offset)
        slope = self._slope_to(offset, margin_db)
        self._failed = (offset, margin_db)
        if self._met is None:
            steps = -margin_db / slope
            return math.floor(steps * _LAST_FACTOR) - 1 if is_last else math.floor(steps)
        return (self._met[0] if is_last else self._between()) - offset

    def _slope_to(self, offset: int, margin_db: float) -> float:
        """What a step changes, in dB: as it was since the last quality that failed, if there is one."""
        if self._failed is None or self._failed[0] <= offset:
            return self._db_per_crf
        return min(_FLATTEST_DB_PER_CRF, (margin_db - self._failed[1]) / (offset - self._failed[0]))

    def _between(self) -> int:
        """Where a line from the quality that met to the one that failed crosses 0; short of the one that failed."""
        if self._met is None or self._failed is None:
            raise ValueError("expected a quality that met and one that failed")
        (met, above), (failed, below) = self._met, self._failed
        share = above / (above - below) if math.isfinite(above) else 0.0
        return max(met, min(failed - 1, math.floor(met + share * (failed - met))))
