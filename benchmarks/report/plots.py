"""Plots and stacked bars as inline SVG; colors and type come from ``page.css``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.figures import Bars, Plot, Series, Table
from benchmarks.number_text import count, reading, tick
from benchmarks.report.axes import Axis, axis_over
from benchmarks.report.labels import Obstacles
from benchmarks.report.markup import escaped, inline, plain
from benchmarks.report.styles import Style, assign_styles, legend
from benchmarks.report.tables import table_html

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 76, 620, 44, 334
# On a small screen the type grows to 20 units, so that there must be room for that.
TICK_CHARACTER_WIDTH, TICK_GAP = 11.5, 8
HIT_RADIUS = 12


def series_styles(plots: Sequence[Plot]) -> dict[str, Style]:
    """One style for each name of a line, over all plots of a page."""
    return assign_styles(series.name for plot in plots for series in plot.series)


def part_styles(bars: Sequence[Bars]) -> dict[str, Style]:
    """One style for each part, over all bars of a page."""
    return assign_styles(part for chart in bars for part in chart.parts)


def plot_html(plot: Plot, styles: Mapping[str, Style] | None = None) -> str:
    """A plot as a figure: heading, legend, picture, and its figures as a table that unfolds.

    Args:
        plot: its points; a plot without any says so.
        styles: of the lines, by name, to keep them alike over several plots; None takes them in order.

    Raises:
        ValueError: a coordinate is infinite or NaN, or not above 0 on a logarithmic axis.
    """
    styles = series_styles([plot]) if styles is None else styles
    drawn = [series for series in plot.series if series.points]
    caption = f"<figcaption>{inline(plot.title)}</figcaption>"
    if not drawn:
        return f'<figure class="plot">{caption}<p class="note">No points to draw.</p></figure>'
    names = [series.name for series in drawn]
    return (
        f'<figure class="plot">{caption}{legend(names, styles, lines=True)}{_svg(plot, drawn, styles)}'
        f"<details><summary>Figures of this plot</summary>{table_html(_points_table(plot, drawn))}</details></figure>"
    )


def bars_html(bars: Bars, styles: Mapping[str, Style] | None = None) -> str:
    """Stacked horizontal bars as a figure: heading, legend, and for each row its name, its bar and its total.

    Raises:
        ValueError: a row has a negative value, or not one for each part.
    """
    styles = part_styles([bars]) if styles is None else styles
    for name, values in bars.rows:
        if len(values) != len(bars.parts) or not all(value >= 0 for value in values):
            raise ValueError(f"expected a value of at least 0 for each of {bars.parts}. Received: {name}, {values}")
    widest = max((sum(values) for _, values in bars.rows), default=0) or 1
    rows = "".join(
        f'<li><span class="name">{inline(name)}</span>{_bar(bars, name, values, widest, styles)}'
        f'<span class="total">{count(sum(values))}</span></li>'
        for name, values in bars.rows
    )
    return (
        f'<figure class="bars"><figcaption>{inline(bars.title)} <span class="unit">{escaped(bars.unit)}</span>'
        f'</figcaption>{legend(bars.parts, styles, lines=False)}<ul class="bar-rows">{rows}</ul></figure>'
    )


def _bar(bars: Bars, name: str, values: Sequence[float], widest: float, styles: Mapping[str, Style]) -> str:
    """Widths are shares of the element, so that a bar grows with the page and the type beside it does not."""
    said = [f"{part}: {count(value)} {bars.unit}" for part, value in zip(bars.parts, values, strict=True)]
    pieces, start = [], 0.0
    for part, value, text in zip(bars.parts, values, said, strict=True):
        share = 100 * value / widest
        if value:
            pieces.append(
                f'<rect class="{styles[part].classes}" x="{start:.3f}%" width="{share:.3f}%" height="100%">'
                f"<title>{escaped(f'{plain(name)}: {text}')}</title></rect>"
            )
        start += share
    return f'<svg class="bar" role="img" aria-label="{escaped(", ".join(said))}">{"".join(pieces)}</svg>'


def _svg(plot: Plot, drawn: Sequence[Series], styles: Mapping[str, Style]) -> str:
    xs, ys = ([point[axis] for series in drawn for point in series.points] for axis in (0, 1))
    x_axis, y_axis = axis_over(xs, LEFT, RIGHT, is_log=plot.log_x), axis_over(ys, BOTTOM, TOP)
    lines = [[(x_axis(x), y_axis(y)) for x, y in series.points] for series in drawn]
    said = f"{plain(plot.title)}: {plot.y_label} over {plot.x_label}, for {', '.join(s.name for s in drawn)}"
    curves = "".join(_curve(plot, series, line, styles[series.name]) for series, line in zip(drawn, lines, strict=True))
    return (
        f'<svg class="axes" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escaped(said)}">'
        f"{_frame(plot, x_axis, y_axis)}{curves}{_direct_labels(drawn, lines, styles)}</svg>"
    )


def _frame(plot: Plot, x_axis: Axis, y_axis: Axis) -> str:
    """Grid, numbers and names of both axes; y's name lies flat above it, which is read with less effort."""
    pieces = []
    for value in y_axis.ticks:
        y = y_axis(value)
        pieces.append(f'<path class="grid" d="M{LEFT},{y:.1f}H{RIGHT}"/>')
        pieces.append(f'<text class="tick end" x="{LEFT - 8}" y="{y:.1f}" dy="0.35em">{tick(value)}</text>')
    for x, text in x_axis.labels(TICK_CHARACTER_WIDTH, TICK_GAP):
        pieces.append(f'<path class="grid" d="M{x:.1f},{TOP}V{BOTTOM}"/>')
        pieces.append(f'<text class="tick middle" x="{x:.1f}" y="{BOTTOM + 8}" dy="0.9em">{text}</text>')
    scale = " (logarithmic)" if plot.log_x else ""
    return (
        f'{"".join(pieces)}<path class="edge" d="M{LEFT},{TOP}V{BOTTOM}H{RIGHT}"/>'
        f'<text class="axis-name" x="8" y="{TOP - 14}">{escaped(plot.y_label)}</text>'
        f'<text class="axis-name end" x="{RIGHT}" y="{HEIGHT - 8}">{escaped(plot.x_label + scale)}</text>'
    )


