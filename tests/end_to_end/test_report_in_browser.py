"""The benchmark report as a reader meets it: a file opened in Chromium, with mouse, keys and touch."""

from __future__ import annotations

import base64
import dataclasses
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.figures import Bars, Plot, Section, Series, Table
from benchmarks.pictures import PictureStore, StoredPictures, viewer_indices
from benchmarks.report.page import write_report
from benchmarks.results import Record
from tests.end_to_end.chromium import BROWSER, needs_browser
from tests.made_up_results import MATERIAL, QUALITY, exact_record, make_record, store_pictures

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright, of the extra `dev`")
pytestmark = needs_browser

KINDS = ("original", "gray", "decoded")
SLOW = dataclasses.replace(MATERIAL, frame_rate="10/1")
SINGLE = dataclasses.replace(MATERIAL, clip="still", num_frames=1)
FIRST, *_, LAST = viewer_indices(MATERIAL.num_frames)
# Samples what the panes show at every paint, for a time: the frames in order, and how often they differed.
WATCH = """async (milliseconds) => {
  const panes = [...document.querySelectorAll("#pictures-disc-64 .pane")];
  const seen = [];
  let torn = 0;
  for (const begin = performance.now(); performance.now() - begin < milliseconds;) {
    await new Promise(requestAnimationFrame);
    const frames = panes.map((pane) => pane.dataset.frame);
    if (new Set(frames).size > 1) torn += 1;
    if (frames[0] !== seen.at(-1)) seen.push(frames[0]);
  }
  return { seen: seen.map(Number), torn };
}"""


@dataclasses.dataclass
class OpenReport:
    """A page with the report, and what went wrong on it."""

    page: Any
    pictures: dict[str, StoredPictures]
    complaints: list[str]
    requests: list[str]

    @property
    def viewer(self) -> Any:
        """The first clip's viewer, with pictures in it."""
        viewer = self.page.locator("#pictures-disc-64")
        viewer.scroll_into_view_if_needed()
        viewer.locator(".pane img").first.wait_for()
        return viewer

    def expect_frame(self, index: int, case: str = "disc-64/gvc") -> None:
        """Wait for a frame, and compare every picture of it with the stored one."""
        viewer = self.viewer
        playwright.expect(viewer.locator(f'.pane[data-frame="{index}"]')).to_have_count(3)
        playwright.expect(viewer.locator(".position")).to_contain_text(f"frame {index + 1} of {MATERIAL.num_frames}")
        playwright.expect(viewer.locator(".scrubber")).to_have_value(str(index - FIRST))
        for kind in KINDS:
            path = getattr(self.pictures[case], kind)[index - FIRST]
            uri = f"data:image/jpeg;base64,{base64.b64encode(path.read_bytes()).decode()}"
            assert viewer.locator(f".pane[data-kind={kind}] img").get_attribute("src") == uri

    def split(self) -> float:
        """Where the divider stands, as a share of the picture's width; checks that the original is cut off there."""
        layers = self.viewer.locator(".layers").bounding_box()
        divider = self.viewer.locator(".divider").bounding_box()
        share = (divider["x"] + divider["width"] / 2 - layers["x"]) / layers["width"]
        clip = self.viewer.locator(".pane[data-kind=original]").evaluate("e => getComputedStyle(e).clipPath")
        cut = re.fullmatch(r"inset\(0px ([\d.]+)% 0px 0px\)", clip)
        assert cut, clip
        assert float(cut[1]) == pytest.approx(100 - 100 * share, abs=0.5)
        return float(share)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, StoredPictures]]:
    """A report with two clips, and the pictures in it."""
    folder = tmp_path_factory.mktemp("report")
    store = PictureStore(folder / "pictures")
    records = [
        make_record(material=SLOW),
        make_record("disc-64/x265", material=SLOW, settings="crf=28", total_bytes=54_321),
        dataclasses.replace(exact_record(), material=SLOW),
        make_record("still-64/gvc", material=SINGLE, quality=dataclasses.replace(QUALITY, worst_frames=())),
    ]
    for record, fade in zip(records, (0.5, 0.9, 0.0, 0.5), strict=True):
        store_pictures(store, record, fade=fade)
    write_report(sections(records), records, store, folder / "report.html", title="Report <of> nothing")
    pictures = {record.case: found for record in records if (found := store.load(record.case))}
    return folder / "report.html", pictures


