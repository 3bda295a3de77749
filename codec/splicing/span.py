"""Which segments hold a part of a stream."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from codec.decoder.segment_times import Seconds, SegmentTimes
from codec.errors import InputError
from codec.stream_header import unpack_header
from codec.video.selection import Selection
from container_format import SeekingReader


@dataclass(frozen=True)
class Span:
    """Adjacent segments, and the frames for which they are there. Stops are the first ones behind.

    Attributes:
        first_segment, stop_segment: the segments.
        first_frame, stop_frame: the frames in them.
        wanted_first, wanted_stop: the frames that were asked for.
    """

    first_segment: int
    stop_segment: int
    first_frame: int
    stop_frame: int
    wanted_first: int
    wanted_stop: int

    @property
    def is_exact(self) -> bool:
        """Whether no other frames than the wanted ones are in the segments."""
        return (self.first_frame, self.stop_frame) == (self.wanted_first, self.wanted_stop)


def span_of(reader: SeekingReader, selection: Selection) -> Span:
    """The segments that hold the selected frames.

    Args:
        reader: of a stream.
        selection: adjacent frames (``every`` is 1).

    Raises:
        InputError: the stream has no such frame.
        StreamError: a segment that had to be read is damaged.
    """
    num_frames = reader.num_frames
    first = selection.first
    stop = num_frames if selection.stop is None else min(selection.stop, num_frames)
    if num_frames and (selection.start_seconds or selection.end_seconds is not None):
        times = SegmentTimes(reader, unpack_header(reader.header).info)
        origin = times.times_of(0)[0]
        if selection.start_seconds:
            first = max(first, _first_at(times, origin + selection.start_seconds))
        if selection.end_seconds is not None:
            stop = min(stop, _first_at(times, origin + selection.end_seconds))
    if first >= stop:
        raise InputError(
            f"expected frames in the part that was asked for. Received: a stream of {num_frames} frames, none of them "
            "there"
        )
    first_frames = [place.first_frame for place in reader.segments]
    first_segment = bisect_right(first_frames, first) - 1
    stop_segment = bisect_left(first_frames, stop)
    return Span(
        first_segment,
        stop_segment,
        first_frames[first_segment],
        num_frames if stop_segment == len(first_frames) else first_frames[stop_segment],
        first,
        stop,
    )


def check_exact(reader: SeekingReader, span: Span) -> None:
    """Make sure that a span has no other frames than the wanted ones.

    Raises:
        InputError: it has, and the nearest borders are in the message.
    """
    if span.is_exact:
        return
    times = SegmentTimes(reader, unpack_header(reader.header).info)
    parts = []
    for wanted in (span.wanted_first, span.wanted_stop):
        segment, place = times.place_of(wanted) if wanted < reader.num_frames else (0, 0)
        if place:
            begin = reader.segments[segment].first_frame
            stop = begin + reader.segments[segment].num_frames
            parts.append(f"{wanted} is between {_border(reader, times, begin)} and {_border(reader, times, stop)}")
    raise InputError(
        f"expected borders of segments with --exact. Received: frames {span.wanted_first}:{span.wanted_stop}, "
        f"of which {', '.join(parts)}",
        option="--exact",
    )


def _first_at(times: SegmentTimes, seconds: Seconds) -> int:
    """The first frame that begins at a moment or later; the number of frames if there is none."""
    found = times.index_at(seconds)
    return found if found >= 0 and times.times_of(found)[0] == seconds else found + 1


def _border(reader: SeekingReader, times: SegmentTimes, frame: int) -> str:
    """A border as a frame, and as a time that means this frame for ``--start`` and ``--end``."""
    if frame == reader.num_frames:
        return f"{frame} (the end)"
    seconds = times.times_of(frame)[0] - times.times_of(0)[0]
    return f"{frame} ({math.floor(seconds * 1000) / 1000:g} s)"
