from pathlib import Path

import cv2
import numpy as np
import pytest

from codec.errors import InputError
from codec.notebook.comparison import Comparison


@pytest.fixture
def videos(tmp_path: Path) -> tuple[Path, Path]:
    """30 red frames, and 27 blue ones."""
    for name, color, count in (("before", (0, 0, 200), 30), ("after", (200, 0, 0), 27)):  # B, G, R
        (tmp_path / name).mkdir()
        for index in range(count):
            cv2.imwrite(str(tmp_path / name / f"{index:03}.png"), np.full((40, 1000, 3), color, np.uint8))
    return tmp_path / "before", tmp_path / "after"


def pixels(png: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]


def test_before_is_left_of_the_line_and_after_right_of_it(videos: tuple[Path, Path]) -> None:
    comparison = Comparison.of(*videos)
    assert comparison.numbers[0] == 0
    assert comparison.numbers[-1] == 26
    assert len(comparison.before) == len(comparison.after) == len(comparison.numbers) == 24
    picture = pixels(comparison.png(5, 0.25))
    assert picture.shape == (26, 640, 3)
    assert picture[10, 150].tolist() == [200, 0, 0]
    assert picture[10, 170].tolist() == [0, 0, 200]
    assert pixels(comparison.png(0, 0.0))[10, 2:].tolist() == [[0, 0, 200]] * 638
    assert pixels(comparison.png(0, 1.0))[10, :637].tolist() == [[200, 0, 0]] * 637


def test_what_cannot_be_read(videos: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        Comparison.of(videos[0], tmp_path / "missing.mp4")
