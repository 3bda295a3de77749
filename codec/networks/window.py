"""The previous frames of each frame, for networks that take several previous frames.

Papers 002 to 004 propose, as future work, to use n previous frames instead of one. Previous frames are given newest
first. If a shot has fewer, its oldest frame is repeated. The first frame of a shot is its own previous frame.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def frames_before(frames: npt.NDArray[Any], count: int, before: npt.NDArray[Any] | None = None) -> npt.NDArray[Any]:
    """The previous frames of each frame in a run of consecutive frames.

    Args:
        frames: (n, ..., channels), the frames of the run, all of one shot.
        count: the number of previous frames for each frame.
        before: (m, ..., channels), frames of the shot before the run, oldest first; None if the run begins the shot.

    Returns:
        (n, ..., count x channels), the previous frames of each frame, newest first.
    """
    known = frames if before is None else np.concatenate([before, frames])
    places = np.arange(len(known) - len(frames), len(known))
    earlier = [known[np.maximum(0, places - distance)] for distance in range(1, count + 1)]
    return np.concatenate(earlier, axis=-1)


def last_of_runs(frames: npt.NDArray[Any], run_length: int) -> npt.NDArray[Any]:
    """The last frame of each run, for a network that takes single frames. The frames of a run are alike."""
    return frames[run_length - 1 :: run_length]


def runs_before(frames: npt.NDArray[Any], count: int, run_length: int) -> npt.NDArray[Any]:
    """The previous frames of each frame, as in :func:`frames_before`, in several concatenated runs of equal length.

    Args:
        frames: (runs x run_length, ..., channels).
        count: the number of previous frames for each frame.
        run_length: the number of frames of each run.
    """
    starts = range(0, len(frames), run_length)
    return np.concatenate([frames_before(frames[start : start + run_length], count) for start in starts])
