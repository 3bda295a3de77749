"""Recordings whose clock did not start at 0, in containers that would show nothing until it comes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from codec.video.info import Chapter, CopyPacket, VideoInfo

_LEAST_SECONDS = 1


class Start:
    """Moves all times of a video so that it starts at 0, if it starts a second or more away from it.

    Picture, sound and chapters are moved by the same time, as far as their units are that fine.

    Attributes:
        seconds: what is taken from each time; 0 if nothing is moved.
    """

    def __init__(self, info: VideoInfo) -> None:
        start = info.start_pts * info.time_base
        self.seconds = start if abs(start) >= _LEAST_SECONDS else Fraction(0)
        self._pts = info.start_pts if self.seconds else 0
        self._units = [round(self.seconds / stream.time_base) for stream in info.copy_streams]

    @property
    def notes(self) -> tuple[str, ...]:
        """A line for a person if times are moved."""
        moved = f"the recording starts at {float(self.seconds):.3f} s: all times are moved so that it starts at 0"
        return (moved,) if self.seconds else ()

    def pts(self, pts: int) -> int:
        """The moved time of a frame, in units of the video's time base."""
        return pts - self._pts

    def packet(self, packet: CopyPacket) -> CopyPacket:
        """A packet at its moved time."""
        units = self._units[packet.stream]
        if not units:
            return packet
        pts = None if packet.pts is None else packet.pts - units
        return replace(packet, pts=pts, dts=None if packet.dts is None else packet.dts - units)

    def chapter(self, chapter: Chapter) -> Chapter:
        """A chapter at its moved time; none starts before 0."""
        units = round(self.seconds / chapter.time_base)
        return replace(chapter, start=max(0, chapter.start - units), end=max(0, chapter.end - units))
