"""What a suite has to show: sections of text, tables, plots and bars. The page and the document both draw these."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """A table of text; the first column names the row, the others are numbers and stand at the right.

    Attributes:
        columns: headings.
        rows: as many cells each as there are headings.
        command: what a reader types to measure it again; None inherits the section's.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    command: str | None = None

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"expected {len(self.columns)} cells {self.columns}. Received: {row}")

    def as_markdown(self) -> str:
        """The table in GitHub's Markdown, without a final newline."""
        rule = ("---", *("---:" for _ in self.columns[1:]))
        return "\n".join("| " + " | ".join(row) + " |" for row in (self.columns, rule, *self.rows))


@dataclass(frozen=True)
class Series:
    """One line of a plot: (x, y) points in the order in which they are joined."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Plot:
    """Lines in a coordinate system: a rate-distortion plot, say."""

    title: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    log_x: bool = False


@dataclass(frozen=True)
class Bars:
    """Stacked horizontal bars: one row each, with its parts.

    Attributes:
        title: heading.
        unit: of the values, such as ``bytes``.
        parts: what is stacked, in order.
        rows: name and the value of each part.
    """

    title: str
    unit: str
    parts: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float, ...]], ...]


@dataclass(frozen=True)
class Section:
    """A part of the report.

    Attributes:
        heading: one line.
        text: paragraphs: what was measured, how, and what came out, losses included.
        tables, plots, bars: in the order in which they are drawn.
        command: what a reader types to measure it again.
    """

    heading: str
    command: str
    text: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    plots: tuple[Plot, ...] = ()
    bars: tuple[Bars, ...] = ()
