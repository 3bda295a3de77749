"""The one interface behind which every source of frames stands."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Protocol, runtime_checkable

from codec.video.damage import Damage
from codec.video.info import CopyPacket, VideoInfo
from codec.video.picture import Frame

CHANGED_FRAME = "the input changed while it was read: a frame is not what it was"


class Source(Protocol):
    """A video that can be read from its start as often as needed, in bounded memory."""

    @property
    def info(self) -> VideoInfo:
        """The description, known before the first frame is read."""

    def frames(self) -> Iterator[Frame]:
        """All frames in display order; each call starts at the first frame again.

        Raises:
            InputError: a frame cannot be read, or differs in size or format from the first.
        """

    def read(self) -> Iterator[Frame | CopyPacket]:
        """All frames in display order, and between them the packets of the streams to copy."""

    @property
    def damage(self) -> Damage:
        """What is wrong with the frames, as far as they were read."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be kept (an alpha channel, a data stream ...): one line each, for a person."""

    def close(self) -> None:
        """Release files."""


@runtime_checkable
class SeekableSource(Protocol):
    """A source that finds some of its frames, to the frame, without decoding those before."""

    def frames_from(self, first: int) -> Iterator[Frame]:
        """The frames from one of them on; their times are those of :meth:`Source.frames`.

        Args:
            first: its number, from 0.

        Raises:
            InputError: as :meth:`Source.frames`.
        """


def frames_from(source: Source, first: int) -> Iterator[Frame]:
    """The frames of any source from one of them on. Where it cannot seek, those before are read and dropped."""
    return source.frames_from(first) if isinstance(source, SeekableSource) else islice(source.frames(), first, None)


class WrappedSource:
    """A source over another. All that a subclass does not define is the other's.

    Args:
        source: the other.

    Attributes:
        inner: the other.
    """

    def __init__(self, source: Source) -> None:
        self.inner = source

    @property
    def info(self) -> VideoInfo:
        """See :class:`Source`."""
        return self.inner.info

    def frames(self) -> Iterator[Frame]:
        """See :class:`Source`."""
        return self.inner.frames()

    def read(self) -> Iterator[Frame | CopyPacket]:
        """See :class:`Source`."""
        return self.inner.read()

    @property
    def damage(self) -> Damage:
        """See :class:`Source`."""
        return self.inner.damage

    @property
    def notes(self) -> tuple[str, ...]:
        """See :class:`Source`."""
        return self.inner.notes

    def close(self) -> None:
        """See :class:`Source`."""
        self.inner.close()
