"""Keyframes found while the video comes: clusters of color histograms whose means move with their frames.

A. Singh, A. Chanani and H. Karnick (section III.A) cluster a whole video by mean shift. That needs all frames. Here
each frame moves the mean of the nearest cluster, if one is within the bandwidth, or else begins a cluster: for each
frame a step of mean shift with a flat kernel. Means that have come close are one cluster. The distance is Hellinger's
between histograms, as in the papers, but to the means and not to a black picture, so that a new scene is a new cluster.

Of each cluster a few keyframes are kept, the newest ones, within a bound of bytes.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from codec.keyframes.histograms import F64Array, color_histogram, hellinger_distance
from codec.video.picture import Picture, PlaneArray, RgbArray

BANDWIDTH = 0.35
"""Hellinger distance, 0 to 1. Frames of one shot are nearer, those of another scene mostly further."""
_MERGED_SHARE = 0.5  # of the bandwidth: means that are closer are one cluster
_MEMORY_FRAMES = 50  # a mean forgets older frames
MOST_CLUSTERS = 16
_KEYFRAMES_OF_CLUSTER = 6


@dataclass(frozen=True)
class Keyframe:
    """A frame to train on.

    Attributes:
        picture: the original, of 8 bits.
        hint: its hint as the receiver has it, (2 x rows, columns) uint8.
    """

    picture: Picture
    hint: PlaneArray


@dataclass(eq=False)
class Cluster:
    """Frames that look alike.

    Attributes:
        mean: of their histograms.
        num_frames: so far.
        last_seen: number of the last one.
        keyframes: the newest ones.
    """

    mean: F64Array
    num_frames: int
    last_seen: int
    keyframes: deque[Keyframe] = field(default_factory=deque)


class OnlineKeyframes:
    """The keyframes of a video so far.

    Args:
        every: of a cluster's frames that are looked at, each so-many-th is a keyframe.
        max_bytes: of all pictures that are kept, about.

    Attributes:
        num_clusters_begun: that have ever been.
        num_keyframes: that have ever been.
    """

    def __init__(self, *, every: int, max_bytes: int) -> None:
        self._every = every
        self._max_bytes = max_bytes
        self._clusters: list[Cluster] = []
        self._num_seen = 0
        self.num_clusters_begun = 0
        self.num_keyframes = 0

    def look(self, rgb_u8: RgbArray) -> Cluster | None:
        """Look at a frame.

        Args:
            rgb_u8: (height, width, 3) uint8 R'G'B'.

        Returns:
            The cluster that it is a keyframe of, for :meth:`add`; None if it is none.
        """
        self._num_seen += 1
        histogram = color_histogram(rgb_u8)
        cluster = self._nearest(histogram) or self._begin(histogram)
        weight = 1 / min(cluster.num_frames + 1, _MEMORY_FRAMES)
        cluster.mean = cluster.mean * (1 - weight) + histogram * weight
        cluster.num_frames += 1
        cluster.last_seen = self._num_seen
        return cluster if (cluster.num_frames - 1) % self._every == 0 else None

    def add(self, cluster: Cluster, keyframe: Keyframe) -> None:
        """Keep a keyframe of the cluster that :meth:`look` has named."""
        keyframes = cluster.keyframes
        keyframes.append(keyframe)
        self.num_keyframes += 1
        frame_bytes = sum(plane.nbytes for plane in keyframe.picture.planes()) + keyframe.hint.nbytes
        most = max(1, self._max_bytes // frame_bytes // MOST_CLUSTERS)
        while len(keyframes) > min(most, _KEYFRAMES_OF_CLUSTER):
            keyframes.popleft()

    def keyframes(self) -> list[Keyframe]:
        """All that are kept."""
        return [keyframe for cluster in self._clusters for keyframe in cluster.keyframes]

    @property
    def num_clusters(self) -> int:
        """Clusters that are known now."""
        return len(self._clusters)

    def _nearest(self, histogram: F64Array) -> Cluster | None:
        distances = [(hellinger_distance(cluster.mean, histogram), cluster) for cluster in self._clusters]
        distance, nearest = min(distances, key=lambda found: found[0], default=(1.0, None))
        return nearest if distance <= BANDWIDTH else None

    def _begin(self, histogram: F64Array) -> Cluster:
        """A new cluster; the one that was not seen for longest makes room for it."""
        self._merge()
        if len(self._clusters) >= MOST_CLUSTERS:
            self._clusters.remove(min(self._clusters, key=lambda cluster: cluster.last_seen))
        begun = Cluster(histogram, 0, self._num_seen)
        self._clusters.append(begun)
        self.num_clusters_begun += 1
        return begun

    def _merge(self) -> None:
        """Put clusters together whose means have come close."""
        kept: list[Cluster] = []
        for cluster in self._clusters:
            near = (other for other in kept if hellinger_distance(other.mean, cluster.mean) < BANDWIDTH * _MERGED_SHARE)
            other = next(near, None)
            if other is None:
                kept.append(cluster)
                continue
            share = cluster.num_frames / (cluster.num_frames + other.num_frames)
            other.mean = other.mean * (1 - share) + cluster.mean * share
            other.num_frames += cluster.num_frames
            other.last_seen = max(other.last_seen, cluster.last_seen)
            while cluster.keyframes and len(other.keyframes) < _KEYFRAMES_OF_CLUSTER:
                other.keyframes.append(cluster.keyframes.pop())
        self._clusters = kept
