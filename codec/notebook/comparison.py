"""Before and after in one picture, with a line between them that can be moved."""

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
    """Frames of two videos that show the same.

    Attributes:
        before, after: (height, width, 3) uint8 R'G'B' each, as many of both.
        numbers: of the frames in the videos, counted from 0.
    """

    before: tuple[PlaneArray, ...]
    after: tuple[PlaneArray, ...]
    numbers: tuple[int, ...]

    @classmethod
    def of(cls, before: Path, after: Path) -> Comparison:
        """Some frames, evenly spread over what both videos have.

        Raises:
            InputError: one of them cannot be read.
        """
        numbers = _spread(_count(after))
        return cls(_frames(before, numbers), _frames(after, numbers), numbers)

    def png(self, index: int, share: float) -> bytes:
        """One frame as a PNG file: before to the left of a line, after to the right of it.

        Args:
            index: of :attr:`numbers`.
            share: where the line is, 0 to 1.
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
