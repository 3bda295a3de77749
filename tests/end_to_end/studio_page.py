"""A running gvc-studio, and its page in a browser, for tests."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.end_to_end.chromium import BROWSER
from tests.end_to_end.conftest import command

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright, of the extra `dev`")
pytest.importorskip("starlette", reason="needs the extra `studio`")
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


@contextlib.contextmanager
def running_browser() -> Iterator[Any]:
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


def job(page: Any, kind: str, state: str, patience: float = PATIENCE) -> Any:
    """The newest job of a kind, when it is so far."""
    found = page.locator(f".job[data-kind={kind}][data-state={state}]").first
    found.wait_for(timeout=patience)
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


def asked(studio: RunningStudio, path: str, body: dict[str, Any]) -> Any:
    place = urlsplit(studio.address)
    request = urllib.request.Request(
        studio.address + path, json.dumps(body).encode(), {"Origin": f"http://{place.netloc}"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=PATIENCE / 1000) as answer:
        return json.load(answer)
