"""What belongs to a part of a video: its description, and the packets of its time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from codec.video.info import ATTACHMENT, CAPTIONS, COVER, FILES, Chapter, CopyPacket, VideoInfo
from codec.video.picture import Frame

TIMECODE = "timecode"
"""A tag that is true of the first frame of the whole alone."""
_WINDOW_SECONDS = 30  # packets stand near the frames of their time; interleaved files need far less


class Cut:
    """A part of a video as a video of its own, that starts at 0 unless it starts with the whole.

    Sound and subtitles are cut with it: a packet is kept if it begins within the part; a subtitle that is on display
    when the part begins is kept, too. What restores files is left out, since the part is not what one file of all
    frames holds.

    Args:
        info: of the whole.
        begin_pts: time of the part's first frame; None if that is the first frame of the whole, whose times stay.
        every: the part has each so-many-th frame of its time.
        end_pts: when its last frame ends, for chapters and for :meth:`moved`; None if that is not known, or the end of
            the whole.
        keeps_files: keep what restores a file a frame, for a part of adjacent frames.

    Attributes:
        info: of the part.
    """

    def __init__(
        self,
        info: VideoInfo,
        begin_pts: int | None,
        *,
        every: int = 1,
        end_pts: int | None = None,
        keeps_files: bool = False,
    ) -> None:
        self._whole = info
        self._begin_pts = begin_pts or 0
        self._begins_inside = begin_pts is not None
        self._begin = self._begin_pts * info.time_base if self._begins_inside else None
        self._end = None if end_pts is None else end_pts * info.time_base
        self._every = every
        kept = [index for index, stream in enumerate(info.copy_streams) if stream.kind != FILES or keeps_files]
        self._numbers = {old: new for new, old in enumerate(kept)}
        self.info = replace(
            info,
            frame_rate=None if info.frame_rate is None else info.frame_rate / every,
            num_frames_from_header=None,
            copy_streams=tuple(info.copy_streams[index] for index in kept),
            chapters=tuple(self._chapters()),
        )
        if self._begin is not None:
            tags = {name: value for name, value in info.marks.tags.items() if name != TIMECODE}
            self.info = replace(self.info, start_pts=0, marks=replace(info.marks, tags=tags))

    def items(self, items: Iterator[Frame | CopyPacket]) -> Iterator[Frame | CopyPacket]:
        """The part's frames and packets, at their times in the part.

        Args:
            items: the frames of the part alone, and packets of the whole between them.
        """
        end = self._begin or Fraction(0)
        held: list[CopyPacket] = []
        for item in items:
            if isinstance(item, CopyPacket):
                if self._is_of_frames(item) or self._time(item) < end:
                    yield from self.moved(item)
                else:
                    held.append(item)
                continue
            duration = item.duration if item.duration is None else item.duration * self._every
            yield replace(item, pts=item.pts - self._begin_pts, duration=duration)
            end = (item.pts + (duration if duration is not None else self._nominal())) * self._whole.time_base
            for packet in held:
                if self._time(packet) < end:
                    yield from self.moved(packet)
            held = [packet for packet in held if self._time(packet) >= end]

    def _is_of_frames(self, packet: CopyPacket) -> bool:
        return self._whole.copy_streams[packet.stream].kind in (ATTACHMENT, COVER, CAPTIONS)

    def moved(self, packet: CopyPacket) -> Iterator[CopyPacket]:
        """A packet of the whole at its time in the part, if it has one there."""
        stream = self._whole.copy_streams[packet.stream]
        if packet.stream not in self._numbers:
            return
        moved = replace(packet, stream=self._numbers[packet.stream])
        if stream.kind in (ATTACHMENT, COVER):
            yield moved
            return
        if self._end is not None and self._time(packet) >= self._end:
            return
        if self._begin is None:
            yield moved
            return
        units = round(self._begin / stream.time_base)
        pts = None if packet.pts is None else packet.pts - units
        dts = None if packet.dts is None else packet.dts - units
        duration = packet.duration
        if self._time(packet) < self._begin:
            end = (pts or 0) + (duration or 0)
            if stream.kind != "subtitle" or pts is None or end <= 0:
                return
            pts, dts, duration = 0, None if dts is None else max(0, dts), end
        yield replace(moved, pts=pts, dts=dts, duration=duration)

    def _time(self, packet: CopyPacket) -> Fraction:
        time = packet.pts if packet.pts is not None else packet.dts or 0
        return time * self._whole.copy_streams[packet.stream].time_base

    def _nominal(self) -> int:
        rate = self.info.frame_rate
        return 0 if rate is None else round(1 / (rate * self._whole.time_base))

    def _chapters(self) -> Iterator[Chapter]:
        """The chapters of which something is in the part, as far as its borders are known."""
        for chapter in self._whole.chapters:
            start, end = chapter.start, chapter.end
            if self._end is not None:
                stop = round(self._end / chapter.time_base)
                if start >= stop:
                    continue
                end = min(end, stop)
            if self._begin is not None:
                begin = round(self._begin / chapter.time_base)
                if end <= begin:
                    continue
                start, end = max(0, start - begin), end - begin
            yield replace(chapter, start=start, end=end)


def before_the_first_frame(
    items: Iterator[Frame | CopyPacket], info: VideoInfo
) -> tuple[list[CopyPacket], Frame | None]:
    """What comes before the first frame, as far as it may be of that frame's time, and the frame; None without one.

    Args:
        items: frames that are wanted, and packets from the start of the video on.
        info: of the video.
    """
    attached: list[CopyPacket] = []
    recent: deque[tuple[Fraction, CopyPacket]] = deque()
    for item in items:
        if isinstance(item, Frame):
            return [*attached, *(packet for _, packet in recent)], item
        stream = info.copy_streams[item.stream]
        if stream.kind in (ATTACHMENT, COVER):
            attached.append(item)
            continue
        time = (item.pts if item.pts is not None else item.dts or 0) * stream.time_base
        recent.append((time, item))
        while recent[0][0] < time - _WINDOW_SECONDS:
            recent.popleft()
    return [*attached, *(packet for _, packet in recent)], None
