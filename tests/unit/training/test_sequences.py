import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.training.sequences import consecutive_runs


def test_runs_end_at_cuts() -> None:
    assert consecutive_runs(10, {4, 5}, length=3) == [range(3), range(3, 4), range(4, 5), range(5, 8), range(8, 10)]


def test_no_frames_no_runs() -> None:
    assert consecutive_runs(0, {}, length=4) == []


@given(st.integers(0, 60), st.sets(st.integers(-5, 70)), st.integers(1, 9), st.integers(0, 9))
def test_every_frame_once_and_no_cut_within(num_frames: int, cuts: set[int], length: int, seed: int) -> None:
    runs = consecutive_runs(num_frames, cuts, length=length, random=np.random.default_rng(seed))
    assert sorted(frame for run in runs for frame in run) == list(range(num_frames))
    for run in runs:
        assert 1 <= len(run) <= length
        assert not cuts & set(run[1:])
    assert runs == consecutive_runs(num_frames, cuts, length=length, random=np.random.default_rng(seed))
    assert sorted(runs, key=lambda run: run.start) == consecutive_runs(num_frames, cuts, length=length)


def test_lengths_under_one_are_refused() -> None:
    with pytest.raises(ValueError, match="1 frame or more"):
        consecutive_runs(3, (), length=0)
