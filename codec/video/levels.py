"""Gray video that has fewer different samples than its depth allows, coded as the numbers of its levels.

Depth maps, scans and scaled-up samples often use a few hundred of 65,536 values. Numbers of levels have fewer bits, and
steps of 1 between neighbors, so every codec of planes makes them smaller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from codec.errors import StreamError
from codec.video.depths import DEPTHS
from codec.video.picture import Picture, sample_dtype
from codec.video.pixel_formats import ColorModel, PixelFormat, gray_format
from codec.video.source import Source
from codec.video.views import SourceView

_LEAST_USES = 16  # of a level, on average


@dataclass(frozen=True, eq=False)
class Levels:
    """The different samples of a gray video.

    Attributes:
        values: (n,) uint16, rising.
        depth: bits of a sample of the video.
    """

    needs_chroma: ClassVar[bool] = False
    note: ClassVar[str] = "it has few different samples: their numbers are coded, every bit of them comes out again"

    values: npt.NDArray[np.uint16]
    depth: int

    @property
    def coded_format(self) -> PixelFormat:
        """The format of the pictures of numbers."""
        bits = max(1, int(self.values.size - 1).bit_length())
        return gray_format(next(depth for depth in DEPTHS if depth >= bits))

    @cached_property
    def _numbers(self) -> npt.NDArray[np.uint16]:
        numbers = np.zeros(1 << self.depth, np.uint16)
        numbers[self.values] = np.arange(self.values.size, dtype=np.uint16)
        return numbers

    def coded_source(self, source: Source) -> Source:
        """See :class:`codec.video.recoding.Recoding`."""
        return SourceView(source, self.coded_format, self.numbered)

    def numbered(self, picture: Picture) -> Picture:
        """A picture of the video as one of numbers."""
        return Picture(self._numbers[picture.luma].astype(sample_dtype(self.coded_format.depth)))

    def restored(self, picture: Picture) -> Picture:
        """The inverse of :meth:`numbered`.

        Raises:
            StreamError: there is no such level.
        """
        if int(picture.luma.max(initial=0)) >= self.values.size:
            raise StreamError(f"expected levels below {self.values.size}. Received: {int(picture.luma.max())}")
        return Picture(self.values[picture.luma].astype(sample_dtype(self.depth)))

    def steps(self) -> tuple[int, ...]:
        """The values as differences from each to the next, the first one from 0."""
        return tuple(np.diff(self.values.astype(np.int64), prepend=0).tolist())

    @classmethod
    def of_steps(cls, steps: Sequence[int], depth: int) -> Levels:
        """The inverse of :meth:`steps`.

        Raises:
            StreamError: the values do not rise, or exceed the depth.
        """
        values = np.cumsum(steps, dtype=np.int64)
        if not values.size or values[-1] >= 1 << depth or 0 in steps[1:]:
            raise StreamError(f"expected levels that rise and have {depth} bits. Received: others")
        return cls(values.astype(np.uint16), depth)


def levels_of(source: Source) -> Levels | None:
    """The levels of a gray video of more than 8 bits, if their numbers have fewer bits than its samples.

    Of a short video with many levels there are none: they are sent, too.

    Args:
        source: is read once, if its format is such a one.
    """
    own = source.info.pixel_format
    if own.model is not ColorModel.GRAY or own.depth == 8 or own.has_alpha:
        return None
    is_used, num_samples = np.zeros(1 << own.depth, np.bool_), 0
    for frame in source.frames():
        is_used[frame.picture.luma] = True
        num_samples += frame.picture.luma.size
    values = np.flatnonzero(is_used).astype(np.uint16)
    if not values.size or num_samples < _LEAST_USES * values.size:
        return None
    levels = Levels(values, own.depth)
    return levels if levels.coded_format.depth < own.depth else None
