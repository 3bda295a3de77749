"""gvc-encode: keyframes written, recolored by a person, and trained on in their place."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from codec.cli.decode import main as decode
from codec.cli.encode import main as encode
from tests.end_to_end.conftest import TINY_TRAINING, brief_settling, gray_planes


def test_keyframes_go_out_and_come_back(video: Path, tmp_path: Path) -> None:
    folder, stream, output = tmp_path / "keyframes", tmp_path / "out.gvc", tmp_path / "out.mkv"
    export = ["--color", "none", "--keyframe-every", "30", "--export-keyframes", str(folder), "-q"]
    assert encode([str(video), str(stream), *export]) == 0
    for file in folder.iterdir():
        gray = cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2GRAY)[..., None]
        cv2.imwrite(str(file), np.clip(gray // 2 + np.array([0, 20, 110]), 0, 255).astype(np.uint8))  # B, G, R
    arguments = [*TINY_TRAINING, "--epochs", "40", "--keyframe-every", "30", "--reference", str(folder), "-y", "-q"]
    with brief_settling():
        assert encode([str(video), str(stream), *arguments]) == 0
    assert decode([str(stream), str(output), "--codec", "ffv1", "-q"]) == 0
    assert gray_planes(output) == gray_planes(video)
    capture = cv2.VideoCapture(str(output))
    blue, _, red = capture.read()[1].astype(float).mean(axis=(0, 1))
    assert red > blue + 20  # the original's slope is bluer than red
    capture.release()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--reference", "a.png"], 2, "expected --reference with --color model"),
        (["--color", "model", "--reference", "{}/cat.png"], 3, "named after a keyframe"),
        (["--color", "model", "--network", "zhang2016"], 3, "gvc-colorize takes it"),
        (["--color", "model", "--network", "nothing"], 3, "Received: nothing"),
    ],
)
def test_errors_are_one_line(
    video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    cv2.imwrite(str(tmp_path / "cat.png"), np.zeros((48, 64, 3), np.uint8))
    line = [argument.format(tmp_path) for argument in arguments]
    assert encode([str(video), str(tmp_path / "out.gvc"), *line, "-q"]) == code
    (message,) = capsys.readouterr().err.splitlines()
    assert words in message
    assert not (tmp_path / "out.gvc").exists()
