import pytest

from codec.keyframes import segment_borders


def test_cuts_begin_segments():
    assert segment_borders(100, [30, 55], max_frames=60, min_frames=5) == [(0, 30), (30, 55), (55, 100)]


def test_a_cut_too_soon_is_left_out():
    assert segment_borders(50, [30, 33, 36], max_frames=60, min_frames=5) == [(0, 30), (30, 36), (36, 50)]


def test_a_long_shot_is_divided_evenly():
    assert segment_borders(100, [], max_frames=30, min_frames=5) == [(0, 25), (25, 50), (50, 75), (75, 100)]
    assert segment_borders(11, [], max_frames=10, min_frames=1) == [(0, 5), (5, 11)]
    assert segment_borders(10, [], max_frames=10, min_frames=1) == [(0, 10)]


def test_what_follows_the_last_cut_may_be_short():
    assert segment_borders(50, [49], max_frames=60, min_frames=5) == [(0, 49), (49, 50)]


def test_no_frames_no_segments():
    assert segment_borders(0, [], max_frames=10, min_frames=1) == []


@pytest.mark.parametrize(
    ("num_frames", "cuts", "max_frames", "min_frames"),
    [
        (10, [], 5, 6),
        (10, [], 5, 0),
        (-1, [], 5, 1),
        (10, [0], 5, 1),
        (10, [10], 5, 1),
        (10, [6, 4], 5, 1),
        (10, [4, 4], 5, 1),
    ],
)
def test_arguments_out_of_range(num_frames, cuts, max_frames, min_frames):
    with pytest.raises(ValueError, match="expected"):
        segment_borders(num_frames, cuts, max_frames=max_frames, min_frames=min_frames)
