"""Division of a video into segments: whole shots, or equal parts of long shots."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def segment_borders(num_frames: int, cuts: Sequence[int], *, max_frames: int, min_frames: int) -> list[tuple[int, int]]:
    """Divide a video into segments, so that each frame is in exactly one.

    A cut begins a new segment if at least ``min_frames`` frames have passed since the last cut that was used. A shot
    longer than ``max_frames`` is divided into as few parts as possible, of equal length to within one frame. These
    parts are shorter than ``min_frames`` only if ``min_frames`` is over half of ``max_frames``. The part after the last
    cut may also be short, because segments are decided in order, without knowledge of the end.

    Args:
        num_frames: number of frames in the video.
        cuts: indices of the frames with which a shot begins, ascending, above 0 and below ``num_frames``.
        max_frames: length of the longest segment in frames, at least ``min_frames``.
        min_frames: length in frames below which a cut begins no segment, at least 1.

    Returns:
        ``(start, stop)`` of each segment in order, with ``stop`` excluded; empty for no frames.

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
