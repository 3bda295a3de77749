"""The choice of what shows progress: a bar on a terminal, and elsewhere a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress

from codec.cli.printing import print_message
from codec.errors import OutputError
from codec.progress import Progress, Silent

_SECONDS_APART = 60.0


def progress_for(command: str, *, quiet: bool) -> Progress:
    """What shows the progress of a command.

    Args:
        command: its name.
        quiet: show nothing.

    Returns:
        A progress bar if standard error is a terminal, otherwise lines that are a minute apart.
    """
    if quiet:
        return Silent()
    if not sys.stderr.isatty():
        return ProgressLines(command)
    from codec.cli.progress_bar import ProgressBar  # imports rich, which takes a tenth of a second

    return ProgressBar()


class ProgressLines:
    """Prints a line about long stages on standard error; see :class:`codec.progress.Progress`.

    Args:
        command: its name, in front of each line.
        clock: seconds.
    """

    def __init__(self, command: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._command = command
        self._clock = clock
        self._printed = self._started = clock()
        self._stage, self._unit = "", ""
        self._total: int | None = None

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """See :class:`codec.progress.Progress`."""
        self._stage, self._total, self._unit, self._started = stage, total, unit, self._clock()

    def advance(self, done: int, detail: str = "") -> None:
        """See :class:`codec.progress.Progress`."""
        now = self._clock()
        if now - self._printed < _SECONDS_APART:
            return
        self._printed = now
        with suppress(OutputError):  # the work goes on, whoever reads of it
            print_message(f"{self._command}: {self._line(done, now - self._started, detail)}")

    def finish(self) -> None:
        """See :class:`codec.progress.Progress`."""

    def _line(self, done: int, seconds: float, detail: str) -> str:
        parts = [f"{self._stage}: {done} {self._unit}"]
        speed = done / seconds if seconds > 0 else 0.0
        if self._total:
            parts = [f"{self._stage}: {100 * done // self._total} %, {done} of {self._total} {self._unit}"]
        if speed > 0:
            parts.append(f"{speed:.1f}/s")
        if speed > 0 and self._total:
            left = round(max(0, self._total - done) / speed)
            parts.append(f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02} left")
        return ", ".join([*parts, *([detail] if detail else [])])