def _curve(plot: Plot, series: Series, line: Sequence[tuple[float, float]], style: Style) -> str:
    path = "L".join(f"{x:.1f},{y:.1f}" for x, y in line)
    markers = []
    for (x, y), (place_x, place_y) in zip(series.points, line, strict=True):
        said = f"{series.name}\n{plot.x_label}: {reading(x)}\n{plot.y_label}: {reading(y)}"
        markers.append(
            f'<g class="marker" transform="translate({place_x:.1f} {place_y:.1f})"><title>{escaped(said)}</title>'
            f'<circle class="hit" r="{HIT_RADIUS}"/><path d="{style.shape}"/></g>'
        )
    return f'<g class="series {style.classes}"><path class="curve" d="M{path}"/>{"".join(markers)}</g>'


def _direct_labels(
    drawn: Sequence[Series], lines: Sequence[Sequence[tuple[float, float]]], styles: Mapping[str, Style]
) -> str:
    """Names beside the lines, where they cover nothing; the legend has them all."""
    obstacles = Obstacles(LEFT, RIGHT, TOP, BOTTOM)
    for line in lines:
        obstacles.add_line(line)
    labels = []
    for series, line in zip(drawn, lines, strict=True):
        place = obstacles.place_label(series.name, line)
        if place is not None:
            labels.append(
                f'<text class="direct {styles[series.name].classes}" x="{place[0]:.1f}" y="{place[1]:.1f}">'
                f"{escaped(series.name)}</text>"
            )
    return "".join(labels)


def _points_table(plot: Plot, drawn: Sequence[Series]) -> Table:
    rows = tuple((series.name, reading(x), reading(y)) for series in drawn for x, y in series.points)
    return Table(("series", plot.x_label, plot.y_label), rows)
