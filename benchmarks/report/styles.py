"""How a line or a part is told from the others: by color, by the form of its markers, and by dashes.

A name has the same style in every plot of the page. Colors are classes ``c0`` to ``c7``, in ``page.css``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from benchmarks.report.markup import escaped

NUM_COLORS = 8
# Each within a square of 10 around 0, of about the same area.
SHAPES = (
    "M-4.4,0a4.4,4.4 0 1,0 8.8,0a4.4,4.4 0 1,0 -8.8,0Z",
    "M-4,-4H4V4H-4Z",
    "M0,-5.4L5.2,4.2H-5.2Z",
    "M0,-5.6L5.6,0L0,5.6L-5.6,0Z",
    "M0,5.4L5.2,-4.2H-5.2Z",
    "M-5,-1.7H-1.7V-5H1.7V-1.7H5V1.7H1.7V5H-1.7V1.7H-5Z",
    "M-5.4,0L4.2,-5.2V5.2Z",
)


@dataclass(frozen=True)
class Style:
    """Classes for the color and the dashes, and the outline of a marker."""

    classes: str
    shape: str


def assign_styles(names: Iterable[str]) -> dict[str, Style]:
    """A style for each name, by first appearance; the first 56 differ from each other."""
    styles: dict[str, Style] = {}
    for name in names:
        if name not in styles:
            number = len(styles)
            dashes = " dashed" if number // NUM_COLORS % 2 else ""
            styles[name] = Style(f"c{number % NUM_COLORS}{dashes}", SHAPES[number % len(SHAPES)])
    return styles


def legend(names: Iterable[str], styles: Mapping[str, Style], *, lines: bool) -> str:
    """The names with a sample of each: a piece of the line with its marker, or a filled square."""
    items = "".join(f"<li>{_sample(styles[name], lines=lines)}{escaped(name)}</li>" for name in names)
    return f'<ul class="legend">{items}</ul>'


def _sample(style: Style, *, lines: bool) -> str:
    if not lines:
        square = '<path d="M1,1H13V13H1Z"/>'
        return f'<svg class="sample {style.classes}" viewBox="0 0 14 14" aria-hidden="true">{square}</svg>'
    return (
        f'<svg class="sample line {style.classes}" viewBox="0 0 30 14" aria-hidden="true">'
        f'<path class="curve" d="M0,7H30"/><path transform="translate(15 7)" d="{style.shape}"/></svg>'
    )
