"""``python -m benchmarks.live``, for some seconds: it ends, and every gray that comes out is one that went in."""

from __future__ import annotations

import io
import json
import os
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from benchmarks.live import FORMAT, Feed, Material, color_error, main, percentile, y4m_frames
from codec.video.color import ColorConversion
from codec.video.info import VideoInfo

SAMPLE = Path(__file__).parents[3] / "samples" / "demo_cc0_flower_320x180_15fps.mp4"
INFO = VideoInfo(4, 2, FORMAT, Fraction(1, 50), Fraction(50))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is looked at in /proc")
def test_some_seconds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    series = tmp_path / "series.json"
    words = ["--seconds", "6", "--size", "64x48", "--fps", "10", "--color", "coded"]
    assert main([str(SAMPLE), *words, "--most", "40", "--series", str(series)]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"60 went in, [1-9][0-9]* came out with the gray of one of them, 0 with another", printed)
    assert "latency: median" in printed
    assert json.loads(series.read_text())["report"]["event"] == "live ended"


def test_a_frame_is_found_by_its_gray_behind_the_last_one() -> None:
    frames = np.arange(2 * 12, dtype=np.uint8).reshape(2, 12)
    ours, theirs = os.pipe()
    with os.fdopen(ours, "rb") as reader:
        feed = Feed(Material(frames, INFO), 50, 0.12, os.fdopen(theirs, "wb"))
        feed.thread.start()
        assert list(y4m_frames(reader, INFO)) == [frames[index % 2].tobytes() for index in range(6)]
        feed.thread.join()
    first, second = frames[0, :8].tobytes(), frames[1, :8].tobytes()
    found = [feed.found(gray) for gray in (first, first, second, first, second, second)]
    assert [None if one is None else one[0] for one in found] == [0, 2, 3, 4, 5, None]
    assert feed.found(b"12345678") is None


def test_figures() -> None:
    assert percentile([1.0, 2.0, 3.0], 50) == 2.0
    assert np.isnan(percentile([], 95))
    picture = FORMAT.unpack(bytes(range(12)), 4, 2)
    assert color_error(picture, picture, ColorConversion.of(INFO)) == 0
    assert list(y4m_frames(io.BytesIO(b"head\nFRAME\n" + bytes(7)), INFO)) == []
