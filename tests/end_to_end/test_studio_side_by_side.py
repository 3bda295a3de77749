"""Several jobs beside each other in the page of gvc-studio, and several networks asked for at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.chromium import needs_browser
from tests.end_to_end.studio_page import (
    RunningStudio,
    job,
    opened,
    pixel,
    playwright,
)

pytest.importorskip("starlette", reason="needs the extra `studio`")


def encode(page: Any, color: str, count: int) -> None:
    """Encode in a mode by clicks, and wait until so many encodes are done."""
    page.get_by_label("Color is sent").select_option(color)
    page.get_by_role("button", name="Encode", exact=True).click()
    playwright.expect(page.locator(".job[data-kind=encode][data-state=done]")).to_have_count(count)


@needs_browser
def test_panes_show_the_same_frame_and_place(browser: Any, studio: RunningStudio, video: Path) -> None:
    with opened(browser, studio) as page:
        page.get_by_label("Choose videos").set_input_files(str(video))
        page.get_by_role("checkbox", name=video.name).wait_for()
        encode(page, "none", 1)
        encode(page, "lossless", 2)

        # One job is too few, and said so; both are shown in the order in which they came.
        page.get_by_role("checkbox", name="Side by side: Encode small.mkv, Encode: lossless").check()
        page.get_by_role("button", name="Compare side by side").click()
        playwright.expect(page.get_by_role("alert")).to_contain_text("Choose two jobs or more")
        page.get_by_role("checkbox", name="Side by side: Encode small.mkv, Encode: none").check()
        playwright.expect(page.locator("#chosen-count")).to_have_text("2 chosen")
        page.get_by_role("button", name="Compare side by side").click()
        section = page.get_by_role("region", name="Side by side: small.mkv")
        playwright.expect(section.locator("#beside-frame option")).to_have_count(6)
        panes = section.locator(".pane")
        assert panes.locator("h3").all_inner_texts() == ["Original", "Encode: none", "Encode: lossless"]

        # Bytes and errors: what the jobs have found out, of the frame that is shown.
        gray, exact = panes.nth(1), panes.nth(2)
        rows = page.locator(".job", has_text="done, none").locator("tbody tr")
        cells = {row.locator("th").inner_text(): row.locator("td").first.inner_text() for row in rows.all()}
        line = f"{cells['total']} bytes: gray {cells['gray']}, network 0, container {cells['container']}"
        assert gray.locator("p").first.inner_text() == line
        playwright.expect(exact.locator(".figures")).to_have_text(
            "CIEDE2000 mean 0.00, 95th percentile 0.00; chroma PSNR no error"
        )
        playwright.expect(gray.locator(".figures")).to_contain_text("dB")
        first = gray.locator(".figures").inner_text()
        assert float(first.split()[2].rstrip(",")) > 5
        section.get_by_label("Another frame").fill("18")
        section.get_by_role("button", name="Show it").click()
        playwright.expect(section.locator("#beside-frame")).to_have_value("18")
        playwright.expect(gray.locator(".figures")).not_to_have_text(first)
        for place in ((0.1, 0.1), (0.6, 0.5), (0.9, 0.9)):
            colors = [pixel(page, f".pane[data-side='{side}'] img >> nth=0", *place) for side in ("original", 1, 2)]
            assert colors[0] == colors[2] != colors[1]
            assert len(set(colors[1])) == 1
        panes.nth(1).get_by_role("group").focus()
        page.keyboard.press(",")
        playwright.expect(section.locator("#beside-frame")).to_have_value("15")

        # One zoom and one place.
        section.get_by_label("Zoom").select_option("8")
        playwright.expect(panes.nth(2).locator("img").first).to_have_css("width", "512px")
        views = section.locator(".view")
        box = views.nth(1).bounding_box()
        assert box["width"] < 500
        middle = views.evaluate_all("views => views.map((view) => view.scrollLeft)")
        assert middle == [pytest.approx((512 - views.nth(0).evaluate("view => view.clientWidth")) / 2, abs=1)] * 3
        views.nth(1).focus()
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        page.wait_for_function(
            "before => document.querySelectorAll('.view')[2].scrollLeft > before + 20", arg=middle[0]
        )
        page.mouse.move(box["x"] + 100, box["y"] + 50)
        page.mouse.down()
        page.mouse.move(box["x"] + 300, box["y"] + 50, steps=4)
        page.mouse.up()
        script = "() => [...document.querySelectorAll('.view')].every((view) => view.scrollLeft < 40)"
        page.wait_for_function(script)
        assert len(set(views.evaluate_all("views => views.map((view) => view.scrollLeft)"))) == 1

        # The difference is of one pane alone: black where nothing differs.
        exact.get_by_role("checkbox", name="Difference from the original: Encode: lossless").check()
        playwright.expect(exact.locator("img.over")).to_be_visible()
        playwright.expect(gray.locator("img.over")).to_be_hidden()
        assert exact.locator(".picture").evaluate("element => element.style.filter") == "brightness(16)"

        # What is removed is chosen no more.
        page.get_by_role("button", name="Remove: Encode small.mkv").first.click()
        playwright.expect(page.locator("#chosen-count")).to_have_text("1 chosen")


@needs_browser
def test_several_networks_at_once(browser: Any, studio: RunningStudio, video: Path) -> None:
    with opened(browser, studio) as page:
        page.get_by_label("Choose videos").set_input_files(str(video))
        page.get_by_role("checkbox", name=video.name).wait_for()
        page.get_by_label("Color is sent").select_option("model")
        networks = page.get_by_role("group", name="network")
        for name in ("colornn", "singh2020"):
            networks.get_by_role("checkbox", name=name, exact=True).check()
        page.get_by_label("epochs", exact=True).fill("1000")
        page.get_by_role("button", name="Encode", exact=True).click()
        states = page.locator(".job[data-kind=encode] .state")
        playwright.expect(states).to_have_count(2)
        assert sorted(text.split(", ", 1)[1] for text in states.all_inner_texts()) == [
            "model, colornn, epochs 1000",
            "model, singh2020, epochs 1000",
        ]
        playwright.expect(page.locator("#chosen-count")).to_have_text("2 chosen")
        page.get_by_role("button", name="Compare side by side").click()
        playwright.expect(page.get_by_role("alert")).to_have_text("Wait until all chosen jobs are done.")
        for count in (1, 2):
            page.get_by_role("button", name="Cancel").first.click()
            playwright.expect(page.locator(".job[data-state=canceled]")).to_have_count(count)


@needs_browser
def test_several_networks_learn_what_a_person_has_painted(browser: Any, studio: RunningStudio, video: Path) -> None:
    with opened(browser, studio) as page:
        page.get_by_label("Choose videos").set_input_files(str(video))
        page.get_by_role("checkbox", name=video.name).wait_for()
        page.get_by_role("button", name="Find keyframes").click()
        job(page, "keyframes", "done").get_by_role("button", name="Paint").click()
        playwright.expect(page.locator("#canvas")).to_have_attribute("data-strokes", "0")
        page.locator("#canvas").focus()
        page.keyboard.press(" ")
        networks = page.get_by_role("group", name="Networks")
        networks.get_by_role("checkbox", name="singh2020").uncheck()
        page.get_by_role("button", name="Color the video").click()
        playwright.expect(page.get_by_role("alert")).to_have_text("Choose a network first.")
        for name in ("singh2020", "colornn"):
            networks.get_by_role("checkbox", name=name, exact=True).check()
        page.get_by_role("button", name="Color the video").click()
        states = page.locator(".job[data-kind=recolor] .state")
        playwright.expect(states).to_have_count(2)
        assert sorted(text.split(", ", 1)[1] for text in states.all_inner_texts()) == ["colornn", "singh2020"]
        playwright.expect(page.locator("#chosen-count")).to_have_text("2 chosen")
        for count in (1, 2):
            page.get_by_role("button", name="Cancel").first.click()
            playwright.expect(page.locator(".job[data-state=canceled]")).to_have_count(count)
