"""When a network with memory forgets, and what is colored by one without."""

from __future__ import annotations

import numpy as np
import pytest

from codec import segment_color
from codec.networks.interface import Colorizer
from codec.segment_color import SegmentColor
from codec.video.color import ColorConversion
from codec.video.picture import Picture, PlaneArray
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.weights.tensors import I32Array

CONVERSION = ColorConversion(PIXEL_FORMATS["yuv444p"], 6, True)


class Counting(Colorizer):
    """Gives each frame of a shot the next shade."""

    def __init__(self, has_memory: bool, is_exact: bool = False) -> None:
        self._has_memory, self._is_exact = has_memory, is_exact
        self._shade = 0
        self.batches: list[int] = []

    @property
    def is_exact(self) -> bool:
        return self._is_exact

    @property
    def has_memory(self) -> bool:
        return self._has_memory

    def begin_shot(self) -> None:
        self._shade = 0

    def __call__(self, lumas: PlaneArray, hints: I32Array | None) -> list[Picture]:
        del hints
        self.batches.append(len(lumas))
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


def late_shades(color: SegmentColor, count: int, asked: tuple[int, ...]) -> list[int]:
    lumas = [np.zeros((4, 4), np.uint8)] * count
    late = list(color.late_pictures(lumas, [], (2,)))
    assert [picture.luma is luma for picture, luma in zip(late, lumas, strict=True)] == [True] * count
    return [int(late[index].picture().chroma_planes()[0][0, 0]) for index in asked]


def test_color_is_made_when_it_is_asked_for() -> None:
    network = Counting(has_memory=False, is_exact=True)
    assert late_shades(SegmentColor(CONVERSION, network, None), 5, (4, 0, 4, 2)) == [1, 2, 1, 3]
    assert network.batches == [1, 1, 1]


def test_a_network_of_floats_colors_the_batches_that_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment_color, "_BATCH_PIXELS", 2 * 16)
    network = Counting(has_memory=False)
    assert late_shades(SegmentColor(CONVERSION, network, None), 5, (3, 2, 4)) == [2, 1, 3]
    assert network.batches == [2, 1]


def test_a_network_with_memory_colors_all_in_order() -> None:
    network = Counting(has_memory=True)
    assert late_shades(SegmentColor(CONVERSION, network, None), 5, (4, 1, 2)) == [3, 2, 1]
    assert sum(network.batches) == 5
