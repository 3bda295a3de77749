"""Where a line's name can stand in a plot without covering anything."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

# Of the type at 17 units, the largest at which page.css shows these names.
CHARACTER_WIDTH, TEXT_HEIGHT = 9.6, 18.0
MARKER_RADIUS = 6.0
GAP = 10.0
AIR = 3.0

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A rectangle, y downward."""

    left: float
    top: float
    right: float
    bottom: float

    def touches(self, other: Box) -> bool:
        """They share an inner point."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def is_crossed_by(self, start: Point, end: Point) -> bool:
        """A part of the segment lies inside: its parameter is clipped at each side in turn (Liang and Barsky, 1984)."""
        first, last = 0.0, 1.0
        sides = ((start[0], end[0], self.left, self.right), (start[1], end[1], self.top, self.bottom))
        for at_start, at_end, low, high in sides:
            change = at_end - at_start
            if change == 0:
                if not low < at_start < high:
                    return False
                continue
            enters, leaves = sorted(((low - at_start) / change, (high - at_start) / change))
            first, last = max(first, enters), min(last, leaves)
        return first < last


class Obstacles:
    """What has been drawn within a frame."""

    def __init__(self, left: float, right: float, top: float, bottom: float) -> None:
        self._frame = Box(left, top, right, bottom)
        self._boxes: list[Box] = []
        self._segments: list[tuple[Point, Point]] = []

    def add_line(self, line: Sequence[Point]) -> None:
        """A curve with its markers."""
        self._segments += itertools.pairwise(line)
        r = MARKER_RADIUS
        self._boxes += [Box(x - r, y - r, x + r, y + r) for x, y in line]

    def place_label(self, text: str, line: Sequence[Point]) -> Point | None:
        """Take a free place beside one of the line's ends.

        Returns:
            Where the baseline starts; None if there is no such place.
        """
        width = len(text) * CHARACTER_WIDTH
        for x, y in (max(line), min(line)):
            for left, middle in (
                (x + GAP, y),
                (x - width / 2, y - TEXT_HEIGHT),
                (x - GAP - width, y),
                (x - width / 2, y + TEXT_HEIGHT),
            ):
                box = Box(left - AIR, middle - TEXT_HEIGHT / 2, left + width + AIR, middle + TEXT_HEIGHT / 2)
                if self._is_free(box):
                    self._boxes.append(box)
                    return left, middle + TEXT_HEIGHT * 0.3
        return None

    def _is_free(self, box: Box) -> bool:
        frame = self._frame
        if box.left < frame.left or box.right > frame.right or box.top < frame.top or box.bottom > frame.bottom:
            return False
        return not any(box.touches(other) for other in self._boxes) and not any(
            box.is_crossed_by(*segment) for segment in self._segments
        )
