"""Any frame of a stream that can seek: one segment is read, and decoded up to the frame."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Iterator
from fractions import Fraction

from codec.decoder.networks import StreamNetworks
from codec.decoder.pipeline import DecodeOptions
from codec.decoder.segment import Receiver, decode_segment
from codec.decoder.segment_cache import SegmentCache
from codec.errors import StreamError
from codec.stream_header import unpack_header, unpack_times
from codec.video.picture import Frame, Picture
from container_format import SeekingReader, SegmentRecord
from container_format.errors import about

DEFAULT_CACHE_BYTES = 2**28
"""Decoded pictures that are kept, unless the user says otherwise."""

_NO_OPTIONS = DecodeOptions()

Seconds = float | Fraction
"""A moment. One of float is compared with times that are rounded to float, so that a frame is found by its own."""


class FrameAccess:
    """Gives the frames of a stream in any order: the pictures that a decode from front to back gives.

    A frame costs at most its segment. What was decoded on the way is kept within ``cache_bytes``, so that one frame
    after another costs each picture once. Threads may share it; they take turns. A segment's own checksums are compared
    at its checkpoints and, with its last frame, at its end.

    Args:
        reader: of the stream.
        options: gray only, whether checksums of color are compared, VGG16; the others are of no use here.
        cache_bytes: decoded pictures that are kept.

    Attributes:
        info: the video's description.
        num_frames: in the stream.

    Raises:
        UnsupportedError: this version does not have what the stream needs.
        StreamError: parts of the header contradict each other, or the stream has no frames.
    """

    def __init__(
        self,
        reader: SeekingReader,
        options: DecodeOptions = _NO_OPTIONS,
        *,
        cache_bytes: int = DEFAULT_CACHE_BYTES,
    ) -> None:
        if not reader.num_frames:
            raise StreamError("expected a stream with at least one frame. Received: none")
        description = unpack_header(reader.header)
        networks = StreamNetworks(options.vgg16)
        for record in reader.networks:
            networks.add(record)
        self._reader = reader
        self._levels = description.levels
        self._receiver = Receiver.of(
            description, networks, reader.header.color, gray=options.gray, verify=options.verify
        )
        self._first_frames = [place.first_frame for place in reader.segments]
        self._times: dict[int, tuple[list[int], int | None]] = {}
        self._last: SegmentRecord | None = None
        self._cache = SegmentCache(self._decoded, cache_bytes)
        self._lock = threading.RLock()
        self.info = description.info
        self.num_frames = reader.num_frames

    def frame(self, index: int) -> Frame:
        """A frame.

        Args:
            index: 0 to ``num_frames`` - 1.

        Raises:
            InputError: a network asks for weights that are not here.
            StreamError: the segment is damaged, or was not decoded as the sender did.
        """
        segment = bisect_right(self._first_frames, index) - 1
        place = index - self._first_frames[segment]
        with self._lock, about(segment=segment):
            picture = self._cache.picture(segment, place)
            times, last_duration = self._segment_times(segment)
        if self._levels is not None:
            picture = self._levels.restored(picture)
        duration = times[place + 1] - times[place] if place + 1 < len(times) else last_duration
        return Frame(picture, times[place], duration)

    def index_at(self, seconds: Seconds) -> int:
        """The frame that is on display at a moment: the last one that does not begin later.

        Reads as few segments as it can, and decodes none.

        Args:
            seconds: of the video's own clock, as ``pts`` times the time base.

        Returns:
            Its index; -1 before the first frame. Behind the end it is the last frame's.
        """
        with self._lock:
            low, high = 0, len(self._first_frames)  # the segments before low do not begin later, those from high on do
            guess = self._guess(seconds)
            while low < high:
                times = self._segment_times(guess)[0]
                if self._begins_later(times[0], seconds):
                    high = guess
                else:
                    low = guess + 1
                    if self._begins_later(times[-1], seconds):
                        break
                guess = (low + high) // 2
            if low == 0:
                return -1
            times = self._segment_times(low - 1)[0]
            place = bisect_right(times, False, key=lambda pts: self._begins_later(pts, seconds))
            return self._first_frames[low - 1] + place - 1

    def times_of(self, index: int) -> tuple[Fraction, Fraction | None]:
        """When a frame begins and ends, in seconds. Decodes nothing.

        A frame whose duration the stream does not say, as the last one of a segment may be, lasts as long as frames of
        the nominal rate; without a rate it is not known when it ends, which is None.
        """
        segment = bisect_right(self._first_frames, index) - 1
        place = index - self._first_frames[segment]
        with self._lock:
            times, last_duration = self._segment_times(segment)
        duration = times[place + 1] - times[place] if place + 1 < len(times) else last_duration
        begin, unit, rate = times[place] * self.info.time_base, self.info.time_base, self.info.frame_rate
        if duration is not None:
            return begin, begin + duration * unit
        return begin, None if rate is None else begin + 1 / rate

    def clear(self) -> None:
        """Give up what was decoded."""
        with self._lock:
            self._cache.clear()

    def _decoded(self, segment: int) -> tuple[Iterator[Picture], int]:
        record = self._record(segment)
        return decode_segment(self._receiver, record), record.num_frames

    def _record(self, segment: int) -> SegmentRecord:
        """A segment; the last one is kept, since its times are often asked for before its pictures."""
        if self._last is None or self._last.index != segment:
            self._last = self._reader.read(segment)
            self._times[segment] = (unpack_times(self._last), self._last.last_duration)
        return self._last

    def _segment_times(self, segment: int) -> tuple[list[int], int | None]:
        """The times of a segment's frames, and the duration of the last one; a few numbers a frame are kept."""
        if segment not in self._times:
            self._record(segment)
        return self._times[segment]

    def _begins_later(self, pts: int, seconds: Seconds) -> bool:
        begin = pts * self.info.time_base
        return (float(begin) if isinstance(seconds, float) else begin) > seconds

    def _guess(self, seconds: Seconds) -> int:
        """The segment where the moment is if the frame rate is constant, and the first frame is at 0."""
        frame = int(Fraction(seconds) * (self.info.frame_rate or 0))
        return max(0, bisect_right(self._first_frames, frame) - 1)
