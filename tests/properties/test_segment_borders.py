from hypothesis import given
from hypothesis import strategies as st

from codec.keyframes import segment_borders


@st.composite
def _cases(draw):
    num_frames = draw(st.integers(0, 400))
    cuts = sorted(draw(st.sets(st.integers(1, num_frames - 1), max_size=40))) if num_frames > 1 else []
    max_frames = draw(st.integers(1, 120))
    return num_frames, cuts, max_frames, draw(st.integers(1, max_frames))


@given(_cases())
def test_segments_tile_the_video_within_the_limits(case):
    num_frames, cuts, max_frames, min_frames = case
    segments = segment_borders(num_frames, cuts, max_frames=max_frames, min_frames=min_frames)
    assert [frame for start, stop in segments for frame in range(start, stop)] == list(range(num_frames))
    assert all(0 < stop - start <= max_frames for start, stop in segments)
    shot_starts = {start for start, _ in segments if start in cuts}
    used = sorted({0, *shot_starts})
    if 2 * min_frames <= max_frames:
        # Only what follows the last cut may be shorter than the minimum.
        assert all(stop - start >= min_frames for start, stop in segments if stop <= used[-1])
    # Every cut that is far enough from the one used before it begins a segment.
    last = 0
    for cut in cuts:
        if cut - last >= min_frames:
            assert cut in shot_starts
            last = cut
