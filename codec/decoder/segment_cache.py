"""Decoded pictures of segments, kept in bounded memory: those of the segments that were used last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from codec.decoder.segment import DecodingSegment
from codec.errors import StreamError
from codec.late_picture import LatePicture
from codec.video.picture import Picture


@dataclass
class _Decoding:
    """A segment that is decoded as far as it was asked for.

    Attributes:
        segment: what decodes it.
        num_pictures: in the whole segment.
        position: the place of the next picture that it gives.
        kept: pictures by their place in the segment; the first ones may be gone.
    """

    segment: DecodingSegment
    num_pictures: int
    position: int = 0
    kept: OrderedDict[int, LatePicture] = field(default_factory=OrderedDict)

    def close(self) -> None:
        """End the decoder."""
        with suppress(StreamError):
            self.segment.pictures.close()


class SegmentCache:
    """Gives pictures of segments, and decodes no further than the picture that is asked for.

    Not for several threads at once.

    Args:
        decode: starts the decoding of a segment, and says how many pictures it has.
        max_bytes: of the pictures that are kept. The one that was asked for last is kept in any case.
    """

    def __init__(self, decode: Callable[[int], tuple[DecodingSegment, int]], max_bytes: int) -> None:
        self._decode = decode
        self._max_bytes = max_bytes
        self._segments: OrderedDict[int, _Decoding] = OrderedDict()
        self.num_bytes = 0

    def picture(self, segment: int, place: int) -> Picture:
        """A picture of a segment.

        Args:
            segment: index of the segment.
            place: of the picture in the segment, counted from 0.

        Raises:
            StreamError: the segment is damaged; what was decoded of it is given up.
        """
        decoding = self._segments.get(segment)
        if decoding is not None and place in decoding.kept:
            self._segments.move_to_end(segment)
            return decoding.kept[place].picture()
        if decoding is None or decoding.position > place:
            self._drop(segment)
            decoding = _Decoding(*self._decode(segment))
            self._segments[segment] = decoding
        self._segments.move_to_end(segment)
        try:
            while decoding.position <= place:
                self._advance(decoding)
            return decoding.kept[place].picture()
        except BaseException:
            self._drop(segment)
            raise

    def clear(self) -> None:
        """Give up everything."""
        for segment in list(self._segments):
            self._drop(segment)

    def _advance(self, decoding: _Decoding) -> None:
        picture = next(decoding.segment.pictures, None)
        if picture is None:
            raise StreamError(f"expected {decoding.num_pictures} pictures in a segment. Received: {decoding.position}")
        decoding.kept[decoding.position] = picture
        decoding.position += 1
        self.num_bytes += picture.num_bytes
        if decoding.position == decoding.num_pictures and next(decoding.segment.pictures, None) is not None:
            # Whether there is one more is asked for in any case: the checksums are compared behind the last picture.
            raise StreamError(f"expected {decoding.num_pictures} pictures in a segment. Received: more")
        self._shrink(decoding)

    def _shrink(self, current: _Decoding) -> None:
        """Give up the segments that were used longest ago, and then the first pictures of the current one."""
        while self.num_bytes > self._max_bytes:
            oldest = next(iter(self._segments))
            if self._segments[oldest] is not current:
                self._drop(oldest)
            elif len(current.kept) > 1:
                place, picture = current.kept.popitem(last=False)
                self.num_bytes -= picture.num_bytes
                current.segment.check.settle(place + 1)  # which then does not keep it either
            else:
                return

    def _drop(self, segment: int) -> None:
        decoding = self._segments.pop(segment, None)
        if decoding is not None:
            self.num_bytes -= sum(picture.num_bytes for picture in decoding.kept.values())
            decoding.close()
