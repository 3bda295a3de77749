"""The neighbors that predictions of adaptive planes use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from codec.native.adaptive import AdaptiveLayout, AdaptiveLevel


class Source(IntEnum):
    """Where a neighbor is."""

    LEFT = 0  # in this row
    ABOVE = 1  # in this picture
    MOVED = 2  # in the picture before, about the sample that the vector leads to
    OLDER = 3  # in the one before that
    MATE = 4  # the change of another component of this picture since the picture before


@dataclass(frozen=True)
class Feature:
    """A neighbor that predictions use.

    Attributes:
        source: where it is.
        y, x: how far below and right of the sample.
        mate: of ``Source.MATE``: 0 for the gray, 1 for the first component.
    """

    source: Source
    y: int
    x: int
    mate: int = 0


_CROSS = ((0, 0), (0, -1), (-1, 0), (0, 1), (1, 0))
_AROUND = ((0, -1), (-1, 0), (0, 1), (1, 0), (-1, -1), (-1, 1), (1, -1), (1, 1))
_FAR = ((0, -2), (-2, 0), (0, 2), (2, 0))
_OF_ANY = (
    *(Feature(Source.LEFT, 0, x) for x in (-1, -2)),
    *(Feature(Source.ABOVE, y, x) for y, x in ((-1, 0), (-1, -1), (-1, 1), (-2, 0))),
)
_OF_GRAY = (
    *_OF_ANY,
    *(Feature(Source.ABOVE, y, x) for y, x in ((-2, 1), (-1, -2), (-1, 2), (-2, -1))),
    *(Feature(Source.MOVED, y, x) for y, x in (*_AROUND, *_FAR)),
    *(Feature(Source.OLDER, y, x) for y, x in _CROSS),
)
_OF_FIRST = (
    *_OF_ANY,
    *(Feature(Source.MOVED, y, x) for y, x in _AROUND),
    Feature(Source.OLDER, 0, 0),
    *(Feature(Source.MATE, y, x) for y, x in _CROSS),
)
_OF_SECOND = (*_OF_FIRST, *(Feature(Source.MATE, y, x, 1) for y, x in _CROSS))
_CORNERS = ((-1, -1), (-1, 1), (1, -1), (1, 1))
_MORE_ABOVE = ((-3, 0), (-2, -2), (-2, 2), (-1, 3))
_KNIGHT_MOVES = ((1, 2), (1, -2), (2, 1), (2, -1), (-1, 2), (-1, -2), (-2, 1), (-2, -1))
_MOST_OF_GRAY = (
    *_OF_GRAY[:10],
    *(Feature(Source.ABOVE, y, x) for y, x in _MORE_ABOVE),
    *(Feature(Source.MOVED, y, x) for y, x in (*_AROUND, *_FAR, *_KNIGHT_MOVES)),
    *(Feature(Source.OLDER, y, x) for y, x in _CROSS),
)
_MOST_OF_FIRST = (
    *_OF_ANY,
    *(Feature(Source.ABOVE, y, x) for y, x in ((-2, 1), (-2, -1), (-1, 2), (-1, -2))),
    *(Feature(Source.MOVED, y, x) for y, x in (*_AROUND, *_FAR)),
    *(Feature(Source.OLDER, y, x) for y, x in _CROSS),
    *(Feature(Source.MATE, y, x) for y, x in (*_CROSS, *_CORNERS)),
)
_MOST_OF_SECOND = (*_MOST_OF_FIRST, *(Feature(Source.MATE, y, x, 1) for y, x in _CROSS))
_FEW_ABOVE = ((-1, 0), (-1, -1), (-1, 1))
_FEW_OF_ANY = (
    *(Feature(Source.LEFT, 0, x) for x in (-1, -2)),
    *(Feature(Source.ABOVE, y, x) for y, x in _FEW_ABOVE),
)
_FEW_MOVED = tuple(Feature(Source.MOVED, y, x) for y, x in _CROSS[1:])
_FEW_OF_GRAY = (*_FEW_OF_ANY, Feature(Source.ABOVE, -2, 0), *_FEW_MOVED, Feature(Source.OLDER, 0, 0))
_FEW_OF_FIRST = (*_FEW_OF_ANY, *_FEW_MOVED, *(Feature(Source.MATE, 0, x) for x in (0, -1)))
_FEW_OF_SECOND = (*_FEW_OF_FIRST, *(Feature(Source.MATE, 0, x, 1) for x in (0, -1)))
_SWIFT_OF_FIRST = (*_FEW_OF_ANY[:4], *_FEW_MOVED, Feature(Source.MATE, 0, 0))
_SWIFT_OF_SECOND = (*_SWIFT_OF_FIRST, Feature(Source.MATE, 0, 0, 1))


def features(layout: AdaptiveLayout, component: int) -> tuple[Feature, ...]:
    """The neighbors of a component's samples."""
    if layout.level is AdaptiveLevel.SWIFT:
        of_gray, of_first, of_second = _FEW_OF_GRAY, _SWIFT_OF_FIRST, _SWIFT_OF_SECOND
    elif layout.level is AdaptiveLevel.FIRST_SWIFT:
        of_gray, of_first, of_second = _FEW_OF_GRAY, _FEW_OF_FIRST, _FEW_OF_SECOND
    elif layout.level is AdaptiveLevel.MAX:
        of_gray, of_first, of_second = _MOST_OF_GRAY, _MOST_OF_FIRST, _MOST_OF_SECOND
    else:
        of_gray, of_first, of_second = _OF_GRAY, _OF_FIRST, _OF_SECOND
    if layout.components == 1:
        return of_gray
    return of_second if component else of_first
