"""Runs of consecutive frames, for losses and networks that compare a frame with the one before."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np


def consecutive_runs(
    num_frames: int, cuts: Collection[int], *, length: int, random: np.random.Generator | None = None
) -> list[range]:
    """Batches of a video's frames, none of which reaches across a cut.

    Every frame is in exactly one run. The runs may come in any order; the frames within a run may not.

    Args:
        num_frames: of the video.
        cuts: indices of frames that begin a shot; the first frame always does.
        length: frames of a run, at most; the last run of a shot may have fewer, down to one.
        random: shuffles the runs; None leaves them in the order of the video.

    Raises:
        ValueError: a length under 1.
    """
    if length < 1:
        raise ValueError(f"expected runs of 1 frame or more. Received: {length}")
    starts = sorted({0, *(cut for cut in cuts if 0 < cut < num_frames)})
    ends = [*starts[1:], num_frames]
    runs = [
        range(first, min(first + length, end))
        for start, end in zip(starts, ends, strict=True)
        for first in range(start, end, length)
    ]
    if random is not None:
        order = random.permutation(len(runs))
        runs = [runs[index] for index in order]
    return runs
