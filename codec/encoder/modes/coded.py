"""`coded`: color by the hints alone; what `guided` becomes where a network does not pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from codec.encoder.modes.guided import HintedMode
from container_format.records import Color


@dataclass(frozen=True, kw_only=True)
class Coded(HintedMode):
    """Color by the hints alone."""

    color: ClassVar[Color] = Color.CODED
    summary: ClassVar[str] = "by the hints alone"

    @property
    def network_training(self) -> None:
        """There is no network."""
        return
