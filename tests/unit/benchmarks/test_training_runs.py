from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.clips import find_clips
from benchmarks.material import Preparation, prepare
from benchmarks.training_runs import random_runs


@pytest.mark.parametrize(("num_frames", "length"), [(12, 4), (3, 3), (2, 2)])
def test_runs_are_consecutive_frames_of_the_clip(num_frames: int, length: int, tmp_path: Path) -> None:
    flower = find_clips(None, ["demo_flower"])[0]
    wanted = Preparation(pixel_format="yuv420p", width=64, num_frames=num_frames)
    material = prepare("demo_flower", [flower], wanted, tmp_path)
    frames = [frame.picture.luma.tobytes() for frame in material.open().frames()]
    runs = random_runs(material, 5, 4, np.random.default_rng(0))
    assert 1 <= len(runs) <= 5
    for run in runs:
        assert len(run) == length
        start = frames.index(run[0].luma.tobytes())
        assert [picture.luma.tobytes() for picture in run] == frames[start : start + length]
