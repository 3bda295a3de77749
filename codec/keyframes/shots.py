"""Detection of cuts: a score for each frame, and a decision with bounded look-ahead.

The score of a frame is the difference between a reduced version of it and that of the previous frame. A cut has a high
score for one frame, while motion, zooms and fades last. So a score is compared with those around it, as in adaptive
detectors. Fades are not cuts. The constants were measured: ``docs/decisions/0003-shot-cuts.md``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from codec.keyframes.area_averages import averaged_areas
from codec.video.picture import PlaneArray

SIGNATURE_SIZE = 32
"""Rows and columns of a signature. Motion within one of its cells hardly changes it, but a new scene does."""

STRONG_SCORE = 30.0
"""In code values (of 255). A score of this or more must exceed its neighbors only by ``STRONG_RATIO``."""
STRONG_RATIO = 2.5
WEAK_SCORE = 7.0
"""In code values. A score from this to ``STRONG_SCORE`` (dark scenes, titles) must exceed them by ``WEAK_RATIO``."""
WEAK_RATIO = 6.0
PEAK_RATIO = 1.4
"""The smallest ratio of a cut's score to its largest neighbor. A flash is a pair of equal scores, and is no cut."""

NEIGHBORS_PER_SIDE = 2
FROZEN_SCORE = 0.5
"""In code values. A frame with a lower score repeats the previous frame and shows no motion, so it is no neighbor."""
REACH = 6
"""How many frames on each side are searched for neighbors: enough for animation on threes and films in 60 Hz video."""


def frame_signature(picture_u8: PlaneArray) -> PlaneArray:
    """Reduce a picture, (height, width, 3) uint8 R'G'B' or (height, width) gray, to 32 x 32 by averaging areas."""
    return averaged_areas(np.ascontiguousarray(picture_u8), SIGNATURE_SIZE)


def change_score(previous: PlaneArray, current: PlaneArray) -> float:
    """The mean absolute difference of two signatures, in code values: 0 to 255."""
    return float(np.abs(previous.astype(np.int16) - current).mean())


class CutDetector:
    """Decides for each frame whether a shot begins with it. The decision comes ``REACH`` frames after the score.

    The score of the video's first frame is 0 by convention, since it has no previous frame.
    """

    def __init__(self) -> None:
        self._window: deque[float] = deque(maxlen=2 * REACH + 1)
        self._num_added = 0

    def add(self, score: float) -> int | None:
        """Add the score of the next frame.

        Returns:
            The index of the frame for which this score allows a decision, if a shot begins with it; otherwise None.
        """
        self._window.append(score)
        self._num_added += 1
        position = len(self._window) - 1 - REACH
        if position < 0 or not _is_cut(self._window, position):
            return None
        return self._num_added - 1 - REACH

    def finish(self) -> list[int]:
        """Decide for the last ``REACH`` frames, which have fewer neighbors. Returns the indices that begin a shot."""
        window = list(self._window)
        first_index = self._num_added - len(window)
        undecided = range(max(0, len(window) - REACH), len(window))
        return [first_index + position for position in undecided if _is_cut(window, position)]


def shot_cuts(scores: Sequence[float]) -> list[int]:
    """The indices of the frames with which a new shot begins, ascending; never 0.

    Args:
        scores: for each frame, the :func:`change_score` from the previous frame; 0 for the first frame.
    """
    detector = CutDetector()
    decided = [detector.add(float(score)) for score in scores]
    return [index for index in decided if index is not None] + detector.finish()


def _is_cut(scores: Sequence[float], position: int) -> bool:
    score = scores[position]
    if score < WEAK_SCORE:
        return False
    neighbors = _moving_neighbors(scores, position)
    if not neighbors:
        return True
    ratio = STRONG_RATIO if score >= STRONG_SCORE else WEAK_RATIO
    mean = sum(neighbors) / len(neighbors)
    return score >= ratio * mean and score >= PEAK_RATIO * max(neighbors)


def _moving_neighbors(scores: Sequence[float], position: int) -> list[float]:
    """The scores of the nearest frames on both sides that differ from their previous frames."""
    before = range(position - 1, max(-1, position - 1 - REACH), -1)
    after = range(position + 1, min(len(scores), position + 1 + REACH))
    neighbors: list[float] = []
    for side in (before, after):
        moving = [scores[i] for i in side if scores[i] >= FROZEN_SCORE]
        neighbors += moving[:NEIGHBORS_PER_SIDE]
    return neighbors
