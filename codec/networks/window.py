"""The frames before each frame, for networks that are given some of them.

Papers 002 to 004 name it as future work to look at n frames before instead of one. Newest first; where a shot has not
that many, the oldest that there is stands in for those before it, and a first frame for its own past.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def frames_before(frames: npt.NDArray[Any], count: int, before: npt.NDArray[Any] | None = None) -> npt.NDArray[Any]:
    """What came before each of a run of consecutive frames.

    Args:
        frames: (n, ..., channels), of one shot.
        count: how many frames before each.
        before: (m, ..., channels), the frames of the shot before the run, oldest first; None if it begins the shot.

    Returns:
        (n, ..., count x channels): newest first.
    """
    known = frames if before is None else np.concatenate([before, frames])
    places = np.arange(len(known) - len(frames), len(known))
    earlier = [known[np.maximum(0, places - distance)] for distance in range(1, count + 1)]
    return np.concatenate(earlier, axis=-1)


def last_of_runs(frames: npt.NDArray[Any], run_length: int) -> npt.NDArray[Any]:
    """The last frame of each run, for a network that looks at single frames: those of a run are all alike."""
    return frames[run_length - 1 :: run_length]


def runs_before(frames: npt.NDArray[Any], count: int, run_length: int) -> npt.NDArray[Any]:
    """As :func:`frames_before`, of several runs of equal length that follow one another."""
    starts = range(0, len(frames), run_length)
    return np.concatenate([frames_before(frames[start : start + run_length], count) for start in starts])
