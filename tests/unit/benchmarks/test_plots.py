"""Axes, labels and the pictures drawn from them."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from benchmarks.figures import Bars, Plot, Series
from benchmarks.number_text import ABSENT, decimals, frame_rate, psnr, reading, tick
from benchmarks.report.axes import Axis, axis_over, log_ticks, nice_ticks
from benchmarks.report.labels import Box, Obstacles
from benchmarks.report.plots import bars_html, plot_html, series_styles
from benchmarks.report.styles import assign_styles

HOSTILE = "<script>\"&'</script>"
CURVES = (
    Series("x265", ((60_000, 33.0), (120_000, 37.5), (240_000, 41.0))),
    Series("gvc", ((900_000, 31.0),)),
)


def plot_of(*series: Series, log_x: bool = False) -> Plot:
    return Plot("clip: chroma", "total bytes", "PSNR, dB", series, log_x=log_x)


def svg_of(html: str) -> ElementTree.Element:
    """The plot itself, which is well-formed XML, too."""
    found = re.search(r'<svg class="axes".*?</svg>', html, re.DOTALL)
    assert found
    return ElementTree.fromstring(found[0])


@pytest.mark.parametrize(("low", "high"), [(0, 1), (30.9, 44.6), (-3, 7), (0.0012, 0.0013), (0, 5e9), (-1e-9, 1e-9)])
def test_linear_ticks_are_few_and_round_and_inside(low: float, high: float) -> None:
    ticks = nice_ticks(low, high)
    assert 3 <= len(ticks) <= 9
    steps = {round((b - a) / (high - low), 9) for a, b in pairwise(ticks)}
    assert len(steps) == 1
    assert all(low <= value <= high for value in ticks)
    assert all(len(tick(value)) <= 8 for value in ticks)


@pytest.mark.parametrize("high", [1.3, 3, 9, 40, 1e3, 1e7, 1e30])
def test_logarithmic_ticks_are_few_and_ascend_inside(high: float) -> None:
    ticks = log_ticks(1.1, high)
    assert 2 <= len(ticks) <= 9
    assert list(ticks) == sorted(set(ticks))
    assert all(1.1 <= value <= high for value in ticks)


def test_axis_places_values_linearly_or_by_ratio() -> None:
    assert Axis(0, 10, 100, 200)(2.5) == 125
    assert Axis(0, 10, 200, 100)(2.5) == 175
    assert Axis(1, 100, 0, 200, is_log=True)(10) == pytest.approx(100)


@pytest.mark.parametrize("values", [[5.0], [0.0], [-2.0, -2.0], [1e-30, 2e-30]])
def test_axis_over_few_values_has_room(values: list[float]) -> None:
    axis = axis_over(values, 0, 100)
    assert axis.low < min(values) <= max(values) < axis.high


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_axis_refuses_what_it_cannot_place(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        axis_over([1.0, value], 0, 100)


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_logarithmic_axis_refuses_zero_and_below(value: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        plot_html(plot_of(Series("a", ((1, 1), (value, 2))), log_x=True))


def test_labels_along_an_axis_never_touch() -> None:
    axis = Axis(1e5, 1e6, 0, 300, is_log=True)
    placed = [(x, len(text) * 10) for x, text in axis.labels(10, 5) if text]
    assert all(x0 + w0 / 2 + 5 <= x1 - w1 / 2 for (x0, w0), (x1, w1) in pairwise(placed))


@pytest.mark.parametrize("log_x", [False, True])
def test_plot_draws_every_point_inside_its_frame_with_a_tooltip(log_x: bool) -> None:
    svg = svg_of(plot_html(plot_of(*CURVES, log_x=log_x)))
    markers = [group for group in svg.iter("g") if group.get("class") == "marker"]
    assert len(markers) == 4
    for marker in markers:
        x, y = map(float, re.findall(r"[\d.]+", marker.get("transform", "")))
        assert 76 <= x <= 620
        assert 44 <= y <= 334
    titles = [title.text for title in svg.iter("title")]
    assert "x265\ntotal bytes: 120,000\nPSNR, dB: 37.5" in titles
    assert "gvc\ntotal bytes: 900,000\nPSNR, dB: 31" in titles


def test_plot_says_that_its_axis_is_logarithmic() -> None:
    assert "total bytes (logarithmic)" in plot_html(plot_of(*CURVES, log_x=True))
    assert "logarithmic" not in plot_html(plot_of(*CURVES))


def test_plot_has_a_legend_and_its_figures() -> None:
    html = plot_html(plot_of(*CURVES))
    assert html.count("<li>") == 2
    assert "<td>240,000</td><td>41</td>" in html


def test_plot_escapes_names() -> None:
    html = plot_html(Plot(HOSTILE, HOSTILE, HOSTILE, (Series(HOSTILE, ((1, 2), (3, 4))),)))
    assert "<script" not in html
    svg_of(html)


@pytest.mark.parametrize("series", [(), (Series("empty", ()),)])
def test_plot_without_points_says_so(series: tuple[Series, ...]) -> None:
    assert "No points" in plot_html(plot_of(*series))


def test_series_without_points_is_left_out() -> None:
    html = plot_html(plot_of(*CURVES, Series("nothing", ())))
    assert "nothing" not in html


def test_a_name_keeps_its_style_over_plots() -> None:
    first, second = plot_of(*CURVES), plot_of(CURVES[1])
    styles = series_styles([first, second])
    assert f'<g class="series {styles["gvc"].classes}">' in plot_html(first, styles)
    assert f'<g class="series {styles["gvc"].classes}">' in plot_html(second, styles)


def test_styles_stay_apart() -> None:
    styles = assign_styles(f"name {number}" for number in range(56))
    assert len(set(styles.values())) == 56


def test_names_stand_beside_lines_without_touching_anything() -> None:
    obstacles = Obstacles(0, 400, 0, 300)
    lines = [[(50.0, 200.0), (200.0, 100.0)], [(50.0, 210.0), (200.0, 104.0)]]
    for line in lines:
        obstacles.add_line(line)
    first, second = (obstacles.place_label("name", line) for line in lines)
    assert first is not None
    assert first != second


def test_name_is_left_out_where_there_is_no_room() -> None:
    obstacles = Obstacles(0, 40, 0, 40)
    obstacles.add_line([(20, 20)])
    assert obstacles.place_label("a long name", [(20, 20)]) is None


@pytest.mark.parametrize(
    ("start", "end", "crosses"),
    [
        ((0, 5), (20, 5), True),
        ((0, 0), (20, 20), True),
        ((6, 6), (7, 7), True),
        ((0, 30), (20, 30), False),
        ((0, 12), (12, 24), False),
        ((5, -9), (5, -1), False),
        ((30, 0), (30, 20), False),
    ],
)
def test_box_knows_what_crosses_it(start: tuple[float, float], end: tuple[float, float], crosses: bool) -> None:
    assert Box(2, 0, 12, 10).is_crossed_by(start, end) is crosses


def test_bars_are_as_long_as_their_values() -> None:
    bars = Bars("bytes by part", "bytes", ("luma", "color"), (("gvc", (750, 250)), ("x265", (0, 500))))
    html = bars_html(bars)
    assert re.findall(r'x="([\d.]+)%" width="([\d.]+)%"', html) == [
        ("0.000", "75.000"),
        ("75.000", "25.000"),
        ("0.000", "50.000"),
    ]
    assert "<title>gvc: luma: 750 bytes</title>" in html
    assert '<span class="total">1,000</span>' in html
    assert 'aria-label="luma: 0 bytes, color: 500 bytes"' in html


def test_bars_of_nothing_have_no_length() -> None:
    assert "<rect" not in bars_html(Bars("t", "bytes", ("luma",), (("gvc", (0,)),)))
    assert bars_html(Bars("t", "bytes", ("luma",), ()))


@pytest.mark.parametrize("values", [(1.0,), (1.0, 2.0, 3.0), (1.0, -1.0), (1.0, float("nan"))])
def test_bars_refuse_rows_that_do_not_fit(values: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="each of"):
        bars_html(Bars("t", "bytes", ("luma", "color"), (("gvc", values),)))


def test_bars_escape_names() -> None:
    assert "<script" not in bars_html(Bars(HOSTILE, HOSTILE, (HOSTILE,), ((HOSTILE, (1,)),)))


def test_numbers_are_written_as_people_read_them() -> None:
    assert [tick(v) for v in (0, 0.5, 999, 1500, 250_000, 1e6, 2.5e9)] == [
        "0",
        "0.5",
        "999",
        "1.5k",
        "250k",
        "1M",
        "2.5G",
    ]
    assert [reading(v) for v in (3, 3.14159, 12_345.6)] == ["3", "3.142", "12,346"]
    assert [frame_rate(v) for v in ("30000/1001", "25/1", "24", "100")] == ["29.97", "25", "24", "100"]
    assert [psnr(None, exact=True), psnr(None, exact=False), psnr(38.126, exact=False)] == ["exact", ABSENT, "38.13"]
    assert decimals(None, 2) == ABSENT
