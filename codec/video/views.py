"""Views of a source: the same frames and packets, its pictures seen in another pixel format.

Color that a network or hints make is made at 8 bits, and so is every analysis. The gray that is sent is never a view's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from codec.video.info import CopyPacket, VideoInfo
from codec.video.picture import Frame, Picture, of_8_bits
from codec.video.pixel_formats import PixelFormat, format_of_8_bits, without_alpha
from codec.video.source import Source, WrappedSource, frames_from


def info_of_8_bits(info: VideoInfo) -> VideoInfo:
    """The description of a video that is seen with samples of 8 bits."""
    return replace(info, pixel_format=format_of_8_bits(info.pixel_format))


def source_of_8_bits(source: Source) -> Source:
    """A source with samples of 8 bits and without alpha; the source itself if it is such a one."""
    own = source.info.pixel_format
    if own.depth == 8 and not own.has_alpha:
        return source
    return SourceView(source, format_of_8_bits(own), lambda picture: of_8_bits(picture, own.depth))


def source_without_alpha(source: Source) -> Source:
    """A source without its alpha; the source itself if it has none."""
    own = source.info.pixel_format
    if not own.has_alpha:
        return source
    return SourceView(source, without_alpha(own), lambda picture: Picture(picture.luma, picture.chroma))


class SourceView(WrappedSource):
    """A source whose pictures are seen in another format; see :class:`codec.video.source.Source`.

    Args:
        source: what is seen.
        pixel_format: of the pictures that come out.
        seen: makes one of them from one of the source's.
    """

    def __init__(self, source: Source, pixel_format: PixelFormat, seen: Callable[[Picture], Picture]) -> None:
        super().__init__(source)
        self._pixel_format = pixel_format
        self._seen = seen

    @property
    def info(self) -> VideoInfo:
        """The description, with the format of the pictures that come out."""
        return replace(self.inner.info, pixel_format=self._pixel_format)

    def frames(self) -> Iterator[Frame]:
        """All frames, from the first."""
        return self.frames_from(0)

    def frames_from(self, first: int) -> Iterator[Frame]:
        """See :class:`codec.video.source.SeekableSource`."""
        return (replace(frame, picture=self._seen(frame.picture)) for frame in frames_from(self.inner, first))

    def read(self) -> Iterator[Frame | CopyPacket]:
        """All frames, and the packets between them."""
        for item in self.inner.read():
            yield replace(item, picture=self._seen(item.picture)) if isinstance(item, Frame) else item
