"""A part of a video: by time, by number, and every so-many-th frame of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational

from codec.errors import InputError
from codec.video.info import VideoInfo

_MOST_UNITS = 10**6
"""Units a second of the finest time that a float means: the times of frames are exact fractions, and floats are not."""


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which frames of a video are wanted: those for which all of this holds.

    Attributes:
        start_seconds: they begin then or later, counted from the first frame's time. A float means the fraction next to
            it with a denominator of at most a million, so that 0.28 is the time of frame 7 at 25 frames a second.
        end_seconds: they begin before that, counted alike; None for no end.
        first: their number is this or higher, counted from 0.
        stop: their number is lower; None for no end.
        every: of those, the first one and then each so-many-th.

    Raises:
        InputError: no video has such frames.
    """

    start_seconds: Fraction | float = Fraction(0)
    end_seconds: Fraction | float | None = None
    first: int = 0
    stop: int | None = None
    every: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "start_seconds", _exact(self.start_seconds, "--start"))
        if self.end_seconds is not None:
            object.__setattr__(self, "end_seconds", _exact(self.end_seconds, "--end"))
        if self.start_seconds < 0:
            raise InputError(f"expected --start of 0 or more. Received: {float(self.start_seconds)}", option="--start")
        if self.end_seconds is not None and self.end_seconds <= self.start_seconds:
            raise InputError(
                f"expected --end behind the start, {float(self.start_seconds)}. Received: {float(self.end_seconds)}",
                option="--end",
            )
        if self.first < 0 or (self.stop is not None and self.stop <= self.first):
            raise InputError(
                f"expected --frames A:B with A from 0 on and B over A. Received: {self.first}:{self.stop}",
                option="--frames",
            )
        if self.every < 1:
            raise InputError(f"expected --every of 1 or more. Received: {self.every}", option="--every")

    @property
    def is_everything(self) -> bool:
        """Whether no frame is left out."""
        return self == EVERYTHING


def _exact(seconds: Fraction | float, option: str) -> Fraction:
    if isinstance(seconds, Rational):
        return Fraction(seconds)
    if not math.isfinite(seconds):
        raise InputError(f"expected a number of seconds as {option}. Received: {seconds}", option=option)
    return Fraction(float(seconds)).limit_denominator(_MOST_UNITS)


EVERYTHING = Selection()
"""No frame is left out."""


class Selector:
    """Says of one frame after another whether it is wanted.

    Args:
        selection: the frames that are wanted.
        info: of the video.
        origin_pts: the first frame's time, where that frame is not seen here; None to take it from what is seen first.

    Attributes:
        first_index: number of the first frame that was wanted; None before.
        over_pts: time of the first frame behind all that are wanted; None before.
    """

    def __init__(self, selection: Selection, info: VideoInfo, *, origin_pts: int | None = None) -> None:
        self._selection = selection
        self._info = info
        self._origin_pts = origin_pts
        self._num_within = 0
        self.first_index: int | None = None
        self.over_pts: int | None = None

    def takes(self, index: int, pts: int) -> bool:
        """Whether a frame is wanted.

        Args:
            index: of the frame, counted from 0; frames are asked for in order.
            pts: its time, in units of the video's time base.
        """
        wanted = self._selection
        seconds = self._seconds(index, pts)
        if (wanted.stop is not None and index >= wanted.stop) or (
            wanted.end_seconds is not None and seconds >= wanted.end_seconds
        ):
            self.over_pts = pts if self.over_pts is None else self.over_pts
            return False
        if index < wanted.first or (wanted.start_seconds and seconds < wanted.start_seconds):
            return False  # without a start, even frames that begin before the first one are wanted
        if self.first_index is None:
            self.first_index = index
        self._num_within += 1
        return (self._num_within - 1) % wanted.every == 0

    def _seconds(self, index: int, pts: int) -> Fraction:
        """The time of a frame, counted from the first frame's; by the frame rate if the first ones were lost."""
        unit = self._info.time_base
        if self._origin_pts is None:
            self._origin_pts = pts - (round(index / (self._info.frame_rate * unit)) if self._info.frame_rate else 0)
        return (pts - self._origin_pts) * unit
