"""gvc-studio as a person meets it: the installed command, and its page in Chromium by real clicks."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import cv2
import pytest

from tests.end_to_end.chromium import needs_browser
from tests.end_to_end.conftest import assert_one_line_error, gray_planes, run, run_ok
from tests.end_to_end.studio_page import (
    PATIENCE,
    RunningStudio,
    asked,
    downloaded,
    job,
    opened,
    pixel,
    playwright,
    started,
)

pytest.importorskip("starlette", reason="needs the extra `studio`")


@pytest.mark.slow
@needs_browser
def test_a_whole_path(browser: Any, studio: RunningStudio, video: Path, tmp_path: Path) -> None:
    with opened(browser, studio) as page:
        # Upload, encode with progress, result.
        page.get_by_label("Choose videos").set_input_files(str(video))
        page.get_by_role("checkbox", name=video.name).wait_for()
        page.get_by_label("Color is sent").select_option("lossless")
        page.get_by_role("button", name="Encode", exact=True).click()
        assert page.locator(".job[data-kind=encode]").first.inner_text()
        encoded = job(page, "encode", "done")
        assert "saved of the raw video" in encoded.inner_text()
        assert encoded.locator("tbody tr").count() >= 3
        stream = downloaded(page, encoded, tmp_path / "out.gvc")
        run_ok("gvc-verify", stream, video)

        # Before and after: the same pictures, since it is lossless.
        encoded.get_by_role("button", name="Compare").click()
        playwright.expect(page.locator("#shown-frame option")).to_have_count(6)
        playwright.expect(page.locator("#after")).to_have_js_property("complete", True)
        page.locator("#comparison").get_by_label("Another frame").fill("5")
        page.locator("#comparison").get_by_role("button", name="Show it").click()
        playwright.expect(page.locator("#shown-frame")).to_have_value("5")
        playwright.expect(page.locator("#before")).to_have_js_property("naturalWidth", 64)
        for place in ((0.1, 0.1), (0.3, 0.5), (0.9, 0.9)):
            assert pixel(page, "#before", *place) == pixel(page, "#after", *place)
        page.locator("#comparison").get_by_label("Zoom").select_option("4")
        assert page.locator("#before").bounding_box()["width"] == pytest.approx(256, abs=1)
        page.locator("#stage").focus()
        page.keyboard.press("ArrowLeft")
        playwright.expect(page.locator("#split")).to_have_value("48")
        page.locator("#comparison").get_by_label("Difference").check()
        assert "CIEDE2000 mean 0.00" in page.locator("#figures").inner_text()
        assert "difference" in page.locator("#pair").get_attribute("class")

        # A video that players know.
        encoded.get_by_role("button", name="Decode to mp4").click()
        downloaded(page, job(page, "decode", "done"), tmp_path / "out.mp4")
        assert len(gray_planes(tmp_path / "out.mp4")) == 18

        # Colors by a person: green on the right side of the picture, where the video is blue.
        page.get_by_role("button", name="Find keyframes").click()
        job(page, "keyframes", "done").get_by_role("button", name="Paint").click()
        playwright.expect(page.locator("#canvas")).to_have_attribute("data-strokes", "0")
        page.get_by_label("Color", exact=True).fill("#20d020")
        page.locator("#canvas").scroll_into_view_if_needed()
        box = page.locator("#canvas").bounding_box()
        page.mouse.move(box["x"] + 0.1 * box["width"], box["y"] + 0.1 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.1 * box["height"], steps=5)
        page.mouse.up()
        page.locator("#canvas").focus()
        for key in ("ArrowDown", "Shift+ArrowDown", " "):
            page.keyboard.press(key)
        playwright.expect(page.locator("#canvas")).to_have_attribute("data-strokes", "3")
        page.get_by_role("button", name="Undo").click()
        playwright.expect(page.locator("#canvas")).to_have_attribute("data-strokes", "2")
        page.get_by_label("Passes at most").fill("100")
        page.get_by_label("Size of training pictures").fill("32")
        page.get_by_label("Also as .gvc").check()
        page.get_by_role("button", name="Color the video").click()
        recolored = job(page, "recolor", "done", 5 * PATIENCE)  # rounding weights trains some more, several times
        recolored.get_by_role("button", name="Compare").click()
        playwright.expect(page.locator("#shown-frame option")).to_have_count(6)
        playwright.expect(page.locator("#after")).to_have_js_property("naturalWidth", 64)
        red, green, blue = pixel(page, "#after", 0.8, 0.15)
        assert green > red + 20
        assert green > blue + 20
        downloaded(page, recolored, tmp_path / "recolored.mp4")
        assert len(gray_planes(tmp_path / "recolored.mp4")) == 18

        # To send: the exact gray, and the network. The page shows its bytes by part and what receivers make of it.
        assert recolored.locator("tbody th").all_inner_texts()[:2] == ["gray", "network"]
        with page.expect_download() as waiting:
            recolored.get_by_role("link", name="Download small_recolored.gvc").click()
        waiting.value.save_as(tmp_path / "recolored.gvc")
        run_ok("gvc-decode", tmp_path / "recolored.gvc", tmp_path / "decoded", "--format", "png")
        assert gray_planes(video) == gray_of_stream(tmp_path / "recolored.gvc", tmp_path)
        decoded = cv2.imread(str(tmp_path / "decoded" / "frame_000001.png"))
        x, y = 0.8, 0.15
        assert pixel(page, "#after", x, y) == decoded[int(y * 48), int(x * 64), ::-1].tolist()
    assert studio.stop() == 143
    assert not list(studio.work.iterdir())


def gray_of_stream(path: Path, folder: Path) -> list[bytes]:
    run_ok("gvc-decode", path, folder / "gray.mkv", "--codec", "ffv1")
    return gray_planes(folder / "gray.mkv")


@needs_browser
def test_cancel_leaves_nothing(browser: Any, studio: RunningStudio, tmp_path: Path) -> None:
    clip = tmp_path / "long_320x240_24fps_yuv420p.raw"
    clip.write_bytes(os.urandom(320 * 240 * 3 // 2) * 400)
    with opened(browser, studio) as page:
        page.get_by_label("Choose videos").set_input_files(str(clip))
        page.get_by_role("checkbox", name=clip.name).wait_for()
        page.get_by_label("Color is sent").select_option("lossless")
        page.get_by_label("luma", exact=True).fill("adaptive")
        page.get_by_label("speed", exact=True).select_option("max")
        for _ in range(2):  # the second one waits
            page.get_by_role("button", name="Encode", exact=True).click()
        job(page, "encode", "waiting")
        running = job(page, "encode", "running")
        playwright.expect(running.locator(".now")).to_contain_text("frames")
        for count in (1, 2):
            page.get_by_role("button", name="Cancel").first.click()
            playwright.expect(page.locator(".job[data-state=canceled]")).to_have_count(count)
        deadline = time.monotonic() + PATIENCE / 1000
        while studio.left() != [clip.name] and time.monotonic() < deadline:
            time.sleep(0.1)
        assert studio.left() == [clip.name]  # the upload
        page.get_by_role("button", name=f"Remove {clip.name}").click()
        playwright.expect(page.get_by_role("checkbox", name=clip.name)).to_have_count(0)
        assert studio.left() == []


@needs_browser
@pytest.mark.parametrize("late", ["api/state", "page/main.js"])
def test_a_person_may_be_faster_than_the_page(browser: Any, studio: RunningStudio, video: Path, late: str) -> None:
    kept: list[Any] = []
    with opened(browser, studio, {late: kept}) as page:
        page.get_by_label("Choose videos").set_input_files(str(video))
        while not kept:
            page.wait_for_timeout(10)
        assert page.get_by_role("checkbox", name=video.name).count() == 0
        kept.pop().continue_()
        page.get_by_role("checkbox", name=video.name).wait_for()


@needs_browser
def test_another_browser_without_the_token_gets_nothing(browser: Any, studio: RunningStudio, video: Path) -> None:
    with opened(browser, studio) as page:
        page.get_by_label("Choose videos").set_input_files(str(video))
        page.get_by_role("checkbox", name=video.name).wait_for()
        context = browser.new_context()  # with nothing of the first one
        stranger = context.new_page()
        place = urlsplit(studio.address)
        for path in ("/", "/api/state", "/page/main.js", f"{place.path[:-2]}x/", "/api/events"):
            answer = stranger.goto(f"http://{place.netloc}{path}")
            assert answer.status == 404
            assert "gvc studio" not in answer.text()
        context.close()


def test_a_large_upload_is_refused_before_it_is_read(studio: RunningStudio) -> None:
    place = urlsplit(studio.address)
    origin = f"http://{place.netloc}"
    with studio.connect() as link:
        head = f"POST {place.path}api/videos?name=a.mp4 HTTP/1.1\r\nHost: {place.netloc}\r\nOrigin: {origin}\r\n"
        link.sendall(f"{head}Content-Length: {2 * 10**9}\r\n\r\n".encode())  # and not one byte of it
        answer = link.makefile("rb").read()  # the server ends the connection
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"--max-upload" in answer
    assert studio.left() == []


def test_the_door_is_for_its_owner_alone(studio: RunningStudio) -> None:
    (folder,) = studio.work.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert studio.address in (folder / "open.html").read_text()


def test_a_killed_studio_takes_its_jobs_along_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    clip = tmp_path / "long_320x240_24fps_yuv420p.raw"
    clip.write_bytes(os.urandom(320 * 240 * 3 // 2) * 400)
    work = tmp_path / "work"
    work.mkdir()
    with started(work, "--folder", str(tmp_path)) as studio:
        video = asked(studio, "api/videos/local", {"folder": 0, "name": clip.name})
        options = {"luma": "adaptive", "speed": "max"}
        asked(studio, "api/jobs", {"kind": "encode", "video": video["number"], "color": "lossless", "options": options})
        deadline = time.monotonic() + PATIENCE / 1000
        while not any(".part" in name for name in studio.left()) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert any(".part" in name for name in studio.left())
        studio.stop(signal.SIGKILL)
        while any(".part" in name for name in studio.left()) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not any(".part" in name for name in studio.left())  # its process has seen the end of the server
    with started(work) as studio:
        (folder,) = work.iterdir()
        assert studio.left() == []
        assert studio.stop(signal.SIGINT) == 130
    assert not folder.exists()
    assert clip.exists()


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--folder", "{}/nothing"], 3, "expected a folder for --folder"),
        (["--port", "70000"], 3, "expected --port from 0 to 65535"),
        (["--max-upload", "0"], 3, "expected --max-upload from 1"),
        (["--host", "192.0.2.1"], 6, "cannot listen on 192.0.2.1"),
    ],
)
def test_errors_are_one_line(tmp_path: Path, options: list[str], code: int, words: str) -> None:
    line = [option.format(tmp_path) for option in options]
    assert_one_line_error(run("gvc-studio", "--no-browser", "--work", tmp_path, *line), code, words)
    assert not list(tmp_path.iterdir())
