"""When frames are shown: found in as few segments as possible, without decoding any."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction

from codec.stream_header import unpack_times
from codec.video.info import VideoInfo
from container_format import SeekingReader, SegmentRecord

Seconds = float | Fraction
"""A moment. One of float is compared with times that are rounded to float, so that a frame is found by its own."""


class SegmentTimes:
    """The times of the frames of a stream that can seek. What was found is kept: a few numbers a frame.

    Not for several threads at once.

    Args:
        reader: of the stream.
        info: of the video.
    """

    def __init__(self, reader: SeekingReader, info: VideoInfo) -> None:
        self._reader = reader
        self._info = info
        self._first_frames = [place.first_frame for place in reader.segments]
        self._found: dict[int, tuple[list[int], int | None]] = {}
        self._last: tuple[int, SegmentRecord] | None = None

    def place_of(self, index: int) -> tuple[int, int]:
        """The segment of a frame, and the frame's place in it."""
        segment = bisect_right(self._first_frames, index) - 1
        return segment, index - self._first_frames[segment]

    def index_at(self, seconds: Seconds) -> int:
        """The frame that is on display at a moment: the last one that does not begin later.

        Reads as few segments as it can, and decodes none.

        Args:
            seconds: of the video's own clock, as ``pts`` times the time base.

        Returns:
            Its index; -1 before the first frame. Behind the end it is the last frame's.
        """
        low, high = 0, len(self._first_frames)  # the segments before low do not begin later, those from high on do
        guess = self._guess(seconds)
        while low < high:
            times = self.of_segment(guess)[0]
            if self._begins_later(times[0], seconds):
                high = guess
            else:
                low = guess + 1
                if self._begins_later(times[-1], seconds):
                    break
            guess = (low + high) // 2
        if low == 0:
            return -1
        times = self.of_segment(low - 1)[0]
        place = bisect_right(times, False, key=lambda pts: self._begins_later(pts, seconds))
        return self._first_frames[low - 1] + place - 1

    def times_of(self, index: int) -> tuple[Fraction, Fraction | None]:
        """When a frame begins and ends, in seconds. Decodes nothing.

        A frame whose duration the stream does not say, as the last one of a segment may be, lasts as long as frames of
        the nominal rate; without a rate it is not known when it ends, which is None.
        """
        segment, place = self.place_of(index)
        times, last_duration = self.of_segment(segment)
        duration = times[place + 1] - times[place] if place + 1 < len(times) else last_duration
        begin, unit, rate = times[place] * self._info.time_base, self._info.time_base, self._info.frame_rate
        if duration is not None:
            return begin, begin + duration * unit
        return begin, None if rate is None else begin + 1 / rate

    def record(self, segment: int) -> SegmentRecord:
        """A segment; the last one is kept, since its times are often asked for before its pictures."""
        if self._last is None or self._last[0] != segment:  # its own index may be another one, in what was joined late
            record = self._reader.read(segment)
            self._last = segment, record
            self._found[segment] = (unpack_times(record), record.last_duration)
        return self._last[1]

    def of_segment(self, segment: int) -> tuple[list[int], int | None]:
        """The times of a segment's frames, and the duration of the last one; a few numbers a frame are kept."""
        if segment not in self._found:
            self.record(segment)
        return self._found[segment]

    def _begins_later(self, pts: int, seconds: Seconds) -> bool:
        begin = pts * self._info.time_base
        return (float(begin) if isinstance(seconds, float) else begin) > seconds

    def _guess(self, seconds: Seconds) -> int:
        """The segment where the moment is if the frame rate is constant, and the first frame is at 0."""
        frame = int(Fraction(seconds) * (self._info.frame_rate or 0))
        return max(0, bisect_right(self._first_frames, frame) - 1)
