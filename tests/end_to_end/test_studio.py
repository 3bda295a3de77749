"""gvc-studio as a person meets it: the installed command, and its page in Chromium by real clicks."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.end_to_end.conftest import assert_one_line_error, command, gray_planes, run, run_ok

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright, of the extra `dev`")
pytest.importorskip("starlette", reason="needs the extra `studio`")
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER = next((path for name in NAMES if (path := shutil.which(name))), None)
needs_browser = pytest.mark.skipif(BROWSER is None, reason=f"needs a browser: none of {', '.join(NAMES)} is on PATH")
FLAGS = (
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
PATIENCE = 300_000  # milliseconds: a training on a busy machine


@dataclass
class RunningStudio:
    """The command, its address, and the folder where it keeps its work."""

    process: subprocess.Popen[bytes]
    address: str
    work: Path

    def left(self) -> list[str]:
        """The files in the work folder, but for the one that opens a browser."""
        return sorted(p.name for p in self.work.rglob("*") if p.is_file() and p.name != "open.html")

    def connect(self) -> socket.socket:
        place = urlsplit(self.address)
        return socket.create_connection((place.hostname, place.port), timeout=PATIENCE / 1000)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE / 1000)


@contextlib.contextmanager
def started(work: Path, *options: str) -> Iterator[RunningStudio]:
    line = [command("gvc-studio"), "--no-browser", "--json", "--work", str(work), *options]
    with subprocess.Popen(line, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            record = json.loads(process.stdout.readline())
            assert record["event"] == "listening"
            yield RunningStudio(process, record["address"], work)
        finally:
            process.kill()


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[RunningStudio]:
    work = tmp_path / "work"
    work.mkdir()
    with started(work) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with playwright.sync_playwright() as program:
        playwright.expect.set_options(timeout=PATIENCE)
        browser = program.chromium.launch(executable_path=BROWSER, args=[*options, *FLAGS])
        yield browser
        browser.close()


@contextlib.contextmanager
def opened(browser: Any, studio: RunningStudio, late: dict[str, list[Any]] | None = None) -> Iterator[Any]:
    """The page. When the test is through, nothing may have gone wrong, and nothing else may have been asked.

    Answers of the server can be made ``late``: what asks for them is put into these lists, and waits.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    for path, kept in (late or {}).items():
        page.route(f"**/{path}", partial(_keep, kept))
    page.goto(studio.address, wait_until="commit" if late else "load")
    yield page
    assert complaints == []
    assert all(url.startswith((studio.address, "data:", "blob:")) for url in requests)
    context.close()


def _keep(kept: list[Any], route: Any) -> None:
    kept.append(route)


def job(page: Any, kind: str, state: str) -> Any:
    """The newest job of a kind, when it is so far."""
    found = page.locator(f".job[data-kind={kind}][data-state={state}]").first
    found.wait_for()
    return found


def downloaded(page: Any, found: Any, path: Path) -> Path:
    with page.expect_download() as waiting:
        found.get_by_role("link", name="Download").first.click()
    waiting.value.save_as(path)
    return path


def pixel(page: Any, image: str, x: float, y: float) -> list[int]:
    """R'G'B' of a picture of the page, at shares of its size."""
    script = """(image, [x, y]) => {
      const canvas = document.createElement("canvas");
      canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      return [...context.getImageData(x * canvas.width, y * canvas.height, 1, 1).data].slice(0, 3);
    }"""
    return list(page.locator(image).evaluate(script, [x, y]))


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
        page.get_by_label("Another frame").fill("5")
        page.get_by_role("button", name="Show it").click()
        playwright.expect(page.locator("#shown-frame")).to_have_value("5")
        playwright.expect(page.locator("#before")).to_have_js_property("naturalWidth", 64)
        for place in ((0.1, 0.1), (0.3, 0.5), (0.9, 0.9)):
            assert pixel(page, "#before", *place) == pixel(page, "#after", *place)
        page.get_by_label("Zoom").select_option("4")
        assert page.locator("#before").bounding_box()["width"] == pytest.approx(256, abs=1)
        page.locator("#stage").focus()
        page.keyboard.press("ArrowLeft")
        playwright.expect(page.locator("#split")).to_have_value("48")
        page.get_by_label("Difference").check()
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
        page.get_by_role("button", name="Color the video").click()
        recolored = job(page, "recolor", "done")
        recolored.get_by_role("button", name="Compare").click()
        playwright.expect(page.locator("#shown-frame option")).to_have_count(6)
        playwright.expect(page.locator("#after")).to_have_js_property("naturalWidth", 64)
        red, green, blue = pixel(page, "#after", 0.8, 0.15)
        assert green > red + 20
        assert green > blue + 20
        downloaded(page, recolored, tmp_path / "recolored.mp4")
        assert len(gray_planes(tmp_path / "recolored.mp4")) == 18
    assert studio.stop() == 143
    assert not list(studio.work.iterdir())


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


def asked(studio: RunningStudio, path: str, body: dict[str, Any]) -> Any:
    place = urlsplit(studio.address)
    request = urllib.request.Request(
        studio.address + path, json.dumps(body).encode(), {"Origin": f"http://{place.netloc}"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=PATIENCE / 1000) as answer:
        return json.load(answer)


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
