"""Video that is coded as another one, from which each of its pictures can be restored, to the bit."""

from __future__ import annotations

from typing import ClassVar, Protocol

from codec.video.frame_md5 import VideoMd5
from codec.video.picture import Picture
from codec.video.pixel_formats import PixelFormat
from codec.video.source import Source


class Recoding(Protocol):
    """How a video is coded as another one.

    Attributes:
        needs_chroma: what is coded as chroma has a part in the gray of the video.
        note: what a person should know of it.
    """

    needs_chroma: ClassVar[bool]
    note: ClassVar[str]

    @property
    def coded_format(self) -> PixelFormat:
        """The format of the pictures that are coded."""

    def coded_source(self, source: Source) -> Source:
        """A source of the video as one of what is coded."""

    def restored(self, picture: Picture) -> Picture:
        """A picture of the video, of one that was coded. Gray alone gives gray, where chroma has no part in it.

        Raises:
            StreamError: no picture of the video was coded so.
        """


def restored(recoding: Recoding | None, picture: Picture, *, gray: bool) -> Picture:
    """A picture of the video, of one that was coded.

    Args:
        recoding: of the video; None if its own pictures were coded.
        picture: that was coded.
        gray: the gray is all that is wanted.

    Raises:
        StreamError: no picture of the video was coded so.
    """
    if recoding is None:
        return picture
    whole = recoding.restored(picture)
    return Picture(whole.luma) if gray else whole


class RestoredMd5(VideoMd5):
    """The MD5 of a video that is read as what is coded.

    Args:
        recoding: of the video.
        pixel_format: of the bytes.
    """

    def __init__(self, recoding: Recoding, pixel_format: PixelFormat) -> None:
        super().__init__(pixel_format)
        self._recoding = recoding

    def add(self, picture: Picture) -> None:
        """Count in the next picture that is coded."""
        super().add(self._recoding.restored(picture))
