"""Search for the coarsest quality that reaches the color target, trial by trial."""

from __future__ import annotations

import math

WASTE_DB = 0.4
"""A margin above this is worth another trial with a coarser quality."""

_FLATTEST_DB_PER_CRF = -0.03
_LAST_FACTOR = 1.25


class Aim:
    """Chooses the quality of the next trial from the margins of the trials so far.

    Args:
        db_per_crf: by about how many dB the margin changes when crf rises by 1; below 0.
    """

    def __init__(self, db_per_crf: float) -> None:
        self._db_per_crf = db_per_crf
        self._met: tuple[int, float] | None = None
        self._failed: tuple[int, float] | None = None

    def step(self, offset: int, margin_db: float, *, is_last: bool) -> int:
        """Choose the next quality from the result of the current one. A step is a difference of 1 in crf.

        Args:
            offset: the current quality, in steps from the first one.
            margin_db: the margin of the current quality.
            is_last: whether the next trial is the last one, so that it should not miss the target.

        Returns:
            Steps from the current quality to the next one: above 0 for a coarser one, 0 to stay.
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
        """The change of the margin in dB per step, measured from the last quality that failed if there is one."""
        if self._failed is None or self._failed[0] <= offset:
            return self._db_per_crf
        return min(_FLATTEST_DB_PER_CRF, (margin_db - self._failed[1]) / (offset - self._failed[0]))

    def _between(self) -> int:
        """The offset at which a line through the last quality that met the target and the one that failed crosses 0.

        The result is always before the quality that failed.
        """
        if self._met is None or self._failed is None:
            raise ValueError("expected a quality that met and one that failed")
        (met, above), (failed, below) = self._met, self._failed
        share = above / (above - below) if math.isfinite(above) else 0.0
        return max(met, min(failed - 1, math.floor(met + share * (failed - met))))
