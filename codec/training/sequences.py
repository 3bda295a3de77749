"""Runs of consecutive frames, for losses and networks that compare a frame with the ones before."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence


def runs_around(frames: Iterable[int], num_frames: int, cuts: Sequence[int], *, length: int) -> list[range]:
    """A run of consecutive frames around each of some frames of a video, none of which reaches across a cut.

    A run ends with its frame, unless its shot begins too late for that; in a shot with fewer frames it has them all.

    Args:
        frames: indices, ascending.
        num_frames: of the video.
        cuts: indices of frames that begin a shot, ascending; the first frame always does.
        length: frames of a run.

    Raises:
        ValueError: a length under 1.
    """
    if length < 1:
        raise ValueError(f"expected runs of 1 frame or more. Received: {length}")
    starts = [0, *(cut for cut in cuts if 0 < cut < num_frames)]
    ends = [*starts[1:], num_frames]
    runs = []
    for frame in frames:
        shot = bisect.bisect_right(starts, frame) - 1
        first = max(starts[shot], frame + 1 - length)
        runs.append(range(first, min(first + length, ends[shot])))
    return runs
