"""A progress bar widget with a counter and the elapsed time."""

from __future__ import annotations

import time
from collections.abc import Callable

import ipywidgets as widgets

_SECONDS_BETWEEN = 0.2  # more frequent messages would only load the connection


class WidgetProgress:
    """Shows the stages of a job.

    Args:
        clock: seconds from any start.

    Attributes:
        box: the widget.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._bar = widgets.FloatProgress(min=0, max=1, layout=widgets.Layout(width="320px"))
        self._label = widgets.Label("ready")
        self.box = widgets.HBox([self._bar, self._label])
        self._clock = clock
        self._start = clock()
        self._shown = -_SECONDS_BETWEEN
        self._stage, self._total, self._unit = "", 0, ""

    def restart(self) -> None:
        """Begin a job, and count its time from now."""
        self._start = self._clock()

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """See :class:`codec.progress.Progress`."""
        self._stage, self._total, self._unit = stage, total or 0, unit
        self._show(0, "")

    def advance(self, done: int, detail: str = "") -> None:
        """See :class:`codec.progress.Progress`."""
        if done >= self._total > 0 or self._clock() - self._shown >= _SECONDS_BETWEEN:
            self._show(done, detail)

    def finish(self) -> None:
        """See :class:`codec.progress.Progress`."""
        self._bar.value = 1
        self._label.value = f"done in {self._clock() - self._start:.0f} s"

    def fail(self) -> None:
        """Show that the job ended with an error."""
        self._label.value = f"failed after {self._clock() - self._start:.0f} s"

    def _show(self, done: int, detail: str) -> None:
        self._shown = self._clock()
        self._bar.value = min(1.0, done / self._total) if self._total else 0.0
        of = f" of {self._total}" if self._total else ""
        words = f"{self._stage}: {done}{of} {self._unit}, {self._shown - self._start:.0f} s"
        self._label.value = f"{words}, {detail}" if detail else words
