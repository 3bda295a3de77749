"""Choice of keyframes, the frames on which a network is trained.

A. Singh, A. Chanani, H. Karnick, section III.A, cluster the frames' distances to a black picture with mean shift
(Y. Cheng, "Mean Shift, Mode Seeking, and Clustering", 1995). They take every 30th frame of each cluster. The papers do
not state a bandwidth. We use scikit-learn's estimate: for each value, the distance to the farthest of the nearest fifth
of all values, averaged over all values. Most videos then have a handful of clusters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codec.errors import InputError
from codec.keyframes.histograms import F64Array

KEYFRAME_EVERY = 30
"""The papers' x: every x-th frame of a cluster is a keyframe."""
BANDWIDTH_QUANTILE = 0.2
MIN_BANDWIDTH = 1.0
"""The smallest bandwidth, in units of the distances (0 to 10,000). Identical frames would otherwise give 0."""
MAX_FITTED = 2_000
"""Mean shift runs on at most this many evenly spaced values. All frames are then assigned to the nearest center."""

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Keyframes:
    """The keyframes of a video.

    Attributes:
        indices: the indices of the keyframes, ascending.
        cluster_of_frame: the cluster of each frame; clusters are numbered in the order of their first frames.
        num_clusters: the number of clusters; none of them is empty.
    """

    indices: tuple[int, ...]
    cluster_of_frame: tuple[int, ...]
    num_clusters: int


NO_KEYFRAMES = Keyframes((), (), 0)
"""Of a video on which nothing is trained."""


def select_keyframes(
    distances: F64Array, *, every: int = KEYFRAME_EVERY, max_keyframes: int | None = None
) -> Keyframes:
    """Cluster the frames and take every ``every``-th frame of each cluster, beginning with its first.

    The result depends only on the arguments; nothing is random.

    Args:
        distances: (frames,) float64, from :attr:`codec.keyframes.analysis.Analyzer.distances`.
        every: the step between keyframes, counted in frames of the same cluster, at least 1.
        max_keyframes: the largest number of keyframes, or None for no limit. If the clusters give more, an even choice
            remains, which includes the first frame of each cluster. If there are more clusters than this, the first
            frames of the largest clusters remain.

    Raises:
        InputError: there is no frame, or ``every`` or ``max_keyframes`` is less than 1.
    """
    if every < 1:
        raise InputError(f"expected a keyframe step of at least 1. Received: {every}")
    if max_keyframes is not None and max_keyframes < 1:
        raise InputError(f"expected at least 1 keyframe. Received: a maximum of {max_keyframes}")
    if distances.size == 0:
        raise InputError("expected a video with at least one frame to choose keyframes from. Received: no frames")
    clusters = _cluster(np.asarray(distances, np.float64))
    num_clusters = int(clusters.max()) + 1
    members = [np.flatnonzero(clusters == cluster) for cluster in range(num_clusters)]
    chosen = np.sort(np.concatenate([frames[::every] for frames in members]))
    if max_keyframes is not None and chosen.size > max_keyframes:
        chosen = _thin(chosen, members, max_keyframes)
    return Keyframes(tuple(chosen.tolist()), tuple(clusters.tolist()), num_clusters)


def _cluster(distances: F64Array) -> IntArray:
    """The cluster of each frame; clusters are numbered in the order of their first frames."""
    centers = _mean_shift_centers(distances)
    borders = (centers[:-1] + centers[1:]) / 2
    nearest = np.searchsorted(borders, distances)
    _, first_frames, labels = np.unique(nearest, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first_frames))
    ordered: IntArray = rank[labels].astype(np.int64)
    return ordered


def _mean_shift_centers(distances: F64Array) -> F64Array:
    """The sorted centers of the clusters that mean shift finds in the distances."""
    # Imported here, since scikit-learn takes most of a second to load, and only a sender needs it.
    from sklearn.cluster import MeanShift, estimate_bandwidth

    num_fitted = min(distances.size, MAX_FITTED)
    fitted = distances[np.linspace(0, distances.size - 1, num_fitted).round().astype(np.int64)]
    column = fitted[:, None]  # (values, 1)
    bandwidth = max(float(estimate_bandwidth(column, quantile=BANDWIDTH_QUANTILE)), MIN_BANDWIDTH)
    # With every value in a bin of its own, scikit-learn would warn and start from the values themselves anyway.
    num_bins = np.unique(np.round(fitted / bandwidth)).size
    model = MeanShift(bandwidth=bandwidth, bin_seeding=num_bins < fitted.size).fit(column)
    centers: F64Array = np.sort(np.asarray(model.cluster_centers_, np.float64)[:, 0])
    return centers


def _thin(chosen: IntArray, members: list[IntArray], max_keyframes: int) -> IntArray:
    """Choose ``max_keyframes`` of the chosen frames evenly, with one frame of each cluster if that is possible."""
    if len(members) >= max_keyframes:
        by_size = sorted(members, key=lambda frames: (-frames.size, frames[0]))
        return np.sort(np.array([frames[0] for frames in by_size[:max_keyframes]], np.int64))
    firsts = np.array([frames[0] for frames in members], np.int64)
    others = np.setdiff1d(chosen, firsts)
    num_others = max_keyframes - firsts.size
    # The middles of equal parts: no two are the same, since there are more candidates than parts.
    positions = (2 * np.arange(num_others) + 1) * others.size // (2 * num_others)
    return np.sort(np.concatenate([firsts, others[positions]]))