def sections(records: list[Record]) -> list[Section]:
    long = Table(
        ("contender and all of its settings", *(f"figure {number}" for number in range(12))),
        tuple((f"x265 crf={row}", *(f"{row * 1000 + column:,}" for column in range(12))) for row in range(40)),
    )
    series = tuple(Series(r.case, ((r.total_bytes, 30.0), (r.total_bytes * 2, 35.0))) for r in records)
    bars = Bars("Parts", "bytes", ("luma", "network"), tuple((r.case, (9000.0, 2000.0)) for r in records))
    return [
        Section("Summary", "measure", ("Some **text** with `code`.",), (long,)),
        Section("Curves", "measure curves", plots=(Plot("RD", "bytes", "dB", series, log_x=True),), bars=(bars,)),
    ]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with playwright.sync_playwright() as program:
        browser = program.chromium.launch(executable_path=BROWSER, args=options)
        yield browser
        browser.close()


def open_report(browser: Any, stored: tuple[Path, dict[str, StoredPictures]], **options: Any) -> Iterator[OpenReport]:
    """Open the report; when the test is through, nothing may have gone wrong and nothing may have been loaded."""
    path, pictures = stored
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
    report = OpenReport(context.new_page(), pictures, [], [])
    report.page.on("console", lambda message: report.complaints.append(message.text))
    report.page.on("pageerror", lambda error: report.complaints.append(str(error)))
    report.page.on("request", lambda request: report.requests.append(request.url))
    report.page.goto(path.as_uri())
    yield report
    assert report.complaints == []
    assert [url for url in report.requests if not url.startswith("data:")] == [path.as_uri()]
    context.close()


@pytest.fixture
def report(browser: Any, stored: tuple[Path, dict[str, StoredPictures]]) -> Iterator[OpenReport]:
    yield from open_report(browser, stored)


@pytest.fixture
def narrow(browser: Any, stored: tuple[Path, dict[str, StoredPictures]]) -> Iterator[OpenReport]:
    yield from open_report(browser, stored, viewport={"width": 400, "height": 800}, has_touch=True, is_mobile=True)


def test_keys_step_all_pictures(report: OpenReport) -> None:
    report.expect_frame(FIRST)
    report.viewer.locator(".stage").focus()
    for key, index in (
        ("ArrowRight", FIRST + 1),
        (".", FIRST + 2),
        ("ArrowLeft", FIRST + 1),
        (",", FIRST),
        (",", FIRST),
        ("End", LAST),
        ("ArrowRight", LAST),
        ("Home", FIRST),
    ):
        report.page.keyboard.press(key)
        report.expect_frame(index)


def test_buttons_and_scrubber_step_all_pictures(report: OpenReport) -> None:
    for name, index in (("Next", FIRST + 1), ("Last", LAST), ("Previous", LAST - 1), ("First", FIRST)):
        report.viewer.get_by_role("button", name=f"{name} frame").click()
        report.expect_frame(index)
    report.viewer.locator(".scrubber").fill("5")
    report.expect_frame(FIRST + 5)
    report.viewer.locator(".scrubber").press("ArrowRight")
    report.expect_frame(FIRST + 6)


def test_many_steps_at_once_end_at_the_last_one(report: OpenReport) -> None:
    report.viewer.locator(".stage").focus()
    for _ in range(7):
        report.page.keyboard.press("ArrowRight")
    report.expect_frame(FIRST + 7)


