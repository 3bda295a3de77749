"""Borders of segments: shots, or equal parts of long ones."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def segment_borders(num_frames: int, cuts: Sequence[int], *, max_frames: int, min_frames: int) -> list[tuple[int, int]]:
    """Divide a video into segments that together hold each frame once.

    A cut begins a new segment unless the shot before it, counted from the last cut that was used, is shorter than
    ``min_frames``. A shot longer than ``max_frames`` is divided into the fewest equal parts that are not; their
    lengths differ by one frame at most, and are below ``min_frames`` only if that is over half of ``max_frames``.
    What follows the last cut may be short as well: segments are decided in order, without looking at the end.

    Args:
        num_frames: frames of the video.
        cuts: indices of the frames with which a shot begins, ascending, above 0 and below ``num_frames``.
        max_frames: the longest segment, at least ``min_frames``.
        min_frames: at least 1.

    Returns:
        ``(start, stop)`` of each segment in order, ``stop`` not included; empty for no frames.

    Raises:
        ValueError: an argument is outside its range.
    """
    if not 1 <= min_frames <= max_frames:
        raise ValueError(f"expected 1 <= min_frames <= max_frames. Received: {min_frames} and {max_frames}")
    if num_frames < 0:
        raise ValueError(f"expected a number of frames. Received: {num_frames}")
    if cuts and any(after <= before for before, after in pairwise([0, *cuts, num_frames])):
        raise ValueError(f"expected ascending cuts between 0 and {num_frames}. Received: {list(cuts)}")
    shots: list[tuple[int, int]] = []
    start = 0
    for cut in cuts:
        if cut - start >= min_frames:
            shots.append((start, cut))
            start = cut
    shots.append((start, num_frames))
    return [segment for shot in shots for segment in _equal_parts(*shot, max_frames)]


def _equal_parts(start: int, stop: int, max_frames: int) -> list[tuple[int, int]]:
    length = stop - start
    num_parts = -(-length // max_frames)
    borders = [start + part * length // num_parts for part in range(num_parts + 1)] if num_parts else []
    return list(pairwise(borders))
