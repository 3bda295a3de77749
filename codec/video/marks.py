"""What a video says of its pictures beside their colors: fields, chroma siting, the display it was graded on, names.

None of it changes a sample. It is carried to outputs that can state it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from fractions import Fraction

STEREO_TAG = "stereo_mode"
"""The tag by which Matroska says where the pictures for both eyes are."""


class FieldOrder(IntEnum):
    """In which order the lines of a frame were taken; numbers and two-letter names are FFmpeg's.

    The first letter is the field that is coded first, the second the one that is shown first.
    """

    UNKNOWN = 0
    PROGRESSIVE = 1
    TT = 2
    BB = 3
    TB = 4
    BT = 5

    @property
    def is_interlaced(self) -> bool:
        """Whether the fields of a frame are of two moments."""
        return self > FieldOrder.PROGRESSIVE

    @property
    def shows_top_first(self) -> bool:
        """Whether the upper of the two fields is the earlier one."""
        return self in (FieldOrder.TT, FieldOrder.BT)


class ChromaLocation(IntEnum):
    """Where a chroma sample lies among its luma samples: ChromaLocType of H.273, plus 1."""

    UNSPECIFIED = 0
    LEFT = 1
    CENTER = 2
    TOPLEFT = 3
    TOP = 4
    BOTTOMLEFT = 5
    BOTTOM = 6


@dataclass(frozen=True)
class MasteringDisplay:
    """The display on which the colors were chosen (SMPTE ST 2086).

    Attributes:
        primaries: CIE 1931 x and y of red, green and blue.
        white_point: CIE 1931 x and y.
        min_luminance, max_luminance: in candela per square meter.
    """

    primaries: tuple[Fraction, Fraction, Fraction, Fraction, Fraction, Fraction]
    white_point: tuple[Fraction, Fraction]
    min_luminance: Fraction
    max_luminance: Fraction

    @classmethod
    def of_values(cls, values: Sequence[Fraction]) -> MasteringDisplay:
        """The inverse of :meth:`values`."""
        red_x, red_y, green_x, green_y, blue_x, blue_y, white_x, white_y, low, high = values
        return cls((red_x, red_y, green_x, green_y, blue_x, blue_y), (white_x, white_y), low, high)

    def values(self) -> tuple[Fraction, ...]:
        """The ten numbers in the order of the attributes."""
        return (*self.primaries, *self.white_point, self.min_luminance, self.max_luminance)


@dataclass(frozen=True)
class ContentLight:
    """How bright the pictures are (CTA-861.3), in candela per square meter.

    Attributes:
        max_content: the brightest pixel (MaxCLL).
        max_average: the highest average of a frame (MaxFALL).
    """

    max_content: int
    max_average: int


@dataclass(frozen=True)
class Marks:
    """The marks of a video.

    Attributes:
        field_order: of its frames.
        chroma_location: of its chroma samples.
        mastering_display: None if it is not stated.
        content_light: None if it is not stated.
        tags: of the video track, such as ``language``, ``title`` and ``timecode``.
    """

    field_order: FieldOrder = FieldOrder.UNKNOWN
    chroma_location: ChromaLocation = ChromaLocation.UNSPECIFIED
    mastering_display: MasteringDisplay | None = None
    content_light: ContentLight | None = None
    tags: dict[str, str] = field(default_factory=dict)
