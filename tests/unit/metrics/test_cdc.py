import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon

from codec.metrics import ColorDistributionConsistency
from codec.metrics.cdc import channel_histograms, jensen_shannon


def _cdc(frames):
    meter = ColorDistributionConsistency()
    for frame in frames:
        meter.add(frame)
    return meter.value


@pytest.mark.parametrize("num_frames", [2, 3, 4, 5, 9])
def test_definition_on_a_whole_video(num_frames):
    rng = np.random.default_rng(num_frames)
    frames = [rng.integers(0, 40 + 15 * i, (12, 10, 3), np.uint8) for i in range(num_frames)]
    per_distance = []
    for distance in (1, 2, 4):
        divergences = [
            # SciPy returns the square root of the divergence.
            jensenshannon(np.bincount(a[..., c].ravel(), minlength=256), np.bincount(b[..., c].ravel(), minlength=256))
            ** 2
            for a, b in zip(frames, frames[distance:], strict=False)
            for c in range(3)
        ]
        if divergences:
            per_distance.append(np.mean(divergences))
    assert _cdc(frames) == pytest.approx(np.mean(per_distance), rel=1e-9)


def test_a_still_picture_is_perfectly_consistent():
    frame = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    assert _cdc([frame] * 6) == 0


def test_disjoint_colors_reach_the_upper_end():
    black, white = np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 255, np.uint8)
    assert _cdc([black, white]) == pytest.approx(np.log(2))
    # One apart: all differ. Two and four apart: none does.
    assert _cdc([black, white] * 3) == pytest.approx(np.log(2) / 3)


def test_no_pair_no_value():
    assert _cdc([]) is None
    assert _cdc([np.zeros((2, 2, 3), np.uint8)]) is None


def test_parts():
    histograms = channel_histograms(np.array([[[0, 5, 255], [0, 6, 255]]], np.uint8))
    assert histograms.shape == (3, 256)
    assert histograms.sum(axis=1).tolist() == [1, 1, 1]
    assert histograms[1, 5:7].tolist() == [0.5, 0.5]
    # By hand: middle (0.75, 0.25); (ln(4/3) + 0.5 ln(2/3) + 0.5 ln 2) / 2.
    expected = (np.log(4 / 3) + 0.5 * np.log(2 / 3) + 0.5 * np.log(2)) / 2
    assert jensen_shannon(np.array([1.0, 0.0]), np.array([0.5, 0.5])) == pytest.approx(expected)


@pytest.mark.parametrize("num_used", [1, 2, 7, 200, 256])
def test_jensen_shannon_of_random_distributions(num_used):
    rng = np.random.default_rng(num_used)
    first, second = np.zeros((2, 50, 256))
    for rows in (first, second):
        for row in rows:
            # Bins without a sample are the rule in a histogram, and not the same ones in both.
            row[rng.permutation(256)[:num_used]] = rng.dirichlet(np.ones(num_used))
    divergence = jensen_shannon(first, second)
    np.testing.assert_allclose(divergence, jensenshannon(first, second, axis=-1) ** 2, rtol=1e-12, atol=1e-15)
    np.testing.assert_array_equal(divergence, jensen_shannon(second, first))
    assert (divergence <= np.log(2) * (1 + 1e-12)).all()
    assert not jensen_shannon(first, first).any()


def test_definition_on_a_natural_video(natural_rgb):
    histograms = [
        [np.histogram(frame[..., c], bins=256, range=(0, 256), density=True)[0] for c in range(3)]
        for frame in natural_rgb
    ]
    per_distance = [
        np.mean([jensenshannon(a, b, axis=-1) ** 2 for a, b in zip(histograms, histograms[d:], strict=False)])
        for d in (1, 2, 4)
    ]
    assert _cdc(natural_rgb) == pytest.approx(np.mean(per_distance), rel=1e-10)


def test_direction_of_time_and_order_of_channels_do_not_matter(natural_rgb):
    value = _cdc(natural_rgb)
    assert _cdc(natural_rgb[::-1]) == pytest.approx(value, rel=1e-12)
    assert _cdc([frame[..., ::-1] for frame in natural_rgb]) == pytest.approx(value, rel=1e-12)


def test_flicker_of_one_color_is_seen(natural_rgb):
    frame = natural_rgb[0]
    redder, much_redder = (np.minimum(frame + np.array([red, 0, 0]), 255).astype(np.uint8) for red in (6, 30))
    assert 0 < _cdc([frame, redder] * 3) < _cdc([frame, much_redder] * 3) < np.log(2) / 3
