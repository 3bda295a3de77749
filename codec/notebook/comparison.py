"""Comparison pictures: the video before on the left of a movable line, and the video after on the right."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from codec.video.color import ColorConversion
from codec.video.picture import PlaneArray, RgbArray
from codec.video.sources import open_source

_MAX_FRAMES = 24
_LONGEST = 640
_LINE = (255, 220, 0)


@dataclass(frozen=True, eq=False)
class Comparison:
    """Corresponding frames of two videos.

    Attributes:
        before, after: the frames of each video, (height, width, 3) uint8 R'G'B'. Both have the same number.
        numbers: the frames' numbers in the videos, counted from 0.
    """

    before: tuple[PlaneArray, ...]
    after: tuple[PlaneArray, ...]
    numbers: tuple[int, ...]

    @classmethod
    def of(cls, before: Path, after: Path) -> Comparison:
        """Read at most 24 frames, evenly spread over the video after.

        Args:
            before: the path of the video before.
            after: the path of the video after.

        Raises:
            InputError: a video cannot be read.
        """
        numbers = _spread(_count(after))
        return cls(_frames(before, numbers), _frames(after, numbers), numbers)

    def png(self, index: int, share: float) -> bytes:
        """The comparison of one frame as a PNG file: before on the left of a line, after on the right.

        Args:
            index: an index into :attr:`numbers`.
            share: the position of the line as a share of the width, in [0, 1].
        """
        before, after = self.before[index], self.after[index]
        column = round(share * (after.shape[1] - 1))
        both = after.copy()
        both[:, :column] = before[:, :column]
        both[:, max(0, column - 1) : column + 1] = _LINE
        _, png = cv2.imencode(".png", both[..., ::-1])  # OpenCV's order
        return bytes(png.tobytes())


def _spread(count: int) -> tuple[int, ...]:
    places = np.linspace(0, count - 1, min(_MAX_FRAMES, count))
    return tuple(sorted(set(np.rint(places).astype(int).tolist())))


def _count(path: Path) -> int:
    source = open_source(str(path))
    try:
        return sum(1 for _ in source.frames())
    finally:
        source.close()


def _frames(path: Path, numbers: tuple[int, ...]) -> tuple[PlaneArray, ...]:
    source = open_source(str(path))
    conversion = ColorConversion.of(source.info)
    found: list[PlaneArray] = []
    try:
        for index, frame in enumerate(source.frames()):
            if index in numbers:
                found.append(_small(conversion.rgb(frame.picture)))
            if index >= numbers[-1]:
                break
    finally:
        source.close()
    return tuple(found)


def _small(rgb_u8: RgbArray) -> RgbArray:
    height, width = rgb_u8.shape[:2]
    scale = min(1.0, _LONGEST / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small: PlaneArray = cv2.resize(np.ascontiguousarray(rgb_u8), size, interpolation=cv2.INTER_AREA)
    return small
