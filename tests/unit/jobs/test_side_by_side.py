"""The same frames of several videos and streams, and the color error of each picture."""

from __future__ import annotations

import contextlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from codec.errors import FrameError
from codec.jobs.decode import DecodeOptions, decode_file
from codec.jobs.side_by_side import write_side_by_side
from codec.metrics import ColorDifference, QualityMeter
from codec.video.color import ColorConversion
from codec.video.picture import rgb_to_ycocg_r
from codec.video.sources import open_source

STREAM = Path(__file__).parents[2] / "conformance" / "v1" / "valid" / "coded_yuv420p.gvc"


def clip(path: Path, rgb_u8: np.ndarray) -> Path:
    path.write_bytes(rgb_u8.tobytes())
    return path


@pytest.fixture
def pictures() -> np.ndarray:
    """(3, 24, 32, 3) uint8."""
    return np.random.default_rng(0).integers(0, 256, (3, 24, 32, 3), dtype=np.uint8)


def test_pictures_and_their_errors(tmp_path: Path, pictures: np.ndarray) -> None:
    other = pictures // 2
    original = clip(tmp_path / "a_32x24_25fps_rgb24.raw", pictures)
    made = {"3": str(original), "17": str(clip(tmp_path / "b_32x24_25fps_rgb24.raw", other))}
    (tmp_path / "out").mkdir()
    found = write_side_by_side(str(original), made, str(tmp_path / "out"), [2, 0])
    files = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.png")}
    assert files == {f"{side}/frame_{number:06d}.png" for side in ("original", "3", "17") for number in (1, 3)}
    assert (cv2.imread(str(tmp_path / "out" / "17" / "frame_000003.png"))[..., ::-1] == other[2]).all()
    with contextlib.closing(open_source(str(original))) as source:
        conversion = ColorConversion.of(source.info)
    for index in (0, 2):
        same = found["3"][index]
        assert same is not None
        assert (same.ciede2000_mean, same.is_chroma_exact) == (0, True)
        meter, difference = QualityMeter(conversion), ColorDifference()
        meter.add(rgb_to_ycocg_r(pictures[index]), rgb_to_ycocg_r(other[index]))
        difference.add(pictures[index], other[index])
        assert found["17"][index] == meter.result()
        assert meter.result().ciede2000_mean == difference.mean > 5


def test_a_stream_and_its_exact_decode(tmp_path: Path) -> None:
    decode_file(str(STREAM), str(tmp_path / "a.y4m"), DecodeOptions())
    (tmp_path / "out").mkdir()
    found = write_side_by_side(str(tmp_path / "a.y4m"), {"1": str(STREAM)}, str(tmp_path / "out"), [1])
    quality = found["1"][1]
    assert quality is not None
    assert quality.is_chroma_exact
    assert quality.ciede2000_mean == 0


def test_where_there_is_no_color_to_compare_with(tmp_path: Path, pictures: np.ndarray) -> None:
    gray = clip(tmp_path / "g_32x24_25fps_gray.raw", pictures[..., 0])
    colored = clip(tmp_path / "c_32x24_25fps_rgb24.raw", pictures)
    smaller = clip(tmp_path / "s_16x24_25fps_rgb24.raw", pictures[:, :, :16])
    for name, original, made in (("gray", gray, colored), ("size", colored, smaller)):
        (tmp_path / name).mkdir()
        assert write_side_by_side(str(original), {"1": str(made)}, str(tmp_path / name), [0]) == {"1": {0: None}}


def test_deep_video_is_compared_as_it_is_shown(tmp_path: Path, pictures: np.ndarray) -> None:
    deep = clip(tmp_path / "d_32x24_25fps_rgb48le.raw", pictures.astype("<u2") << 8)
    shown = clip(tmp_path / "e_32x24_25fps_rgb24.raw", pictures)
    (tmp_path / "out").mkdir()
    quality = write_side_by_side(str(deep), {"1": str(shown)}, str(tmp_path / "out"), [0])["1"][0]
    assert quality is not None
    assert quality.ciede2000_mean < 1


def test_a_frame_that_one_does_not_have(tmp_path: Path, pictures: np.ndarray) -> None:
    original = clip(tmp_path / "a_32x24_25fps_rgb24.raw", pictures)
    shorter = clip(tmp_path / "b_32x24_25fps_rgb24.raw", pictures[:2])
    (tmp_path / "out").mkdir()
    with pytest.raises(FrameError, match="Received: frame 3"):
        write_side_by_side(str(original), {"1": str(shorter)}, str(tmp_path / "out"), [2])
