"""The interface of a contender, which codes a prepared clip into a file and decodes that file to raw frames."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from benchmarks.material import Material
from benchmarks.measure import Finished

Run = Callable[[Sequence[str]], Finished]
"""Runs a command and measures it; a contender does its work through this, so that all are measured alike."""


@dataclass(frozen=True)
class Coded:
    """Facts about the file that a contender made.

    Attributes:
        parts_bytes: bytes by part, the same names as in :class:`benchmarks.results.Record`; their sum is what the
            contender is charged.
        version: of the encoder, as it calls itself.
        stage_seconds: wall time by stage, where the encoder reports it.
        details: other facts that it reports.
    """

    parts_bytes: dict[str, int]
    version: str
    stage_seconds: dict[str, float] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)


class Contender(Protocol):
    """One way to code a video, with all its settings.

    Attributes:
        name: the coder's.
        settings: what distinguishes it from the same coder's other rows; may be empty.
        extension: of its files.
        options: every option by name.
        seed: of everything random; None where nothing is.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def settings(self) -> str: ...  # noqa: D102
    @property
    def extension(self) -> str: ...  # noqa: D102
    @property
    def options(self) -> dict[str, str | int | float | bool | None]: ...  # noqa: D102
    @property
    def seed(self) -> int | None: ...  # noqa: D102

    def encode_command(self, material: Material, target: Path) -> list[str]:
        """The command that makes the file."""

    def decode_command(self, material: Material, source: Path, target: Path) -> list[str]:
        """The command that makes raw frames, in the material's pixel format, of the file."""

    def coded(self, finished: Finished, target: Path) -> Coded:
        """What the encoder's output and its file tell."""


def key_of(contender: Contender) -> str:
    """Name and settings as one word, unique among contenders."""
    return "-".join([contender.name, *contender.settings.replace("=", "").split()])
