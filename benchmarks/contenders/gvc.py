"""gvc itself, through its installed commands."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.contenders.interface import Coded
from benchmarks.material import Material
from benchmarks.measure import Finished
from codec.encoder.modes import Chroma

DETAILS = (
    "hints",
    "color_target",
    "keyframes",
    "segments",
    "epochs",
    "luma",
    "chroma",
    "network_psnr_float_db",
    "network_psnr_quantized_db",
    "backend",
    "device",
    "notes",
)
"""What is kept of the encoder's report, beside bytes and seconds."""


@dataclass(frozen=True, kw_only=True)
class Gvc:
    """gvc in one of its modes.

    Attributes:
        settings: what a table calls this mode.
        arguments: options of ``gvc-encode`` by their long names, without the dashes.
        workers: of both commands; None for their default.
    """

    settings: str
    arguments: dict[str, str | int | float] = field(default_factory=dict)
    workers: int | None = None
    name: str = "gvc"
    extension: str = "gvc"

    @property
    def seed(self) -> int:
        """Gvc's own default unless it is given."""
        return int(self.arguments.get("seed", 0))

    @property
    def options(self) -> dict[str, str | int | float | bool | None]:
        """Options of ``gvc-encode``."""
        return {**self.arguments, **({} if self.workers is None else {"workers": self.workers})}

    @property
    def _workers(self) -> list[str]:
        return [] if self.workers is None else ["--workers", str(self.workers)]

    def encode_command(self, material: Material, target: Path) -> list[str]:
        """See :class:`benchmarks.contenders.interface.Contender`."""
        options = [word for name, value in self.arguments.items() for word in (f"--{name}", str(value))]
        options += self._workers
        return ["gvc-encode", str(material.path), str(target), *material.geometry_options, *options, "--json", "-y"]

    def decode_command(self, material: Material, source: Path, target: Path) -> list[str]:
        """See :class:`benchmarks.contenders.interface.Contender`."""
        del material
        return ["gvc-decode", str(source), str(target), *self._workers, "-q", "-y"]

    def coded(self, finished: Finished, target: Path) -> Coded:
        """See :class:`benchmarks.contenders.interface.Contender`."""
        report = json.loads(finished.stdout)
        parts = {part: report[f"{part}_bytes"] for part in ("luma", "color", "network", "other")}
        if sum(parts.values()) != target.stat().st_size:
            raise ValueError(f"expected parts that add up to {target.stat().st_size} bytes. Received: {parts}")
        if report["chroma"] == Chroma.JOINT:
            parts["picture"] = parts.pop("luma")
        details = {name: report[name] for name in DETAILS}
        return Coded(parts, report["program"], report["stage_seconds"], details)


GRAY_ONLY = Gvc(settings="gray only", arguments={"color": "none"})
"""No color at all: what the gray costs, and what a receiver without color sees."""

LOSSLESS = Gvc(settings="adaptive", arguments={"color": "lossless", "speed": "standard"})
"""Every bit of the picture, by whatever codes it smallest: adaptive planes, mostly."""
SWIFT_LOSSLESS = Gvc(settings="adaptive, swift", arguments={"color": "lossless", "speed": "swift"})
MAX_LOSSLESS = Gvc(settings="adaptive, max", arguments={"color": "lossless", "speed": "max"})
_NETWORKS: dict[str, str | int | float] = {"color": "lossless", "luma": "network", "chroma": "network"}
NETWORK_LOSSLESS = Gvc(settings="lossless, no training", arguments={**_NETWORKS, "effort": "none"})
"""Every bit of the picture, by the networks of the first generation."""
TRAINED_LOSSLESS = Gvc(settings="lossless", arguments=_NETWORKS)
"""The same with networks trained on the video."""


def near_lossless(max_error: int) -> Gvc:
    """Mode ``lossless`` with chroma samples that differ by up to ``max_error`` code values; the gray is exact."""
    return Gvc(
        settings=f"within {max_error}", arguments={"color": "lossless", "effort": "none", "max-error": max_error}
    )
