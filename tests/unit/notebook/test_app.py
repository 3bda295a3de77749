"""The widgets, used as a person would, and as a kernel without a browser can."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.end_to_end.conftest import write_video

pytest.importorskip("ipywidgets", reason="needs the extra [notebook]")

from codec.notebook import App
from codec.notebook import app as module
from codec.notebook.progress import WidgetProgress
from codec.notebook.work import Action


@pytest.fixture
def app(tmp_path: Path) -> App:
    write_video(tmp_path / "clip.mkv", frames=6)
    (tmp_path / "notes.txt").write_text("no video")
    return App(tmp_path)


def test_files_of_the_folder_are_offered(app: App) -> None:
    assert app.file.options == ("clip.mkv",)


def test_settings_follow_the_action(app: App) -> None:
    assert app.button.description == "encode"
    assert app.color in app._settings.children
    app.action.value = Action.COLORIZE
    assert app.button.description == "colorize"
    assert app.weights in app._settings.children
    assert app.color not in app._settings.children


def test_the_button_works_and_the_sliders_move_the_line(app: App, tmp_path: Path) -> None:
    assert app._view.layout.display == "none"
    app.file.value = "clip.mkv"
    app.action.value = "convert to grayscale"
    app.button.click()
    assert app.outcome is not None
    assert app.outcome.result == tmp_path / "clip_gray.mp4"
    assert app._view.layout.display == ""
    assert app.frame.max == 5
    assert re.fullmatch(r"done in \d+ s", app.progress._label.value)
    assert app.download.description.startswith("download clip_gray.mp4 (")
    left, right = (shown(app, split) for split in (1.0, 0.0))
    assert np.ptp(left.astype(int), axis=-1).max() > 60  # color before
    assert np.ptp(right[:, 2:].astype(int), axis=-1).max() <= 2  # gray after
    app.frame.value = 5
    assert not np.array_equal(shown(app, 1.0), left)


def test_download_hands_over_the_whole_file(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    scripts: list[str] = []
    monkeypatch.setattr(module, "display", lambda script: scripts.append(script.data))
    app.download.click()
    assert not scripts  # nothing was done yet
    app.file.value = "clip.mkv"
    app.action.value = Action.TO_GRAY
    app.button.click()
    app.download.click()
    assert app.outcome is not None
    assert base64.b64encode(app.outcome.result.read_bytes()).decode() in scripts[0]
    assert 'link.download = "clip_gray.mp4"' in scripts[0]


def shown(app: App, split: float) -> np.ndarray:
    app.split.value = split
    return cv2.imdecode(np.frombuffer(app.picture.value, np.uint8), cv2.IMREAD_COLOR)


def test_errors_are_one_line_and_the_button_comes_back(app: App) -> None:
    app.file.value = "<b>missing</b>.mp4"
    app.action.value = Action.COLORIZE
    app.weights.value = "no.gvc"
    app.button.click()
    assert "missing" in app.message.value
    assert "<b>" not in app.message.value
    assert app.progress._label.value.startswith("failed after")
    assert not app.button.disabled
    assert app.outcome is None


def test_an_upload_is_chosen_and_stays_in_the_folder(app: App, tmp_path: Path) -> None:
    upload = {
        "name": "../up.mp4",
        "type": "video/mp4",
        "size": 3,
        "content": memoryview(b"abc"),
        "last_modified": datetime.now(UTC),
    }
    app.upload.set_trait("value", (upload,))
    assert app.file.value == "up.mp4"
    assert (tmp_path / "up.mp4").read_bytes() == b"abc"
    assert not (tmp_path.parent / "up.mp4").exists()


def test_progress_counts_frames_and_seconds() -> None:
    now = [100.0]
    progress = WidgetProgress(clock=lambda: now[0])
    progress.start("coding", 10, "frames")
    now[0] = 103.0
    progress.advance(4, "1.0 MB")
    assert progress._label.value == "coding: 4 of 10 frames, 3 s, 1.0 MB"
    assert progress._bar.value == pytest.approx(0.4)
    now[0] = 103.1
    progress.advance(5)
    assert "4 of 10" in progress._label.value  # not yet: it was shown just now
    progress.advance(10)
    assert "10 of 10" in progress._label.value
    progress.start("analyzing", None, "frames")
    progress.advance(0)
    assert progress._label.value == "analyzing: 0 frames, 3 s"
