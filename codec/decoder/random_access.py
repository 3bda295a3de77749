"""Any frame of a stream that can seek: one segment is read, and decoded up to the frame."""

from __future__ import annotations

import threading
from fractions import Fraction

from codec.decoder.networks import StreamNetworks
from codec.decoder.pipeline import DecodeOptions
from codec.decoder.segment import DecodingSegment, Receiver, begin_segment
from codec.decoder.segment_cache import SegmentCache
from codec.decoder.segment_times import Seconds, SegmentTimes
from codec.errors import StreamError
from codec.stream_header import unpack_header
from codec.video.picture import Frame
from codec.video.recoding import restored
from container_format import SeekingReader
from container_format.errors import about

DEFAULT_CACHE_BYTES = 2**28
"""Decoded pictures that are kept, unless the user says otherwise."""

_NO_OPTIONS = DecodeOptions()


class FrameAccess:
    """Gives the frames of a stream in any order: the pictures that a decode from front to back gives.

    A frame costs at most its segment. What was decoded on the way is kept within ``cache_bytes``, so that one frame
    after another costs each picture once. Color by hints or a network without memory is made for the frames that are
    asked for. Threads may share it; they take turns. A segment's own checksums are compared at its checkpoints and,
    with its last frame, at its end; that takes the color of all frames before.

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
        self._reader, self._networks = reader, networks
        self._recoding, self._gray = description.recoding, options.gray
        self._receiver = Receiver.of(
            description, networks, reader.header.color, gray=options.gray, verify=options.verify
        )
        self._times = SegmentTimes(reader, description.info)
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
        segment, place = self._times.place_of(index)
        with self._lock, about(segment=segment):
            picture = self._cache.picture(segment, place)
            times, last_duration = self._times.of_segment(segment)
        picture = restored(self._recoding, picture, gray=self._gray)
        duration = times[place + 1] - times[place] if place + 1 < len(times) else last_duration
        return Frame(picture, times[place], duration)

    def index_at(self, seconds: Seconds) -> int:
        """See :meth:`SegmentTimes.index_at`."""
        with self._lock:
            return self._times.index_at(seconds)

    def times_of(self, index: int) -> tuple[Fraction, Fraction | None]:
        """See :meth:`SegmentTimes.times_of`."""
        with self._lock:
            return self._times.times_of(index)

    def clear(self) -> None:
        """Give up what was decoded."""
        with self._lock:
            self._cache.clear()

    def _decoded(self, segment: int) -> tuple[DecodingSegment, int]:
        record = self._times.record(segment)
        if record.network:
            self._networks.take_update(self._reader.update(segment, record.network))
        return begin_segment(self._receiver, record), record.num_frames
