"""The analysis of a video in one pass: the figures from which keyframes and segment borders are chosen."""

from __future__ import annotations

from array import array

import numpy as np

from codec.keyframes.histograms import (
    KEYFRAME_DISTANCE_SCALE,
    F64Array,
    black_histogram,
    color_histogram,
    hellinger_distance,
)
from codec.keyframes.shots import change_score, frame_signature
from codec.video.picture import PlaneArray, RgbArray


class Analyzer:
    """Computes two figures for each frame of a video: its distance to a black picture, and its change.

    The frames must be added in order.

    Args:
        for_keyframes: compute the distances, from which keyframes are chosen; else only the changes.
    """

    def __init__(self, *, for_keyframes: bool = True) -> None:
        self._for_keyframes = for_keyframes
        self._distances = array("d")
        self._cut_scores = array("d")
        self._signature: PlaneArray | None = None

    def add(self, rgb_u8: RgbArray) -> None:
        """Analyze the next frame: (height, width, 3) uint8 R'G'B', full range."""
        if self._for_keyframes:
            height, width = rgb_u8.shape[:2]
            distance = hellinger_distance(black_histogram(height * width), color_histogram(rgb_u8))
            self._distances.append(distance * KEYFRAME_DISTANCE_SCALE)
        signature = frame_signature(rgb_u8)
        self._cut_scores.append(0.0 if self._signature is None else change_score(self._signature, signature))
        self._signature = signature

    @property
    def num_frames(self) -> int:
        """Number of frames added so far."""
        return len(self._cut_scores)

    @property
    def distances(self) -> F64Array:
        """The Hellinger distance of each frame to a black picture, times 10,000: (frames,) float64 in [0, 10,000].

        Empty if they were not asked for.
        """
        return np.array(self._distances, np.float64)

    @property
    def cut_scores(self) -> F64Array:
        """The change of each frame from the previous one, 0 for the first frame: (frames,) float64 in [0, 255]."""
        return np.array(self._cut_scores, np.float64)