def test_play_shows_whole_frames_at_the_rate_of_the_clip(report: OpenReport) -> None:
    report.viewer.locator(".stage").focus()
    report.page.keyboard.press("Space")
    assert report.viewer.get_by_role("button", name="Pause").is_visible()
    watched = report.page.evaluate(WATCH, 1500)
    assert watched["torn"] == 0
    assert 4 <= len(watched["seen"]) <= 18  # 15 at 10 frames/s; fewer on a busy machine
    assert all(FIRST <= index <= LAST for index in watched["seen"])
    report.viewer.get_by_role("button", name="Pause").click()
    assert len(report.page.evaluate(WATCH, 400)["seen"]) == 1
    assert report.viewer.get_by_role("button", name="Play").is_visible()


def test_play_goes_around(report: OpenReport) -> None:
    report.viewer.locator(".stage").focus()
    report.page.keyboard.press("End")
    report.expect_frame(LAST)
    report.page.keyboard.press("Space")
    # A page that is late leaves out pictures: in one of several rounds the first one itself is seen.
    assert any(FIRST in report.page.evaluate(WATCH, 600)["seen"] for _ in range(20))


def test_mouse_drags_the_divider(report: OpenReport) -> None:
    report.viewer.get_by_role("button", name="Slider").click()
    assert report.split() == pytest.approx(0.5, abs=0.01)
    assert not report.viewer.locator(".pane[data-kind=gray]").is_visible()
    report.viewer.locator(".layers").scroll_into_view_if_needed()
    box = report.viewer.locator(".layers").bounding_box()
    mouse = report.page.mouse
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 3, steps=4)
    mouse.up()
    assert report.split() == pytest.approx(0.8, abs=0.01)
    mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 20)
    assert report.split() == pytest.approx(0.8, abs=0.01)


def test_keys_move_the_divider_and_not_the_frame(report: OpenReport) -> None:
    report.viewer.get_by_role("button", name="Slider").click()
    divider = report.viewer.get_by_role("slider", name="Divider")
    divider.focus()
    for key, share in (("ArrowLeft", 0.48), ("Shift+ArrowRight", 0.58), ("End", 1.0), ("Home", 0.0)):
        divider.press(key)
        assert report.split() == pytest.approx(share, abs=0.01)
        assert divider.get_attribute("aria-valuenow") == str(round(100 * share))
        assert report.viewer.locator(".stage").evaluate("e => e.scrollWidth === e.clientWidth")
    report.expect_frame(FIRST)
    divider.press(".")
    report.expect_frame(FIRST + 1)


def test_finger_drags_the_divider(narrow: OpenReport) -> None:
    narrow.viewer.get_by_role("button", name="Slider").click()
    narrow.viewer.locator(".layers").scroll_into_view_if_needed()
    box = narrow.viewer.locator(".layers").bounding_box()
    touch = narrow.page.context.new_cdp_session(narrow.page)
    for kind, share in (("touchStart", 0.5), ("touchMove", 0.4), ("touchMove", 0.25)):
        point = {"x": box["x"] + box["width"] * share, "y": box["y"] + box["height"] / 2}
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert narrow.split() == pytest.approx(0.25, abs=0.01)


def test_another_contender_has_its_own_pictures_and_figures(report: OpenReport) -> None:
    viewer = report.viewer
    viewer.locator(".stage").focus()
    report.page.keyboard.press(".")
    report.expect_frame(FIRST + 1)
    assert "12,345" in viewer.locator(".figures").inner_text()
    worst = viewer.locator(".worst-frame .picture[data-kind=decoded] img").first.get_attribute("src")
    viewer.locator("select").select_option(label="x265 crf=28")
    report.expect_frame(FIRST + 1, case="disc-64/x265")
    assert "54,321" in viewer.locator(".figures").inner_text()
    assert viewer.locator(".worst-of").inner_text() == "x265 crf=28"
    assert viewer.locator(".worst-frame .picture[data-kind=decoded] img").first.get_attribute("src") != worst
    viewer.locator("select").select_option(label="ffv1")
    report.expect_frame(FIRST + 1, case="disc-64/ffv1")
    assert "exact" in viewer.locator(".figures").inner_text()


