"""What a person may say about an input."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from codec.video.geometry import GeometryHints, check_frame_rate, check_size


class SourceKind(StrEnum):
    """How an input is read."""

    RAW = "raw"
    Y4M = "y4m"
    IMAGES = "images"
    CONTAINER = "container"


@dataclass(frozen=True)
class SourceOptions:
    """Options of :func:`codec.video.sources.open_source`.

    Attributes:
        size: (width, height) of raw video.
        frame_rate: of raw video; overrides the rate of y4m, and the default of images.
        pixel_format: name of the pixel format of raw video.
        kind: a value of :class:`SourceKind` that overrides the choice by content and name.
        keep_damaged: take what there is of a recording that is damaged or cut off, instead of refusing it.

    Raises:
        InputError: a size or a rate that no video has.
    """

    size: tuple[int, int] | None = None
    frame_rate: Fraction | None = None
    pixel_format: str | None = None
    kind: str | None = None
    keep_damaged: bool = False

    def __post_init__(self) -> None:
        if self.size is not None:
            check_size(self.size)
        if self.frame_rate is not None:
            check_frame_rate(self.frame_rate)

    @property
    def geometry(self) -> GeometryHints:
        """The part that describes raw video."""
        return GeometryHints(self.size, self.pixel_format, self.frame_rate)
