from __future__ import annotations

import itertools

import numpy as np
import pytest

from codec.hints.intervals import INTERVALS, fill_in, hinted_frames


@pytest.mark.parametrize("interval", INTERVALS)
@pytest.mark.parametrize("num_frames", [1, 2, 3, 8, 9, 17])
def test_first_and_last_frame_have_hints_and_every_frame_gets_a_picture(num_frames: int, interval: int) -> None:
    frames = hinted_frames(num_frames, interval)
    assert frames[0] == 0
    assert frames[-1] == num_frames - 1
    assert all(0 < later - earlier <= interval for earlier, later in itertools.pairwise(frames))
    pictures = [np.full((2, 3), index, np.uint8) for index in frames]
    filled = fill_in(pictures, num_frames, interval)
    assert [int(picture[0, 0]) for picture in filled] == list(range(num_frames))
    assert all(picture.dtype == np.uint8 for picture in filled)


def test_in_between_is_mixed_in_proportion_and_rounded() -> None:
    ends = [np.array([[0, 255, 10]], np.uint8), np.array([[255, 0, 11]], np.uint8)]
    filled = fill_in(ends, 5, 4)
    np.testing.assert_array_equal(np.concatenate(filled)[:, 0], [0, 64, 128, 191, 255])
    np.testing.assert_array_equal(np.concatenate(filled)[:, 1], [255, 191, 128, 64, 0])
    np.testing.assert_array_equal(np.concatenate(filled)[:, 2], [10, 10, 11, 11, 11])
