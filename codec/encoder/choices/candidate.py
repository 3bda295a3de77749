"""Tracks beside what they would cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Candidate(Generic[T]):
    """A track, or more than one, and the bytes that it is estimated to cost.

    Attributes:
        track: how gray, color or both are carried.
        num_bytes: of segments of :data:`codec.plane_codecs.SEGMENT_FRAMES` frames that go on as the probe's runs do,
            over all runs.
    """

    track: T
    num_bytes: Fraction


def smallest(candidates: Iterable[Candidate[T]]) -> Candidate[T]:
    """The candidate with the fewest bytes; the first of those that are alike."""
    return min(candidates, key=lambda candidate: candidate.num_bytes)
