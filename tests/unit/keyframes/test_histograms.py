import cv2
import numpy as np
import pytest

from codec.keyframes import black_histogram, color_histogram, hellinger_distance


def test_pixels_are_counted_in_their_box():
    rgb = np.zeros((2, 3, 3), np.uint8)
    rgb[0, 0] = (255, 31, 32)
    rgb[0, 1] = (224, 0, 63)
    rgb[1, 2] = (0, 0, 255)
    histogram = color_histogram(rgb)
    assert histogram.shape == (512,)
    assert histogram.dtype == np.float64
    assert {int(i): histogram[i] for i in np.flatnonzero(histogram)} == {0: 3, 7: 1, 7 * 64 + 1: 2}


@pytest.mark.parametrize("shape", [(1, 1), (37, 53), (180, 320)])
def test_counts_are_those_of_opencv(shape):
    rgb = np.random.default_rng(shape).integers(0, 256, (*shape, 3), np.uint8)
    expected = cv2.calcHist([rgb], [0, 1, 2], None, [8] * 3, [0, 256] * 3)
    np.testing.assert_array_equal(color_histogram(rgb), expected.ravel())


def test_histogram_of_a_view_with_reversed_channels():
    rgb = np.random.default_rng(1).integers(0, 256, (9, 7, 3), np.uint8)
    np.testing.assert_array_equal(color_histogram(rgb[..., ::-1]), color_histogram(rgb[..., ::-1].copy()))


def test_hand_computed_distance():
    # Normalized overlap: sqrt(0.5 * 0.25) + sqrt(0.5 * 0.75) = 0.353553 + 0.612372 = 0.965926.
    distance = hellinger_distance(np.array([2.0, 2.0]), np.array([1.0, 3.0]))
    assert distance == pytest.approx(np.sqrt(1 - 0.9659258263), abs=1e-9)


def test_distance_to_black_by_hand():
    rgb = np.full((4, 4, 3), 200, np.uint8)
    rgb[:2, :2] = 10  # a quarter is in the black box: overlap sqrt(1/4)
    assert hellinger_distance(black_histogram(16), color_histogram(rgb)) == pytest.approx(np.sqrt(0.5), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_opencv(seed):
    rng = np.random.default_rng(seed)
    first, second = (rng.integers(0, 50, 512).astype(np.float64) for _ in range(2))
    second *= seed + 1  # unequal sums
    expected = cv2.compareHist(first.astype(np.float32), second.astype(np.float32), cv2.HISTCMP_BHATTACHARYYA)
    assert hellinger_distance(first, second) == pytest.approx(expected, abs=1e-6)


def test_ends_of_the_range():
    assert hellinger_distance(black_histogram(7 * 11), black_histogram(7 * 11)) == 0
    white = color_histogram(np.full((5, 5, 3), 255, np.uint8))
    assert hellinger_distance(black_histogram(25), white) == 1


def test_bad_histograms_are_refused():
    with pytest.raises(ValueError, match="one shape"):
        hellinger_distance(np.ones(3), np.ones(4))
    with pytest.raises(ValueError, match="empty histogram"):
        hellinger_distance(np.ones(3), np.zeros(3))
