import cv2
import numpy as np
import pytest

from codec.networks.ab_bins import AB_CENTERS, NUM_BINS, STEP, rebalancing_weights, soft_bins
from codec.networks.lab import ab_of_rgb


def test_centers_are_the_grid_within_the_grown_gamut() -> None:
    """Not a copy of the table: the rule that makes it, from the sRGB gamut."""
    side = np.arange(256, dtype=np.uint8)
    planes = np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)
    faces = [np.insert(planes, axis, value, axis=1) for axis in range(3) for value in (0, 255)]
    ab = ab_of_rgb(np.concatenate(faces))  # the surface of the cube has the outermost a and b
    corners = np.float32(STEP) * np.array([(-1, -1), (-1, 1), (1, -1), (1, 1)], np.float32)
    hull = cv2.convexHull(np.concatenate([ab + corner for corner in corners]))
    grid = [(a, b) for a in range(-120, 121, STEP) for b in range(-120, 121, STEP)]
    distances = np.array([cv2.pointPolygonTest(hull, (float(a), float(b)), True) for a, b in grid])
    assert np.abs(distances).min() > 0.01  # no point so near to the border that rounding decides
    assert [point for point, distance in zip(grid, distances, strict=True) if distance > 0] == [
        tuple(center) for center in AB_CENTERS.astype(int).tolist()
    ]


def test_number_and_order_are_those_of_the_release() -> None:
    assert NUM_BINS == 313
    assert AB_CENTERS[[0, 1, 5, -1]].tolist() == [[-90, 50], [-90, 60], [-80, 20], [100, 0]]
    assert np.array_equal(AB_CENTERS, np.array(sorted(AB_CENTERS.tolist())))


def test_soft_bins_are_five_neighbors() -> None:
    bins = soft_bins(np.array([[[0, 0], [23, -31]]], np.float32))
    assert bins.shape == (1, 2, NUM_BINS)
    assert bins.dtype == np.float32
    assert (bins > 0).sum(axis=-1).tolist() == [[5, 5]]
    assert bins.sum(axis=-1) == pytest.approx(np.ones((1, 2)))
    center = AB_CENTERS.tolist().index([0, 0])
    beside = AB_CENTERS.tolist().index([10, 0])
    assert bins[0, 0, beside] / bins[0, 0, center] == pytest.approx(np.exp(-(10**2) / (2 * 5**2)))
    assert AB_CENTERS[bins[0, 1].argmax()].tolist() == [20, -30]


def test_soft_bins_of_colors_far_outside() -> None:
    bins = soft_bins(np.array([[400.0, 400.0]], np.float32))
    assert np.isfinite(bins).all()
    assert bins.sum() == pytest.approx(1)


def test_rebalancing_lifts_what_is_rare() -> None:
    counts = np.zeros(NUM_BINS, np.int64)
    counts[:2] = 900, 100
    weights = rebalancing_weights(counts)
    assert weights.shape == (NUM_BINS,)
    assert weights[0] < weights[1] < weights[2]
    assert (weights * counts).sum() / counts.sum() == pytest.approx(1)
    assert weights[1] / weights[0] == pytest.approx((0.45 + 0.5 / 313) / (0.05 + 0.5 / 313), rel=1e-5)
