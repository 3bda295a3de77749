"""What is decoded is compared with the sender's checksums, at checkpoints and at the end of a segment."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from codec.checksums import Checksum, RunningChecksum, checked, chroma_crc32, gray_crc32
from codec.errors import StreamError
from codec.late_picture import LatePicture
from codec.video.picture import Picture
from container_format import SegmentRecord


def checked_gray(pictures: Iterator[Picture], segment: SegmentRecord) -> Iterator[Picture]:
    """The same pictures.

    Raises:
        StreamError: at a checkpoint or after the last picture; the gray is not the sender's.
    """
    sent = Checksum(segment.luma_crc32, segment.luma_checkpoints)
    return checked(pictures, sent, gray_crc32, lambda: wrong_part("gray", segment))


class ColorCheck:
    """Compares the color of a segment's pictures with the sender's checksum, where the segment has one.

    A checksum is one of all pictures up to some place, so that these have to be colored for it, and the others need not
    be. What is given here in order is compared at each checkpoint and, behind the last picture, at the end.

    Args:
        segment: whose pictures they are.
        is_wanted: whether anything is compared.
        num_sure: so many pictures will be compared: each is colored as it comes. Color of the others is made when it is
            asked for, or when a place is reached where they are compared.
        goes_on: False if nothing behind ``num_sure`` will be compared.
    """

    def __init__(self, segment: SegmentRecord, *, is_wanted: bool, num_sure: int = 0, goes_on: bool = True) -> None:
        self._segment = segment
        self._sent = None
        if is_wanted and segment.color_crc32 is not None:
            self._sent = Checksum(segment.color_crc32, segment.color_checkpoints)
        self._num_sure, self._goes_on = num_sure, goes_on
        self._running: RunningChecksum[Picture] = RunningChecksum(chroma_crc32)
        self._waiting: deque[LatePicture] = deque()
        self._num_taken = 0

    def take(self, late: LatePicture) -> None:
        """The next picture.

        Raises:
            StreamError: this is a checkpoint, and the color is not the sender's.
        """
        self._num_taken += 1
        if self._sent is None or not (self._goes_on or self._num_taken <= self._num_sure):
            return
        self._waiting.append(late)
        reached = self._num_taken
        if reached <= self._num_sure or self._sent.num_compared(reached) == reached:
            self.settle(reached)
        while self._waiting and self._waiting[0].is_made:  # they came in order, and were asked for
            self._add_first(self._sent)

    def settle(self, num_pictures: int) -> None:
        """Have so many pictures, from the first one on, in the checksum. It does not refer to them any more.

        Raises:
            StreamError: the color at a checkpoint is not the sender's.
        """
        while self._sent is not None and self._waiting and self._num_taken - len(self._waiting) < num_pictures:
            self._add_first(self._sent)

    def end(self) -> None:
        """That was the last picture.

        Raises:
            StreamError: the color is not the sender's.
        """
        self.settle(self._num_taken)
        if self._sent is not None and self._goes_on and self._running.checksum.crc32 != self._sent.crc32:
            raise wrong_part("color", self._segment)

    def _add_first(self, sent: Checksum) -> None:
        self._running.add(self._waiting.popleft().picture())
        if not self._running.agrees_with(sent):
            raise wrong_part("color", self._segment)


def wrong_part(part: str, segment: SegmentRecord) -> StreamError:
    """The error of a part, ``gray``, ``color`` or ``alpha``, whose checksum is not the sender's."""
    hint = " (--no-verify shows it all the same)" if part == "color" else ""
    return StreamError(
        f"the {part} of segment {segment.index} was not decoded as the sender did: "
        f"the stream is damaged, or this machine computes wrongly: try GVC_ISA=numpy{hint}",
        segment=segment.index,
    )
