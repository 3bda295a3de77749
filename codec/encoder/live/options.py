"""What a person can choose about a live stream. Light to import."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from codec.encoder.modes.mode import check_range

LATENCY_OPTION, REPEAT_OPTION = "--latency", "--repeat"
_SEGMENT_SHARE = 0.5
"""Of the latency: a segment's first frame waits for its last one, and what is coded for the next stage."""
_WAITING_SHARE = 0.5
"""Of the latency: frames that wait to be coded, at most."""


@dataclass(frozen=True, kw_only=True)
class LiveOptions:
    """Options of a live stream.

    Attributes:
        latency_seconds: from a frame's arrival here to its picture at the receiver, about, 0.2 to 60.
        repeat_seconds: in one stream for one receiver, from a place where another may join to the next, 0.2 to 3600.
        max_frames: end after so many frames; None for no end.

    Raises:
        InputError: a value out of its range.
    """

    latency_seconds: float = 2.0
    repeat_seconds: float = 5.0
    max_frames: int | None = None

    def __post_init__(self) -> None:
        check_range(LATENCY_OPTION, self.latency_seconds, 0.2, 60)
        check_range(REPEAT_OPTION, self.repeat_seconds, 0.2, 3600)

    @property
    def segment_seconds(self) -> float:
        """The longest segment."""
        return self.latency_seconds * _SEGMENT_SHARE

    def segment_frames(self, frame_rate: Fraction) -> int:
        """The most frames of a segment of such video."""
        return max(1, int(self.segment_seconds * frame_rate))

    def waiting_frames(self, frame_rate: Fraction) -> int:
        """The most frames that wait to be coded."""
        return max(4, int(self.latency_seconds * _WAITING_SHARE * frame_rate))
