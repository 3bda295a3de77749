"""The first frames of another source, or of a part of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice

from codec.errors import InputError
from codec.video.damage import Damage
from codec.video.info import CopyPacket, VideoInfo
from codec.video.picture import Frame
from codec.video.selection import EVERYTHING, Selection
from codec.video.source import Source, WrappedSource, frames_from
from codec.video.sources.part import PartSource

_PATIENCE_SECONDS = 5  # of video read behind the end for packets of its time; interleaved files need far less


def limited(source: Source, max_frames: int | None, selection: Selection = EVERYTHING) -> Source:
    """The source, or a part of it, or the first frames of that; None for all of them.

    Raises:
        InputError: the source has none of the frames that are selected, or cannot be read.
    """
    part = source if selection.is_everything else PartSource(source, selection)
    return part if max_frames is None else LimitedSource(part, max_frames)


class LimitedSource(WrappedSource):
    """A source that ends after ``max_frames`` frames; its sound and subtitles end there too.

    Raises:
        InputError: ``max_frames`` is below 1.
    """

    def __init__(self, source: Source, max_frames: int) -> None:
        if max_frames < 1:
            raise InputError(f"expected --frames of 1 or more. Received: {max_frames}")
        super().__init__(source)
        self._max_frames = max_frames

    @property
    def info(self) -> VideoInfo:
        """See :class:`Source`."""
        info = self.inner.info
        known = info.num_frames_from_header
        return replace(info, num_frames_from_header=None if known is None else min(known, self._max_frames))

    @property
    def damage(self) -> Damage:
        """See :class:`Source`."""
        damage = self.inner.damage
        return replace(damage, frames=tuple(number for number in damage.frames if number < self._max_frames))

    def frames(self) -> Iterator[Frame]:
        """See :class:`Source`."""
        return self.frames_from(0)

    def frames_from(self, first: int) -> Iterator[Frame]:
        """See :class:`codec.video.source.SeekableSource`."""
        return islice(frames_from(self.inner, first), max(0, self._max_frames - first))

    def read(self) -> Iterator[Frame | CopyPacket]:
        """See :class:`Source`."""
        info = self.inner.info
        remaining = self._max_frames
        end = Fraction(0)
        unfinished = set(range(len(info.copy_streams)))
        for item in self.inner.read():
            if isinstance(item, Frame):
                if remaining > 0:
                    remaining -= 1
                    end = (item.pts + (item.duration or 0)) * info.time_base
                    yield item
                elif not unfinished or item.pts * info.time_base > end + _PATIENCE_SECONDS:
                    return
            elif remaining > 0 or self._seconds(item) < end:
                yield item
            else:  # packets come in order, and those of the last frame's time may stand behind it
                unfinished.discard(item.stream)

    def _seconds(self, packet: CopyPacket) -> Fraction:
        time = packet.pts if packet.pts is not None else packet.dts or 0
        return time * self.inner.info.copy_streams[packet.stream].time_base
