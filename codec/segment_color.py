"""From the gray of a segment, and what was sent for its color, to pictures: sender and receiver do the same here."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from codec.hints.coder import HintParameters
from codec.hints.planes import picture_of_quarters, unpack_hints
from codec.networks.interface import Colorizer
from codec.video.color import ColorConversion
from codec.video.picture import Picture, PlaneArray

_BATCH_PIXELS = 2**21  # so many pixels of gray wait for the network at a time


class SegmentColor:
    """Puts color on gray.

    Args:
        conversion: of the video.
        colorizer: the network; None if there is none, and hints alone make the color.
        hints: how they are coded; None if there are none. With neither network nor hints, pictures stay gray.
    """

    def __init__(self, conversion: ColorConversion, colorizer: Colorizer | None, hints: HintParameters | None) -> None:
        self._conversion = conversion
        self._colorizer = colorizer
        self._hints = hints

    @property
    def is_exact(self) -> bool:
        """The pictures are the same to the bit on every machine."""
        return self._colorizer is None or self._colorizer.is_exact

    def distrust_backend(self) -> bool:
        """See :class:`codec.networks.Colorizer`."""
        return self._colorizer is not None and self._colorizer.distrust_backend()

    @property
    def has_memory(self) -> bool:
        """See :class:`codec.networks.Colorizer`."""
        return self._colorizer is not None and self._colorizer.has_memory

    def pictures(
        self, lumas: Sequence[PlaneArray], hints: Sequence[PlaneArray], shot_starts: Sequence[int] = ()
    ) -> Iterator[Picture]:
        """Pictures with exactly these gray planes; the first one begins a shot.

        Args:
            lumas: (height, width) uint8 each.
            hints: as :func:`codec.hints.coder.decode_hints` gives them, one for each; empty without hints.
            shot_starts: places of other planes that begin a shot.
        """
        size = max(1, _BATCH_PIXELS // max(1, lumas[0].size)) if lumas else 1
        borders = (
            sorted({0, *(s for s in shot_starts if s < len(lumas)), len(lumas)}) if self.has_memory else [0, len(lumas)]
        )
        for start, stop in itertools.pairwise(borders):
            if self._colorizer is not None:
                self._colorizer.begin_shot()
            for first in range(start, stop, size):
                last = min(stop, first + size)
                yield from self._batch(lumas[first:last], hints[first:last])

    def _batch(self, lumas: Sequence[PlaneArray], hints: Sequence[PlaneArray]) -> list[Picture]:
        pixel_format = self._conversion.pixel_format
        quarters = None
        if self._hints is not None:
            height, width = lumas[0].shape
            quarters = unpack_hints(hints, pixel_format.chroma_shape(width, height), self._hints.scale)
        if self._colorizer is not None:
            return self._colorizer(np.stack(lumas), quarters)
        if quarters is None:
            return [self._conversion.neutral(luma) for luma in lumas]
        return [picture_of_quarters(luma, own, pixel_format.model) for luma, own in zip(lumas, quarters, strict=True)]


def luma_crc32(lumas: Iterable[PlaneArray]) -> int:
    """The CRC-32 of gray planes, row by row."""
    checksum = 0
    for luma in lumas:
        checksum = zlib.crc32(luma.tobytes(), checksum)
    return checksum


def chroma_crc32(picture: Picture, checksum: int) -> int:
    """The CRC-32 of both chroma planes, row by row, going on from ``checksum``; int16 in little-endian order."""
    for plane in picture.chroma_planes():
        samples = plane if plane.dtype == np.uint8 else plane.astype("<i2")
        checksum = zlib.crc32(samples.tobytes(), checksum)
    return checksum
