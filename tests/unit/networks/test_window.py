import numpy as np

from codec.networks.window import frames_before, last_of_runs, runs_before

FRAMES = np.arange(5)[:, None]


def test_newest_first_and_the_oldest_stands_in() -> None:
    assert frames_before(FRAMES, 1)[:, 0].tolist() == [0, 0, 1, 2, 3]
    assert frames_before(FRAMES, 3).tolist() == [[0, 0, 0], [0, 0, 0], [1, 0, 0], [2, 1, 0], [3, 2, 1]]


def test_a_run_goes_on_where_the_last_one_ended() -> None:
    assert np.array_equal(frames_before(FRAMES[2:], 2, FRAMES[:2]), frames_before(FRAMES, 2)[2:])
    assert frames_before(FRAMES[1:], 3, FRAMES[:1]).tolist() == frames_before(FRAMES, 3)[1:].tolist()


def test_the_last_of_each_run() -> None:
    assert last_of_runs(FRAMES[:4], 2)[:, 0].tolist() == [1, 3]
    assert np.array_equal(last_of_runs(FRAMES, 1), FRAMES)


def test_runs_know_nothing_of_each_other() -> None:
    assert runs_before(FRAMES[:4], 1, 2)[:, 0].tolist() == [0, 0, 2, 2]
