"""Who codes which segment, and when. Whatever the schedule, the bytes are the same."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing

from codec.encoder.recipe import Prepared, Recipe
from codec.encoder.resume import KeptWork
from codec.encoder.segment import (
    CodedFrames,
    CodedSegment,
    SegmentInput,
    code_frames,
    encode_segment,
    finish_segment,
)
from codec.encoder.survey import SHRANK, Survey
from codec.encoder.tracks.color import ColorInput
from codec.errors import InputError
from codec.plane_codecs import CodedRun
from codec.progress import Progress
from codec.read_ahead import read_ahead
from codec.video.frame_md5 import VideoMd5
from codec.video.info import ATTACHMENT, CAPTIONS, COVER, FILES, CopyPacket
from codec.video.picture import Frame
from codec.video.source import Source

_PORTION_PACKETS = 1024
_PORTION_BYTES = 2**22

Portion = list[CopyPacket]
"""Packets to copy that become one record."""


class StoppedError(Exception):
    """The consumer of the segments has stopped."""


class SegmentReader:
    """Reads a source once: the input of each segment in turn, and the packets to copy between them.

    Args:
        source: of the video.
        survey: of the source.
        prepared: which frames are measured, and hints that are coded already.
        progress: is told the frames.
        detail: a few words beside the progress.
        md5: takes in each frame; None for no MD5.
        kept: segments that an earlier run has coded; None for none.
    """

    def __init__(
        self,
        source: Source,
        survey: Survey,
        prepared: Prepared,
        progress: Progress,
        detail: Callable[[], str] = str,
        *,
        md5: VideoMd5 | None = None,
        kept: KeptWork | None = None,
    ) -> None:
        self._items = _items_of(source)
        self._recipe = prepared.recipe
        self._kept = kept
        self._survey = survey
        self._measured = prepared.measured
        self._hints: Mapping[int, CodedRun] = prepared.hints
        self._progress = progress
        self._detail = detail
        self._md5 = md5
        self._portions: list[Portion] = []
        self._packets: Portion = []
        self._early_packets: Portion = []
        streams = source.info.copy_streams
        self._is_early = [stream.kind in (CAPTIONS, ATTACHMENT, COVER, FILES) for stream in streams]
        self._num_bytes = 0
        self._is_stopped = threading.Event()

    def stop(self) -> None:
        """End the segment that is being read with a :class:`StoppedError`; may be called from another thread."""
        self._is_stopped.set()

    def close(self) -> None:
        """Stop reading the source; no segment may be in the making any more."""
        self._items.close()

    def segments(self) -> Iterator[SegmentInput]:
        """Each segment; the frames of one must be used up before the next is asked for."""
        for index, (begin, stop) in enumerate(self._survey.borders):
            measured = frozenset(number - begin for number in range(begin, stop) if number in self._measured)
            shot_starts = tuple(cut - begin for cut in self._survey.cuts if begin < cut < stop)
            hints = self._hints.get(index)
            color = ColorInput(hints, measured, shot_starts)
            yield SegmentInput(index, begin, self._frames(begin, stop), color)

    def finished(self, segment: SegmentInput) -> CodedSegment | None:
        """A segment as an earlier run has coded it, whose frames are then used up; None if there is none.

        Raises:
            InputError: it was coded from other frames.
        """
        return None if self._kept is None else self._kept.take(self._recipe, segment)

    def full_portions(self) -> Iterator[Portion]:
        """Portions of packets that have become full since the last call, and those that go before their frames."""
        portions, self._portions = [*self._early_portions(), *self._portions], []
        yield from portions

    def last_portion(self) -> Iterator[Portion]:
        """The packets since the last full portion, if there are any."""
        if self._packets:
            packets, self._packets, self._num_bytes = self._packets, [], 0
            yield packets

    def rest(self) -> Iterator[Portion]:
        """Packets behind the last segment.

        Raises:
            InputError: there is another frame.
        """
        for item in self._items:
            if isinstance(item, Frame):
                raise InputError("the input changed while it was read: it has more frames than before")
            self._take(item)
            yield from self.full_portions()
        yield from self.last_portion()

    def _frames(self, begin: int, stop: int) -> Iterator[Frame]:
        for number in range(begin, stop):
            frame = self._next_frame()
            if self._is_stopped.is_set():
                raise StoppedError
            if self._md5 is not None:
                self._md5.add(frame.picture)
            yield frame
            self._progress.advance(number + 1, self._detail())

    def _next_frame(self) -> Frame:
        for item in self._items:
            if isinstance(item, Frame):
                return item
            self._take(item)
        raise InputError(SHRANK)

    def _early_portions(self) -> Iterator[Portion]:
        packets, self._early_packets = self._early_packets, []
        portion: Portion = []
        num_bytes = 0
        for packet in packets:
            portion.append(packet)
            num_bytes += len(packet.data)
            if len(portion) >= _PORTION_PACKETS or num_bytes > _PORTION_BYTES:
                yield portion
                portion, num_bytes = [], 0
        if portion:
            yield portion

    def _take(self, packet: CopyPacket) -> None:
        if self._is_early[packet.stream]:
            self._early_packets.append(packet)
            return
        self._packets.append(packet)
        self._num_bytes += len(packet.data)
        if len(self._packets) >= _PORTION_PACKETS or self._num_bytes > _PORTION_BYTES:
            self._portions.extend(self.last_portion())


def _items_of(source: Source) -> Generator[Frame | CopyPacket, None, None]:
    """What :meth:`codec.video.source.Source.read` gives, as an iterator that can be closed."""
    yield from source.read()


def inline(recipe: Recipe, reader: SegmentReader) -> Generator[CodedSegment | Portion, None, None]:
    """One segment after another, each with the packets to copy around it."""
    for segment in reader.segments():
        coded = reader.finished(segment) or encode_segment(recipe, segment)
        yield from reader.full_portions()
        yield coded
        yield from reader.last_portion()
    yield from reader.rest()


def overlapped(
    recipe: Recipe, reader: SegmentReader, *, in_two_threads: bool = False
) -> Generator[CodedSegment | Portion, None, None]:
    """As :func:`inline`, but a segment's color is made while the frames of the next are read and coded.

    Args:
        recipe: of the video.
        reader: of its source.
        in_two_threads: see :func:`codec.encoder.segment.code_frames`.
    """

    def first_parts() -> Generator[CodedFrames | CodedSegment | Portion, None, None]:
        for segment in reader.segments():
            coded = reader.finished(segment) or code_frames(recipe, segment, in_two_threads=in_two_threads)
            yield from reader.full_portions()
            yield coded
            yield from reader.last_portion()
        yield from reader.rest()

    # Stopping the reader keeps the other thread from going on to the end of its segment.
    with closing(read_ahead(first_parts(), 1, on_stop=reader.stop)) as items:
        for item in items:
            yield finish_segment(recipe, item) if isinstance(item, CodedFrames) else item
