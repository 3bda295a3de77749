"""Single frames of videos and streams as files, and keyframes colored from strokes."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from codec.colorization.scribbles import Stroke
from codec.errors import FrameError, InputError, OutputError
from codec.jobs.frames import write_frames
from codec.jobs.scribbles import color_keyframes

STREAM = Path(__file__).parents[2] / "conformance" / "v1" / "valid" / "lossless_8_and_9.gvc"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Four frames of RGB, each of one color."""
    path = tmp_path / "clip_8x6_25fps_rgb24.raw"
    path.write_bytes(b"".join(bytes((10 * index, 100, 200)) * 48 for index in range(4)))
    return path


def test_frames_of_a_video(clip: Path, tmp_path: Path) -> None:
    write_frames(str(clip), str(tmp_path / "out"), [3, 0, 3])
    files = sorted((tmp_path / "out").iterdir())
    assert [file.name for file in files] == ["frame_000001.png", "frame_000004.png"]
    assert cv2.imread(str(files[1]))[0, 0].tolist() == [200, 100, 30]


def test_frames_of_a_stream(tmp_path: Path) -> None:
    import gvc

    write_frames(str(STREAM), str(tmp_path / "out"), [1])
    (file,) = (tmp_path / "out").iterdir()
    assert file.name == "frame_000002.png"
    with gvc.open(STREAM) as video:
        assert (cv2.imread(str(file))[..., ::-1] == video.rgb[1].data).all()


@pytest.mark.parametrize("frames", [[4], [0, 100]])
def test_a_frame_that_is_not_there(clip: Path, tmp_path: Path, frames: list[int]) -> None:
    for path in (clip, STREAM):
        with pytest.raises(FrameError, match=r"expected a frame .*Received: frame \d+"):
            write_frames(str(path), str(tmp_path / f"out_{path.suffix}"), [*frames, 10**6])


def test_keyframes_from_strokes(tmp_path: Path) -> None:
    keyframes, folder = tmp_path / "keyframes", tmp_path / "references"
    keyframes.mkdir()
    for name in ("frame_000001.png", "frame_000031.png"):
        cv2.imwrite(str(keyframes / name), np.full((20, 30, 3), 120, np.uint8))
    stroke = Stroke((200, 100, 100), 2, ((5, 5),))
    count = color_keyframes(str(keyframes), {"frame_000031.png": [stroke], "frame_000001.png": []}, str(folder))
    assert count == 1
    (file,) = folder.iterdir()
    assert file.name == "frame_000031.png"
    blue, _, red = cv2.imread(str(file))[15, 25].tolist()
    assert red > blue + 50
    with pytest.raises(OutputError, match="new or empty folder"):
        color_keyframes(str(keyframes), {"frame_000031.png": [stroke]}, str(folder))


@pytest.mark.parametrize(
    "strokes", [{}, {"frame_000001.png": []}, {"../secret.png": [Stroke((1, 2, 3), 1, ((0, 0),))]}]
)
def test_strokes_on_nothing(tmp_path: Path, strokes: dict[str, list[Stroke]]) -> None:
    (tmp_path / "keyframes").mkdir()
    cv2.imwrite(str(tmp_path / "keyframes" / "frame_000001.png"), np.zeros((4, 4, 3), np.uint8))
    with pytest.raises(InputError, match=r"Received: (none|\.\.)"):
        color_keyframes(str(tmp_path / "keyframes"), strokes, str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()
