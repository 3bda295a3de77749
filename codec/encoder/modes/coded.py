"""`coded`: color by the hints alone; what `guided` becomes where a network does not pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from codec.encoder.modes.guided import HintedMode
from container_format.records import Color


@dataclass(frozen=True, kw_only=True)
class Coded(HintedMode):
    """Color by the hints alone. ``effort`` and ``max_seconds`` are for the gray's predictor, where it has one."""

    color: ClassVar[Color] = Color.CODED
    summary: ClassVar[str] = "by the hints alone"
    has_network: ClassVar[bool] = False
