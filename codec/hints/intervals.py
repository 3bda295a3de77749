"""Hints for some of the frames, and what stands in for the others.

Whatever a codec spends on every picture, however little is in it, is then spent less often. It pays where not much
moves (docs/decisions/0010-hints.md).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from codec.video.picture import PlaneArray

INTERVALS = (1, 2, 3, 4, 6, 8)
"""Frames from one that has a hint to the next."""


def hinted_frames(num_frames: int, interval: int) -> list[int]:
    """The frames of a segment that have hints of their own: every so many-th from the first, and the last."""
    frames = list(range(0, num_frames, interval))
    if frames[-1] != num_frames - 1:
        frames.append(num_frames - 1)
    return frames


def fill_in(pictures: Sequence[PlaneArray], num_frames: int, interval: int) -> list[PlaneArray]:
    """A picture for each frame: between two frames that have one, in proportion to the distance, halves rounded up.

    Args:
        pictures: of :func:`hinted_frames`, (height, width) uint8 each.
        num_frames: of the segment.
        interval: frames from one to the next.
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
