"""Progress bars on a terminal: stage, bar, share, units done, units per second, time left, and a short text."""

from __future__ import annotations

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from codec.cli.printing import visible


class ProgressBar:
    """Shows stages as bars on standard error; see :class:`codec.progress.Progress`."""

    def __init__(self) -> None:
        self._bars = Progress(
            TextColumn("{task.description:<21}"),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]}"),
            TextColumn("{task.fields[speed]}"),
            TimeRemainingColumn(compact=True, elapsed_when_finished=True),
            TextColumn("{task.fields[detail]}"),
            console=Console(stderr=True),
            transient=False,
        )
        self._task: TaskID | None = None
        self._bars.start()

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """See :class:`codec.progress.Progress`."""
        self._end_task()
        self._task = self._bars.add_task(visible(stage), total=total, unit=unit, speed="", detail="")

    def advance(self, done: int, detail: str = "") -> None:
        """See :class:`codec.progress.Progress`."""
        if self._task is None:
            return
        speed = self._bars.tasks[self._task].speed
        self._bars.update(self._task, completed=done, detail=visible(detail), speed=f"{speed:.1f}/s" if speed else "")

    def finish(self) -> None:
        """See :class:`codec.progress.Progress`."""
        self._end_task()
        self._bars.stop()

    def _end_task(self) -> None:
        if self._task is not None:
            done = self._bars.tasks[self._task].completed
            self._bars.update(self._task, total=done, completed=done)
            self._task = None
