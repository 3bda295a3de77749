"""One streaming pass over a video that collects what keyframes and segment borders are chosen from."""

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
    """Takes the frames of a video in order and keeps two numbers for each of them."""

    def __init__(self) -> None:
        self._distances = array("d")
        self._cut_scores = array("d")
        self._signature: PlaneArray | None = None

    def add(self, rgb_u8: RgbArray) -> None:
        """Take the next frame: (height, width, 3) uint8 R'G'B', full range."""
        height, width = rgb_u8.shape[:2]
        histogram = color_histogram(rgb_u8)
        distance = hellinger_distance(black_histogram(height * width), histogram)
        self._distances.append(distance * KEYFRAME_DISTANCE_SCALE)
        signature = frame_signature(rgb_u8)
        self._cut_scores.append(0.0 if self._signature is None else change_score(self._signature, signature))
        self._signature = signature

    @property
    def num_frames(self) -> int:
        """Frames taken so far."""
        return len(self._distances)

    @property
    def distances(self) -> F64Array:
        """(frames,) float64 in [0, 10,000]: Hellinger distance to a black picture, times 10,000."""
        return np.array(self._distances, np.float64)

    @property
    def cut_scores(self) -> F64Array:
        """(frames,) float64 in [0, 255]: change against the frame before, 0 for the first frame."""
        return np.array(self._cut_scores, np.float64)
