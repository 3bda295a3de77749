"""Hints for some of the frames, and interpolation for the others.

A codec spends some bytes on every picture, even if nothing changes. With fewer pictures it spends them less often. This
pays in video with little motion (docs/decisions/0010-hints.md).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from codec.video.picture import PlaneArray

INTERVALS = (1, 2, 3, 4, 6, 8)
"""The possible numbers of frames from one that has a hint to the next."""


def hinted_frames(num_frames: int, interval: int) -> list[int]:
    """The frames of a segment that have hints: every ``interval``-th from the first on, and the last.

    Args:
        num_frames: number of frames in the segment, 1 or more.
        interval: number of frames from one that has a hint to the next.
    """
    frames = list(range(0, num_frames, interval))
    if frames[-1] != num_frames - 1:
        frames.append(num_frames - 1)
    return frames


def fill_in(pictures: Sequence[PlaneArray], num_frames: int, interval: int) -> list[PlaneArray]:
    """Interpolate the hint pictures of a segment linearly in time, so that each frame has one; halves are rounded up.

    Args:
        pictures: the pictures of the frames that :func:`hinted_frames` returns, (height, width) uint8 each.
        num_frames: number of frames in the segment, 1 or more.
        interval: number of frames from one that has a hint to the next.

    Returns:
        A picture for each frame, (height, width) uint8 each.
    """
    frames = hinted_frames(num_frames, interval)
    filled = [pictures[0]]
    for index in range(1, len(frames)):
        distance = frames[index] - frames[index - 1]
        before, after = (pictures[place].astype(np.int32) for place in (index - 1, index))
        for step in range(1, distance):
            mixed = (2 * ((distance - step) * before + step * after) + distance) // (2 * distance)
            filled.append(mixed.astype(np.uint8))
        filled.append(pictures[index])
    return filled
