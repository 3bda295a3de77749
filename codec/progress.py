"""Progress reports of the pipelines. The library never prints; a command shows the progress that it receives here."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Receives the stages of a job, one after another."""

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """A stage begins.

        Args:
            stage: a few words that say what is done.
            total: units of work in this stage; None if the number is not known.
            unit: the name of the unit, in the plural.
        """

    def advance(self, done: int, detail: str = "") -> None:
        """A part of the current stage is finished.

        Args:
            done: units of the stage that are finished, in total.
            detail: a few words to show beside the progress bar.
        """

    def finish(self) -> None:
        """The last stage has ended."""


class Silent:
    """A progress that shows nothing."""

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """Ignored."""

    def advance(self, done: int, detail: str = "") -> None:
        """Ignored."""

    def finish(self) -> None:
        """Ignored."""
