"""A part of another source, by time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import TypeVar

from codec.errors import InputError
from codec.video.cut import Cut, before_the_first_frame
from codec.video.damage import Damage
from codec.video.info import CopyPacket, VideoInfo
from codec.video.picture import Frame
from codec.video.selection import Selection, Selector
from codec.video.source import Source, WrappedSource

Item = TypeVar("Item", Frame, Frame | CopyPacket)
_PATIENCE_SECONDS = 5  # of video read behind the end for packets of its time; interleaved files need far less


class PartSource(WrappedSource):
    """The frames of a source that a selection wants, as a video of its own; sound and subtitles are cut with it.

    A source is read from its start each time: what comes before the part is decoded, and dropped.

    Raises:
        InputError: the source has no such frame, or cannot be read.
    """

    def __init__(self, source: Source, selection: Selection) -> None:
        super().__init__(source)
        self._selection = selection
        selector, begin_pts = self._selector(), None
        for index, frame in enumerate(source.frames()):
            if selector.takes(index, frame.pts):
                begin_pts = frame.pts
                break
            if selector.over_pts is not None:
                break
        if selector.first_index is None:
            raise InputError("expected frames in the part that was asked for. Received: a video without one there")
        self._first_index = selector.first_index
        self._cut = Cut(source.info, begin_pts if self._first_index else None, every=selection.every)

    @property
    def info(self) -> VideoInfo:
        """See :class:`Source`."""
        return self._cut.info

    @property
    def damage(self) -> Damage:
        """See :class:`Source`."""
        damage, every = self.inner.damage, self._selection.every
        behind = (number - self._first_index for number in damage.frames if number >= self._first_index)
        return replace(damage, frames=tuple(number // every for number in behind if number % every == 0))

    def frames(self) -> Iterator[Frame]:
        """See :class:`Source`."""
        wanted: Iterator[Frame | CopyPacket] = self._wanted(self.inner.frames(), 0)
        return (item for item in self._cut.items(wanted) if isinstance(item, Frame))

    def read(self) -> Iterator[Frame | CopyPacket]:
        """See :class:`Source`."""
        patience = _PATIENCE_SECONDS if self.inner.info.copy_streams else 0
        items = self._wanted(self.inner.read(), patience)
        early, first = before_the_first_frame(items, self.inner.info)
        return self._cut.items(chain(early, [] if first is None else [first], items))

    def _wanted(self, items: Iterator[Item], patience: int) -> Iterator[Item]:
        """The frames that are wanted, and all packets, to ``patience`` seconds behind the last frame."""
        selector, index, unit = self._selector(), 0, self.inner.info.time_base
        for item in items:
            if isinstance(item, Frame):
                if selector.takes(index, item.pts):
                    yield item
                elif selector.over_pts is not None and (item.pts - selector.over_pts) * unit >= patience:
                    return
                index += 1
            else:
                yield item

    def _selector(self) -> Selector:
        return Selector(self._selection, self.inner.info)
