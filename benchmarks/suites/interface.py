"""The parts of a suite: cases to measure, and sections that show the records of those cases."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from benchmarks.cases import Case
from benchmarks.clips import LocatedClip
from benchmarks.figures import Section
from benchmarks.material import Preparation
from benchmarks.results import Record


@dataclass(frozen=True)
class Suite:
    """Measurements that answer one question about gvc.

    Attributes:
        name: as it is typed.
        shows: one line: the question that it answers.
        cases: gives what to measure on the available clips.
        sections: shows the outcome. It is given the records of all suites, and picks its own by their preparation.
    """

    name: str
    shows: str
    cases: Callable[[Sequence[LocatedClip]], list[Case]]
    sections: Callable[[Sequence[Record]], list[Section]]

    @property
    def command(self) -> str:
        """What a reader types to run it."""
        return f"python -m benchmarks run {self.name}"


def prepared_as(records: Iterable[Record], *preparations: Preparation) -> list[Record]:
    """The records whose material was made by one of these preparations."""
    return [
        record
        for record in records
        if record.case.partition("/")[0] in {preparation.key(record.material.clip) for preparation in preparations}
    ]


def by_clip(records: Iterable[Record]) -> dict[str, list[Record]]:
    """Records by the name of their clip, in alphabetical order."""
    clips: dict[str, list[Record]] = {}
    for record in sorted(records, key=lambda record: (record.material.clip, record.case)):
        clips.setdefault(record.material.clip, []).append(record)
    return clips


def geometric_mean(values: Iterable[float]) -> float | None:
    """The geometric mean of positive numbers; None if there are none."""
    logarithms = [math.log(value) for value in values]
    return math.exp(sum(logarithms) / len(logarithms)) if logarithms else None


def duration_seconds(record: Record) -> float:
    """Length of the prepared video, in seconds."""
    return float(record.material.num_frames / Fraction(record.material.frame_rate))
