"""The report of ``gvc-cut`` and ``gvc-join`` (docs/reports.md)."""

from __future__ import annotations

from dataclasses import dataclass

from codec.version import PROGRAM


@dataclass(frozen=True, kw_only=True)
class SpliceReport:
    """The report of a cut or a join.

    Attributes:
        event: ``cut`` or ``joined``.
        inputs, output: the streams as given on the command line.
        frames, segments: the number of each in the output.
        first_frame: the number that the output's first frame has in the input of a cut; 0 of a join.
        total_bytes: the size of the output.
        seconds: the wall time.
        notes: remarks about what is not as it was.
    """

    event: str
    inputs: tuple[str, ...]
    output: str
    frames: int
    segments: int
    first_frame: int
    total_bytes: int
    seconds: float
    notes: tuple[str, ...] = ()
    program: str = PROGRAM
