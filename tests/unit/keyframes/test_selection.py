import numpy as np
import pytest

from codec.errors import InputError
from codec.keyframes import select_keyframes
from codec.keyframes.selection import MAX_FITTED


def _two_shots(rng, lengths=(70, 50)):
    return np.concatenate([rng.normal(2_000, 5, lengths[0]), rng.normal(9_000, 5, lengths[1])])


def _firsts(keyframes):
    clusters = np.array(keyframes.cluster_of_frame)
    return [int(np.flatnonzero(clusters == c)[0]) for c in range(keyframes.num_clusters)]


def test_two_obvious_clusters():
    distances = np.concatenate([np.full(70, 2_000.0), np.full(50, 9_000.0)])
    keyframes = select_keyframes(distances)
    assert keyframes.num_clusters == 2
    assert keyframes.cluster_of_frame == (0,) * 70 + (1,) * 50
    assert keyframes.indices == (0, 30, 60, 70, 100)


def test_every_counts_frames_of_the_cluster_not_of_the_video():
    distances = np.where(np.arange(100) % 2 == 0, 1_000.0, 8_000.0)
    keyframes = select_keyframes(distances, every=30)
    assert keyframes.indices == (0, 1, 60, 61)


def test_clusters_never_mix_the_two_shots_and_each_gives_a_frame():
    keyframes = select_keyframes(_two_shots(np.random.default_rng(3)))
    clusters = np.array(keyframes.cluster_of_frame)
    assert not set(clusters[:70]) & set(clusters[70:])
    assert {clusters[i] for i in keyframes.indices} == set(range(keyframes.num_clusters))
    assert list(keyframes.indices) == sorted(set(keyframes.indices))
    assert _firsts(keyframes) == sorted(_firsts(keyframes))


@pytest.mark.parametrize("num_frames", [1, 2, 9, 31, 500])
def test_identical_frames_are_one_cluster(num_frames):
    keyframes = select_keyframes(np.full(num_frames, 10_000.0), every=30)
    assert keyframes.num_clusters == 1
    assert keyframes.indices == tuple(range(0, num_frames, 30))


def test_a_few_different_frames_give_no_warning():
    assert select_keyframes(np.array([0.0, 5_000.0, 10_000.0])).indices == (0, 1, 2)
    assert select_keyframes(np.linspace(0, 10_000, 12)).num_clusters >= 1


def test_the_same_numbers_give_the_same_keyframes():
    distances = np.clip(5_000 + np.cumsum(np.random.default_rng(5).normal(0, 60, 900)), 0, 10_000)
    assert select_keyframes(distances) == select_keyframes(distances.copy())


def test_a_long_video_is_fitted_on_a_part_and_assigned_as_a_whole():
    rng = np.random.default_rng(7)
    num_frames = 6 * MAX_FITTED
    shots = np.repeat([1_000.0, 9_000.0, 5_000.0, 1_000.0], num_frames // 4)
    keyframes = select_keyframes(shots + rng.normal(0, 2, num_frames), every=1_000)
    clusters = np.array(keyframes.cluster_of_frame)
    assert clusters.size == num_frames
    for level in (1_000, 9_000, 5_000):
        inside = set(clusters[shots == level])
        assert not inside & set(clusters[shots != level])


@pytest.mark.parametrize("maximum", [1, 2, 3, 5, 8, 20, 39, 40, 41])
def test_a_maximum_is_kept_with_a_frame_of_each_cluster(maximum):
    distances = np.repeat([1_000.0, 3_000.0, 9_000.0], [20, 600, 580])
    everything = select_keyframes(distances)
    assert everything.num_clusters == 3
    assert len(everything.indices) == 1 + 20 + 20
    keyframes = select_keyframes(distances, max_keyframes=maximum)
    assert len(keyframes.indices) == maximum
    assert set(keyframes.indices) <= set(everything.indices)
    used = {keyframes.cluster_of_frame[i] for i in keyframes.indices}
    assert len(used) == min(3, maximum)
    if maximum >= 20:
        assert np.diff(keyframes.indices).max() <= 90
        assert keyframes.indices[-1] >= 1_100
    if maximum < 3:
        assert 0 not in used  # the shortest shot goes first


@pytest.mark.parametrize(
    ("distances", "options", "message"),
    [
        ([], {}, "no frames"),
        ([1.0], {"every": 0}, "step of at least 1. Received: 0"),
        ([1.0], {"max_keyframes": 0}, "at least 1 keyframe"),
    ],
)
def test_bad_input_is_refused(distances, options, message):
    with pytest.raises(InputError, match=message):
        select_keyframes(np.array(distances), **options)
