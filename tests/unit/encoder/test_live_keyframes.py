"""Keyframes while the video comes: scenes become clusters, and what is kept is bounded."""

from __future__ import annotations

import numpy as np

from codec.encoder.live.keyframes import MOST_CLUSTERS, Cluster, Keyframe, OnlineKeyframes
from codec.video.picture import Picture, RgbArray

HINT = np.zeros((8, 4), np.uint8)
PICTURE = Picture(np.zeros((32, 32), np.uint8), (np.zeros((16, 16), np.uint8), np.zeros((16, 16), np.uint8)))


def scene(color: tuple[int, int, int], seed: int) -> RgbArray:
    """A picture about this color."""
    noise = np.random.default_rng(seed).normal(0, 20, (32, 32, 3))
    return np.clip(np.array(color) + noise, 0, 255).astype(np.uint8)


def seen(found: OnlineKeyframes, color: tuple[int, int, int], count: int, seed: int = 0) -> list[Cluster | None]:
    clusters = []
    for index in range(count):
        cluster = found.look(scene(color, seed + index))
        if cluster is not None:
            found.add(cluster, Keyframe(PICTURE, HINT))
        clusters.append(cluster)
    return clusters


def test_a_shot_is_a_cluster_and_has_a_keyframe_now_and_then() -> None:
    found = OnlineKeyframes(every=4, max_bytes=2**20)
    clusters = seen(found, (200, 40, 40), 9)
    assert [cluster is not None for cluster in clusters] == [True, False, False, False, True, False, False, False, True]
    assert clusters[0] is clusters[4] is clusters[8]
    assert found.num_clusters == 1
    assert len(found.keyframes()) == 3


def test_a_new_scene_is_a_new_cluster_at_once_and_an_old_one_is_known_again() -> None:
    found = OnlineKeyframes(every=100, max_bytes=2**20)
    red, blue = seen(found, (200, 40, 40), 3)[0], seen(found, (20, 40, 220), 3)[0]
    assert red is not None
    assert blue is not None
    assert red is not blue
    assert seen(found, (200, 40, 40), 3, seed=50) == [None, None, None]
    assert found.num_clusters_begun == 2


def test_what_is_kept_is_bounded() -> None:
    found = OnlineKeyframes(every=1, max_bytes=2**30)
    random = np.random.default_rng(3)
    for _ in range(60):
        seen(found, tuple(random.integers(0, 256, 3).tolist()), 8, seed=int(random.integers(1 << 30)))
    assert found.num_clusters <= MOST_CLUSTERS
    assert len(found.keyframes()) <= 6 * MOST_CLUSTERS
    assert found.num_keyframes == 480
    assert found.num_clusters_begun > MOST_CLUSTERS


def test_bytes_bound_it_too() -> None:
    frame_bytes = 32 * 32 * 3 // 2 + HINT.nbytes
    found = OnlineKeyframes(every=1, max_bytes=2 * MOST_CLUSTERS * frame_bytes)
    seen(found, (200, 40, 40), 9)
    assert len(found.keyframes()) == 2
