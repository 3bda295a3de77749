import numpy as np
import pytest

from codec.keyframes import Analyzer, shot_cuts


def _shot(color, num_frames, rng):
    base = np.full((40, 60, 3), color, np.int16)
    base[10:20, 10:30] += 30
    return [np.clip(base + rng.integers(-3, 4, base.shape), 0, 255).astype(np.uint8) for _ in range(num_frames)]


def test_shots_of_a_synthetic_video():
    rng = np.random.default_rng(0)
    analyzer = Analyzer()
    frames = _shot((200, 40, 40), 12, rng) + _shot((20, 20, 20), 9, rng) + _shot((60, 160, 200), 10, rng)
    for frame in frames:
        analyzer.add(frame)
    assert analyzer.num_frames == 31
    assert shot_cuts(analyzer.cut_scores) == [12, 21]
    assert analyzer.cut_scores[0] == 0
    # No pixel of the first and last shot is black; most of the second are, but for a lighter box of 1/12.
    assert analyzer.distances[:12] == pytest.approx(10_000)
    assert analyzer.distances[21:] == pytest.approx(10_000)
    assert analyzer.distances[12:21] == pytest.approx(10_000 * np.sqrt(1 - np.sqrt(11 / 12)), rel=1e-6)


def test_results_are_snapshots():
    analyzer = Analyzer()
    analyzer.add(np.zeros((8, 8, 3), np.uint8))
    distances, scores = analyzer.distances, analyzer.cut_scores
    analyzer.add(np.full((8, 8, 3), 255, np.uint8))
    assert distances.tolist() == [0]
    assert scores.tolist() == [0]
    assert analyzer.distances.tolist() == [0, 10_000]
    assert analyzer.cut_scores.tolist() == [0, 255]


def test_nothing_was_added():
    assert Analyzer().distances.shape == (0,)
    assert Analyzer().num_frames == 0


def test_changes_alone():
    rng = np.random.default_rng(2)
    whole, changes = Analyzer(), Analyzer(for_keyframes=False)
    for frame in rng.integers(0, 256, (4, 40, 60, 3), np.uint8):
        whole.add(frame)
        changes.add(frame)
    assert changes.distances.size == 0
    assert changes.num_frames == 4
    assert changes.cut_scores.tolist() == whole.cut_scores.tolist()
