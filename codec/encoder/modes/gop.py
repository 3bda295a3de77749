"""The most frames of a segment, as a number or as a time. Light to import."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction

from codec.errors import InputError

MAX_FRAMES = 4096
OPTION = "--gop"


@dataclass(frozen=True)
class Gop:
    """The most frames of a segment, or the most seconds.

    Attributes:
        frames: 1 to ``MAX_FRAMES``; None if it is a time.
        seconds: over 0; None if it is a number of frames.

    Raises:
        InputError: neither or both, or out of range.
    """

    frames: int | None = None
    seconds: Fraction | None = None

    def __post_init__(self) -> None:
        if (self.frames is None) == (self.seconds is None):
            raise InputError(f"expected {OPTION} as frames or as seconds. Received: {self}", option=OPTION)
        if (self.frames is not None and not 1 <= self.frames <= MAX_FRAMES) or (
            self.seconds is not None and not 0 < self.seconds <= 3600
        ):
            received = self.frames if self.seconds is None else f"{float(self.seconds):g}s"
            raise InputError(
                f"expected {OPTION} of 1 to {MAX_FRAMES} frames, or of over 0s to 3600s. Received: {received}",
                option=OPTION,
            )

    def __str__(self) -> str:
        """As the option takes it."""
        return str(self.frames) if self.seconds is None else f"{float(self.seconds):g}s"

    @classmethod
    def parse(cls, text: str) -> Gop:
        """``48`` to frames, ``2s`` or ``0.5s`` to seconds.

        Raises:
            InputError: it is neither.
        """
        match = re.fullmatch(r"(\d{1,9})|(\d{1,9}(?:\.\d{1,9})?)s", text)
        if match is None:
            raise InputError(
                f"expected {OPTION} as frames such as 48, or as seconds such as 2s. Received: {text}", option=OPTION
            )
        return cls(frames=int(match[1])) if match[1] else cls(seconds=Fraction(match[2]))

    def most_frames(self, frame_rate: Fraction) -> int:
        """The most frames of a segment at this rate; 1 at least."""
        if self.seconds is None:
            return self.frames or 1
        return max(1, math.floor(self.seconds * frame_rate))
