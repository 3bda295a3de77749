"""What a stream promises of its pictures, compared with the source's."""

from __future__ import annotations

from dataclasses import dataclass

from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel
from container_format import HeaderRecord
from container_format.records import Color


@dataclass(frozen=True)
class Promise:
    """What the header says of the difference between a decoded frame and the source's.

    Attributes:
        color: the mode, a value of :class:`container_format.records.Color`.
        luma_is_lossless: the gray is the source's, to the bit.
        max_error: how far a chroma sample may be from the source's, in code values; 0 also where the video has no
            chroma. None if nothing is promised of the chroma.
        luma_max_error: how far a sample of a gray that is not lossless may be from the source's, in code values; None
            if nothing is promised.
    """

    color: str
    luma_is_lossless: bool
    max_error: int | None
    luma_max_error: int | None = None

    @classmethod
    def of(cls, header: HeaderRecord) -> Promise:
        """Of a stream with this header."""
        max_error = None
        own = PIXEL_FORMATS.get(header.pixel_format)
        if own is not None and own.model is ColorModel.GRAY:
            max_error = 0
        elif header.color == Color.LOSSLESS:
            max_error = header.planes.max_error if header.planes else 0
        luma_max_error = (header.planes.luma_max_error if header.planes is not None else 0) or None
        return cls(header.color, header.luma_is_lossless, max_error, luma_max_error)

    @property
    def is_exact(self) -> bool:
        """Whether each sample is the source's."""
        return self.luma_is_lossless and self.max_error == 0

    @property
    def has_color(self) -> bool:
        """Whether the pictures have chroma of their own, and not just a neutral one."""
        return self.color != Color.NONE
