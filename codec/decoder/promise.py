"""What a stream promises of its pictures, compared with the source's."""

from __future__ import annotations

from dataclasses import dataclass

from container_format import HeaderRecord
from container_format.records import Color

_GRAY = "gray"


@dataclass(frozen=True)
class Promise:
    """What the header says of the difference between a decoded frame and the source's.

    Attributes:
        color: the mode, a value of :class:`container_format.records.Color`.
        luma_is_lossless: the gray is the source's, to the bit.
        max_error: how far a chroma sample may be from the source's, in code values; 0 also where the video has no
            chroma. None if nothing is promised of the chroma.
    """

    color: str
    luma_is_lossless: bool
    max_error: int | None

    @classmethod
    def of(cls, header: HeaderRecord) -> Promise:
        """Of a stream with this header."""
        max_error = None
        if header.pixel_format == _GRAY:
            max_error = 0
        elif header.color == Color.LOSSLESS:
            max_error = header.planes.max_error if header.planes else 0
        return cls(header.color, header.luma_is_lossless, max_error)

    @property
    def is_exact(self) -> bool:
        """Whether each sample is the source's."""
        return self.luma_is_lossless and self.max_error == 0

    @property
    def has_color(self) -> bool:
        """Whether the pictures have chroma of their own, and not just a neutral one."""
        return self.color != Color.NONE
