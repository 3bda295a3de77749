import itertools
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codec.keyframes.area_averages import averaged_areas

SAMPLE = Path(__file__).parents[3] / "samples" / "demo_cc0_flower_320x180_15fps.mp4"
SIDES = st.integers(1, 140)


def by_opencv(rgb, side):
    return cv2.resize(rgb, (side, side), interpolation=cv2.INTER_AREA)


@given(height=SIDES, width=SIDES, side=st.sampled_from([1, 4, 7, 32]), seed=st.integers(0, 2**32 - 1))
@example(height=64, width=64, side=32, seed=0)
@example(height=96, width=64, side=32, seed=0)
@example(height=32, width=32, side=32, seed=0)
@example(height=31, width=33, side=32, seed=0)
@example(height=1, width=1, side=32, seed=0)
def test_every_bit_is_that_of_opencv(height, width, side, seed):
    rgb = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    np.testing.assert_array_equal(averaged_areas(rgb, side), by_opencv(rgb, side))


@pytest.mark.parametrize("shape", [(720, 1280), (480, 854), (576, 720), (1080, 1920), (180, 320)])
def test_usual_sizes_of_video_with_few_colors(shape):
    # Few colors make averages that lie just between two code values.
    rgb = np.random.default_rng(shape).integers(0, 4, (*shape, 3), np.uint8) * 85
    np.testing.assert_array_equal(averaged_areas(rgb, 32), by_opencv(rgb, 32))


@pytest.mark.parametrize("shape", [(1, 1), (24, 32), (64, 64), (96, 64), (100, 75), (720, 1280)])
def test_gray_pictures(shape):
    gray = np.random.default_rng(shape).integers(0, 256, shape, np.uint8)
    np.testing.assert_array_equal(averaged_areas(gray, 32), by_opencv(gray, 32))


def test_real_frames():
    with av.open(str(SAMPLE)) as clip:
        for frame in itertools.islice(clip.decode(video=0), 12):
            rgb = frame.to_ndarray(format="rgb24")
            np.testing.assert_array_equal(averaged_areas(rgb, 32), by_opencv(rgb, 32))


def test_an_average_by_hand():
    rgb = np.zeros((6, 4, 3), np.uint8)
    rgb[0, 0] = (60, 120, 240)
    assert averaged_areas(rgb, 2)[0, 0].tolist() == [10, 20, 40]
