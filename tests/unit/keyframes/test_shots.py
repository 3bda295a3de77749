import numpy as np
import pytest

from codec.keyframes import CutDetector, change_score, frame_signature, shot_cuts
from codec.keyframes.shots import REACH


def test_signature_averages_areas():
    rgb = np.zeros((64, 96, 3), np.uint8)
    rgb[0, 0] = (60, 120, 240)  # one of the six pixels of the first cell
    signature = frame_signature(rgb)
    assert signature.shape == (32, 32, 3)
    assert signature[0, 0].tolist() == [10, 20, 40]
    assert not signature[1:].any()


@pytest.mark.parametrize("shape", [(1, 1), (5, 300), (17, 9), (480, 640)])
def test_signature_of_any_size_keeps_a_flat_color(shape):
    rgb = np.full((*shape, 3), (10, 20, 30), np.uint8)
    assert (frame_signature(rgb) == (10, 20, 30)).all()


def test_score_is_the_mean_absolute_difference():
    first, second = np.zeros((32, 32, 3), np.uint8), np.zeros((32, 32, 3), np.uint8)
    second[..., 0] = 30
    assert change_score(first, second) == change_score(second, first) == 10


def test_a_cut_stands_out():
    assert shot_cuts([0, 1, 2, 1, 60, 1, 2, 1, 1]) == [4]


def test_cuts_next_to_the_ends_are_found():
    assert shot_cuts([0, 60, 1, 1, 1]) == [1]
    assert shot_cuts([0, 1, 1, 1, 60]) == [4]
    assert shot_cuts([0, 60]) == [1]


def test_fast_motion_is_no_cut():
    assert shot_cuts([0, *np.random.default_rng(0).uniform(30, 50, 40)]) == []


def test_a_fade_is_no_cut():
    assert shot_cuts([0, 0, 0, *[12.0] * 10, 0, 0, 0]) == []


def test_a_flash_is_no_cut():
    assert shot_cuts([0, 1, 1, 90, 90, 1, 1, 1]) == []


def test_a_small_change_is_no_cut_however_still_the_video_is():
    assert shot_cuts([0, 0, 0, 6, 0, 0, 0]) == []


def test_a_dark_cut_needs_still_neighbors():
    assert shot_cuts([0, 0.6, 0.6, 10, 0.6, 0.6]) == [3]
    assert shot_cuts([0, 3, 3, 10, 3, 3]) == []


@pytest.mark.parametrize("repeats", [2, 3, 4])
def test_a_pan_in_repeated_frames_is_no_cut(repeats):
    pan = np.zeros((30, repeats))
    pan[:, 0] = 20
    pan[0, 0] = 0
    pan[12, 0] = 90
    assert shot_cuts(pan.ravel().tolist()) == [12 * repeats]


@pytest.mark.parametrize("side", [-1, 1])
def test_motion_is_looked_for_within_reach_and_not_beyond(side):
    for distance, cuts in ((REACH, []), (REACH + 1, [20])):
        scores = [0.0] * 40
        scores[20] = 10
        scores[20 + side * distance] = 5
        assert shot_cuts(scores) == cuts


def test_nothing_and_one_frame():
    assert shot_cuts([]) == []
    assert shot_cuts([0.0]) == []


@pytest.mark.parametrize("num_frames", [3, 6, 7, 12, 13, 14, 200])
def test_streaming_decides_within_its_reach_and_as_if_it_knew_everything(num_frames):
    rng = np.random.default_rng(num_frames)
    scores = rng.exponential(4, num_frames)
    scores[rng.integers(1, num_frames, 1 + num_frames // 20)] += 60
    scores[0] = 0
    detector = CutDetector()
    decided = []
    for i, score in enumerate(scores):
        cut = detector.add(score)
        if cut is not None:
            assert cut == i - REACH
            decided.append(cut)
    decided += detector.finish()
    assert decided == sorted(set(decided))
    # Frames far from both ends see the same window when the rest of the video is cut away.
    for cut in decided:
        start = max(0, cut - REACH)
        assert cut - start in shot_cuts(scores[start : cut + REACH + 1].tolist())
    assert decided
