"""The widgets of the notebook interface and their callbacks."""

from __future__ import annotations

import base64
import html
import json
from pathlib import Path
from typing import Any

import ipywidgets as widgets
from IPython.display import Javascript, display

from codec.errors import GvcError
from codec.notebook.comparison import Comparison
from codec.notebook.progress import WidgetProgress
from codec.notebook.work import Action, Outcome, Wishes, carry_out

_SUFFIXES = frozenset(
    {".mp4", ".mkv", ".mov", ".webm", ".avi", ".mpg", ".y4m", ".raw", ".png", ".jpg", ".jpeg", ".tiff"}
)
_MAX_DOWNLOAD_BYTES = 32 << 20  # for a larger file, the page shows the path instead of a download
_WIDE = widgets.Layout(width="480px")
_AUTO = widgets.Layout(width="auto")
_WHOLE_WORDS = {"description_width": "100px"}


class App(widgets.VBox):  # type: ignore[misc]
    """The notebook interface. To display it, put the object at the end of a cell.

    Args:
        folder: the folder whose videos and pictures are offered. Uploads are saved there.
        results: the folder for results; None for ``folder``.

    Attributes:
        file, upload, action, color, weights, references, stabilize, seconds, frames, button: the input widgets.
        frame, split: the sliders below the picture.
        download: the download button below the sliders.
        outcome: the outcome of the last run; None if there was no run, or it failed.
    """

    def __init__(self, folder: str | Path = ".", results: str | Path | None = None) -> None:
        self._folder = Path(folder)
        self._results = Path(results) if results is not None else self._folder
        self.file = widgets.Combobox(description="file", options=self._offered(), ensure_option=False, layout=_WIDE)
        self.upload = widgets.FileUpload(description="upload", multiple=False)
        self.action = widgets.ToggleButtons(
            options=[(action.value, action) for action in Action], style={"button_width": "auto"}
        )
        self.color = widgets.Dropdown(description="color", options=["guided", "model"])
        self.weights = widgets.Text(description="weights", placeholder=".caffemodel, .onnx, .npz or .gvc", layout=_WIDE)
        self.references = widgets.Text(description="references", placeholder="colored pictures: a folder", layout=_WIDE)
        self.stabilize = widgets.Checkbox(description="steady color", indent=False)
        self.seconds = widgets.BoundedFloatText(description="training s", value=60, min=1, max=86_400)
        self.frames = widgets.BoundedIntText(description="frames", value=0, min=0, max=10**9, tooltip="0 for all")
        self.button = widgets.Button(description=Action.ENCODE.value, button_style="primary", layout=_AUTO)
        self.progress = WidgetProgress()
        self.message = widgets.HTML()
        self.picture = widgets.Image(format="png")
        self.frame = widgets.IntSlider(description="frame", min=0, max=0, layout=_WIDE, style=_WHOLE_WORDS)
        self.split = widgets.FloatSlider(
            description="before | after", value=0.5, min=0, max=1, step=0.01, layout=_WIDE, style=_WHOLE_WORDS
        )
        self.download = widgets.Button(layout=_AUTO)
        self._script = widgets.Output()
        self._view = widgets.VBox(
            [self.picture, self.split, self.frame, self.download, self._script],
            layout=widgets.Layout(align_items="flex-start"),
        )
        self._settings = widgets.VBox()
        self._comparison: Comparison | None = None
        self.outcome: Outcome | None = None
        super().__init__(
            [
                widgets.HBox([self.file, self.upload]),
                self.action,
                self._settings,
                widgets.HBox([self.button, self.progress.box]),
                self.message,
                self._view,
            ]
        )
        self.upload.observe(self._take_upload, names="value")
        self.action.observe(self._show_settings, names="value")
        self.button.on_click(self._run)
        self.download.on_click(self._save)
        for slider in (self.frame, self.split):
            slider.observe(self._show_picture, names="value")
        self._show_settings()
        self._show_view()

    @property
    def wishes(self) -> Wishes:
        """The current settings of the widgets."""
        return Wishes(
            action=self._chosen,
            color=self.color.value,
            weights=self.weights.value.strip(),
            references=self.references.value.strip(),
            stabilize=self.stabilize.value,
            max_seconds=self.seconds.value,
            max_frames=self.frames.value,
        )

    @property
    def _chosen(self) -> Action:
        return Action(self.action.value)  # a program may set a plain string

    def _offered(self) -> list[str]:
        return sorted(file.name for file in self._folder.iterdir() if file.suffix.lower() in _SUFFIXES)

    def _take_upload(self, change: Any) -> None:
        del change
        for item in self.upload.value:
            name = Path(item["name"]).name  # the name comes from a browser, so any folders in it are dropped
            (self._folder / name).write_bytes(item["content"])
            self.file.options = self._offered()
            self.file.value = name

    def _show_settings(self, change: Any = None) -> None:
        del change
        rows = {
            Action.ENCODE: [self.color, self.seconds, self.frames],
            Action.COLORIZE: [self.weights, self.references, self.stabilize, self.seconds, self.frames],
            Action.TO_GRAY: [self.frames],
        }
        self._settings.children = rows[self._chosen]
        self.button.description = self._chosen.value

    def _run(self, button: Any = None) -> None:
        del button
        self.button.disabled = True
        self.outcome = self._comparison = None
        self.progress.restart()
        self._say("")
        try:
            given = Path(self.file.value)
            path = given if given.is_absolute() else self._folder / given
            self.outcome = carry_out(path, self._results, self.wishes, self.progress)
            self._comparison = Comparison.of(path, self.outcome.video)
            self._say(*self.outcome.lines)
            self.progress.finish()
        except GvcError as error:
            self.progress.fail()
            self._say(f"{type(error).__name__}: {error}")
        finally:
            self.button.disabled = False
            self._show_view()

    def _say(self, *lines: str) -> None:
        self.message.value = "<br>".join(html.escape(line) for line in lines)

    def _show_view(self) -> None:
        self._view.layout.display = "none" if self._comparison is None else ""
        if self._comparison is None or self.outcome is None:
            return
        self.frame.max = len(self._comparison.numbers) - 1
        self.frame.value = min(self.frame.value, self.frame.max)
        result = self.outcome.result
        size = result.stat().st_size
        self.download.disabled = size > _MAX_DOWNLOAD_BYTES
        verb = "written to" if self.download.disabled else "download"
        self.download.description = f"{verb} {result.name} ({size:,} bytes)"
        self._show_picture()

    def _save(self, button: Any = None) -> None:
        del button
        if self.outcome is None:
            return
        self._script.clear_output()
        with self._script:
            display(Javascript(_saving_script(self.outcome.result)))

    def _show_picture(self, change: Any = None) -> None:
        del change
        if self._comparison is not None:
            self.picture.value = self._comparison.png(self.frame.value, self.split.value)


def _saving_script(path: Path) -> str:
    """JavaScript that makes the browser save a file. JupyterLab removes links that contain data."""
    data = base64.b64encode(path.read_bytes()).decode()
    return (
        "const link = document.createElement('a');"
        f"link.download = {json.dumps(path.name)};"
        f"link.href = 'data:application/octet-stream;base64,{data}';"
        "link.click();"
    )
