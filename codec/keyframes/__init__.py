"""Choice of keyframes and of segment borders. Only the sender needs this package."""

from codec.keyframes.analysis import Analyzer
from codec.keyframes.histograms import (
    KEYFRAME_DISTANCE_SCALE,
    black_histogram,
    color_histogram,
    hellinger_distance,
)
from codec.keyframes.segments import segment_borders
from codec.keyframes.selection import KEYFRAME_EVERY, NO_KEYFRAMES, Keyframes, select_keyframes
from codec.keyframes.shots import CutDetector, change_score, frame_signature, shot_cuts

__all__ = [
    "KEYFRAME_DISTANCE_SCALE",
    "KEYFRAME_EVERY",
    "NO_KEYFRAMES",
    "Analyzer",
    "CutDetector",
    "Keyframes",
    "black_histogram",
    "change_score",
    "color_histogram",
    "frame_signature",
    "hellinger_distance",
    "segment_borders",
    "select_keyframes",
    "shot_cuts",
]
