"""The command that measures one worker against several."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from benchmarks.cluster_scaling import main, repeated
from codec.video.sources import open_source


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mkv"
    random = np.random.default_rng(3)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=Fraction(24))
        stream.width, stream.height, stream.pix_fmt = 48, 32, "yuv420p"
        for _ in range(5):
            picture = random.integers(0, 256, (32, 48, 3)).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture).reformat(format="yuv420p")))
        container.mux(stream.encode(None))
    return path


def test_frames_are_repeated_as_they_are(clip: Path, tmp_path: Path) -> None:
    path = repeated(str(clip), 3, tmp_path)
    assert Path(path).name == "clip_48x32_24fps_yuv420p.raw"
    once = [frame.picture for frame in open_source(str(clip)).frames()]
    lumas = [frame.picture.luma for frame in open_source(path).frames()]
    assert len(lumas) == 3 * len(once) == 15
    assert all(np.array_equal(luma, once[number % 5].luma) for number, luma in enumerate(lumas))


@pytest.mark.slow
def test_it_measures_and_compares_bytes(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(clip), "--runs", "1", "--speed", "swift", "--segment-frames", "3"]) == 0
    first, one, two, *ratios, time = capsys.readouterr().out.splitlines()
    assert "5 segments" in first
    assert "the same in all 2 encodes" in first
    assert one.startswith("1 worker: ")
    assert two.startswith("2 workers: ")
    assert [line.split(":")[0] for line in ratios] == ["ratio, all", "ratio, coding"]
    assert time.startswith("processor time: ")
