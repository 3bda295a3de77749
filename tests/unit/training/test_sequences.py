import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.training.sequences import runs_around


def test_runs_end_with_their_frame_unless_the_shot_begins_too_late() -> None:
    assert runs_around([2, 5, 9], 10, [4], length=3) == [range(3), range(4, 7), range(7, 10)]
    assert runs_around([0], 2, [], length=4) == [range(2)]
    assert runs_around([4], 10, [4, 5], length=3) == [range(4, 5)]


@given(st.integers(1, 60), st.sets(st.integers(1, 70)), st.integers(1, 9), st.data())
def test_every_run_has_its_frame_and_no_cut_within(
    num_frames: int, cuts: set[int], length: int, data: st.DataObject
) -> None:
    frames = sorted(data.draw(st.sets(st.integers(0, num_frames - 1))))
    for frame, run in zip(frames, runs_around(frames, num_frames, sorted(cuts), length=length), strict=True):
        assert frame in run
        assert 1 <= len(run) <= length
        assert not cuts & set(run[1:])
        assert 0 <= run.start < run.stop <= num_frames


def test_runs_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="1 frame or more"):
        runs_around([0], 1, [], length=0)