def test_views_show_the_same_frame(report: OpenReport) -> None:
    report.viewer.get_by_role("button", name="Slider").click()
    report.viewer.locator(".stage").focus()
    report.page.keyboard.press("End")
    report.expect_frame(LAST)
    report.viewer.get_by_role("button", name="Side by side").click()
    for kind in KINDS:
        assert report.viewer.locator(f".pane[data-kind={kind}]").is_visible()
    report.expect_frame(LAST)


@pytest.mark.parametrize("view", ["Side by side", "Slider"])
def test_zoom_has_the_size_that_it_says(report: OpenReport, view: str) -> None:
    report.viewer.get_by_role("button", name=view).click()
    image = report.viewer.locator(".pane[data-kind=original] img")
    for zoom, rendering in ((1, "auto"), (2, "pixelated"), (4, "pixelated")):
        button = report.viewer.get_by_role("button", name=f"{zoom}\N{MULTIPLICATION SIGN}")
        button.click()
        assert button.get_attribute("aria-pressed") == "true"
        assert image.bounding_box()["width"] == pytest.approx(zoom * MATERIAL.width, abs=1)
        assert image.evaluate("e => getComputedStyle(e).imageRendering") == rendering
    report.viewer.get_by_role("button", name="Fit").click()
    assert image.bounding_box()["width"] > 4 * MATERIAL.width


def test_worst_frames_are_shown_with_their_differences(report: OpenReport) -> None:
    figures = report.viewer.locator(".worst-frame")
    assert figures.count() == len(QUALITY.worst_frames)
    assert "frame 14 of 40: mean CIEDE2000 5.00" in figures.first.inner_text()
    widths = figures.first.locator("img").evaluate_all("all => all.map((image) => image.naturalWidth)")
    assert widths == [MATERIAL.width] * 3
    assert "20+" in report.viewer.locator(".scale").inner_text()


def test_viewer_of_one_frame_and_one_contender(report: OpenReport) -> None:
    viewer = report.page.locator("#pictures-still-64")
    viewer.scroll_into_view_if_needed()
    viewer.locator(".pane img").first.wait_for()
    viewer.locator(".stage").focus()
    for key in ("ArrowRight", "End", "Home", "Space"):
        report.page.keyboard.press(key)
    assert viewer.locator(".position").inner_text() == "frame 1 of 1"
    assert viewer.locator(".scrubber").is_disabled()
    assert not viewer.locator(".worst").is_visible()


def test_click_on_a_heading_sorts(report: OpenReport) -> None:
    table = report.page.locator("#summary table")
    heading = table.locator("th", has_text="figure 3")
    first = table.locator("tbody tr").first
    for order, row in (("descending", "x265 crf=39"), ("ascending", "x265 crf=0"), (None, "x265 crf=0")):
        heading.locator("button").click()
        assert heading.get_attribute("aria-sort") == order
        assert first.locator("th").inner_text() == row


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_page_never_scrolls_sideways(
    browser: Any, stored: tuple[Path, dict[str, StoredPictures]], width: int, scheme: str
) -> None:
    for report in open_report(browser, stored, viewport={"width": width, "height": 800}, color_scheme=scheme):
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        for view in ("Side by side", "Slider"):
            for zoom in ("Fit", "4\N{MULTIPLICATION SIGN}"):
                report.viewer.get_by_role("button", name=view).click()
                report.viewer.get_by_role("button", name=zoom).click()
                assert report.page.evaluate(overflow) == 0
        dark = report.page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
        assert dark is (scheme == "dark")
