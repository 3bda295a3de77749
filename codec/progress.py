"""How the pipelines tell how far they are. The library never prints; a command shows what it is told here."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Receives the stages of a job, one after another."""

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """A stage begins: ``total`` units of work, None if that is not known."""

    def advance(self, done: int, detail: str = "") -> None:
        """``done`` units of the current stage are finished; ``detail`` is a few words beside the bar."""

    def finish(self) -> None:
        """The last stage ended."""


class Silent:
    """Shows nothing."""

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """Ignored."""

    def advance(self, done: int, detail: str = "") -> None:
        """Ignored."""

    def finish(self) -> None:
        """Ignored."""
