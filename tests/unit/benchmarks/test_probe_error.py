"""The command that measures the probe: runs, ratios and tables."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from benchmarks.probe_error import RUN_FRAMES, RUNS, Planes, decoding_seconds, error_ratios, ratio_table, time_table
from codec.video.picture import Picture


def planes(num_frames: int) -> Planes:
    random = np.random.default_rng(0)
    texture = random.integers(0, 256, (16, 24)).astype(np.uint8)
    chroma = random.integers(0, 256, (2, 8, 12)).astype(np.uint8)
    pictures = [
        Picture(np.roll(texture, place, 1), (np.roll(chroma[0], place // 2, 1), np.roll(chroma[1], place // 2, 1)))
        for place in range(num_frames)
    ]
    return Planes(pictures, Fraction(24))


def test_runs_are_spread_from_the_first_picture_to_the_last() -> None:
    video = planes(25)
    runs = video.runs()
    assert [len(run) for run in runs] == [RUN_FRAMES] * RUNS
    assert runs[0][0] is video.pictures[0]
    assert runs[-1][-1] is video.pictures[-1]


def test_everything_is_compared_and_timed() -> None:
    video = planes(12)
    ratios, seconds = error_ratios(video), decoding_seconds(video)
    kinds = {name.partition(",")[0] for name in ratios}
    assert kinds == {"gray", "stacked chroma", "whole pictures", "chroma"}
    assert all(0.5 < ratio < 2 for ratio in ratios.values())
    assert "predictors" in seconds
    assert all(value > 0 for value in seconds.values())


def test_an_estimate_from_the_whole_segment_is_the_segment() -> None:
    video = planes(RUN_FRAMES)  # all six runs are the whole video
    estimates = {name: estimate for name, estimate in video.estimates().items() if "predictor" not in name}
    assert len(estimates) >= 6
    for estimate in estimates.values():
        assert estimate(video.runs()) == RUNS * estimate([video.pictures])


def test_tables() -> None:
    table = ratio_table({"a": {"gray, x264": 1.0, "gray, ffv1": 1.25}, "b": {"gray, x264": 1.5, "gray, ffv1": 1.25}})
    assert table.columns == ("estimate / segment", "a", "b", "median", "range")
    assert table.rows[0] == ("gray, x264", "1.000", "1.500", "1.250", "1.000 to 1.500")
    times = time_table({"a": {"predictors": 0.1}})
    assert times.rows == (("predictors", "100.0", "100.0"),)
