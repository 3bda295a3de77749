"""Candidates: tracks and the bytes that they are estimated to cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Candidate(Generic[T]):
    """A track and the bytes that it is estimated to cost.

    Attributes:
        track: carries gray, color or both.
        num_bytes: the estimated bytes of one segment of the video's mean length for each run
            of the probe, summed over all runs.
    """

    track: T
    num_bytes: Fraction


def smallest(candidates: Iterable[Candidate[T]]) -> Candidate[T]:
    """The candidate with the fewest bytes; the first one of equals."""
    return min(candidates, key=lambda candidate: candidate.num_bytes)
