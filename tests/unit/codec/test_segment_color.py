"""When a network with memory forgets."""

from __future__ import annotations

import numpy as np

from codec.networks.interface import Colorizer
from codec.segment_color import SegmentColor
from codec.video.color import ColorConversion
from codec.video.picture import Picture, PlaneArray
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.weights.tensors import I32Array

CONVERSION = ColorConversion(PIXEL_FORMATS["yuv444p"], 6, True)


class Counting(Colorizer):
    """Gives each frame of a shot the next shade."""

    def __init__(self, has_memory: bool) -> None:
        self._has_memory = has_memory
        self._shade = 0

    @property
    def is_exact(self) -> bool:
        return False

    @property
    def has_memory(self) -> bool:
        return self._has_memory

    def begin_shot(self) -> None:
        self._shade = 0

    def __call__(self, lumas: PlaneArray, hints: I32Array | None) -> list[Picture]:
        del hints
        pictures = []
        for luma in lumas:
            self._shade += 1
            plane = np.full(luma.shape, self._shade, np.uint8)
            pictures.append(Picture(luma, (plane, plane)))
        return pictures


def shades(color: SegmentColor, count: int, shot_starts: tuple[int, ...]) -> list[int]:
    lumas = [np.zeros((4, 4), np.uint8)] * count
    return [int(picture.chroma_planes()[0][0, 0]) for picture in color.pictures(lumas, [], shot_starts)]


def test_memory_ends_at_cuts_and_segments() -> None:
    color = SegmentColor(CONVERSION, Counting(has_memory=True), None)
    assert color.has_memory
    assert shades(color, 6, (2, 5)) == [1, 2, 1, 2, 3, 1]
    assert shades(color, 2, ()) == [1, 2]
    assert shades(color, 2, (5,)) == [1, 2]  # the sender may need only the first frames of a segment


def test_without_memory_batches_are_not_divided() -> None:
    color = SegmentColor(CONVERSION, Counting(has_memory=False), None)
    assert shades(color, 4, (2,)) == [1, 2, 3, 4]
    assert not SegmentColor(CONVERSION, None, None).has_memory
