"""The page in Chromium, as tests use it: opened, read and asked."""

from __future__ import annotations

import base64
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from codec.page.files import page_files
from codec.page.serve import PageServer
from tests.end_to_end.chromium import BROWSER, needs_browser
from tests.web.decoded import BUILT, CONFORMANCE

NEEDS_PAGE = [
    needs_browser,
    pytest.mark.skipif(not (BUILT / "gvc.wasm").is_file(), reason="the page was not built: make web"),
]
"""Marks of tests that use it."""

READ = """async () => {
  const { crc32 } = await import(new URL("container/crc32.js", location.href));
  const player = await gvc.opened;
  if (player === null) return { error: document.getElementById("message").textContent };
  const frames = [];
  try {
    for (let k = 0; k < player.facts.numFrames; k++) {
      const { planes } = await player.frame(k);
      frames.push(planes.map((plane) => crc32(new Uint8Array(plane.buffer))));
    }
  } catch (error) {
    return { error: error.message };
  }
  return { frames, note: player.facts.note };
}"""
PIXELS = """async (frame) => {
  const player = await gvc.opened;
  await player.frame(frame);
  // A copy is read: the browser has a hint to say, sooner or later, of a canvas of the page that is read often.
  const canvas = document.getElementById("picture"), copy = new OffscreenCanvas(canvas.width, canvas.height);
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  let text = "";
  for (const value of data) text += String.fromCharCode(value);
  return [canvas.width, canvas.height, btoa(text)];
}"""


@dataclass
class Page:
    """The page in a browser, and what went wrong on it."""

    page: Any
    origin: str
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def open(self, path: Path) -> None:
        """Choose a file, as a person does."""
        self.page.set_input_files("#file", str(path))

    def read(self, path: Path) -> dict[str, Any]:
        """Open a file, and read back all of its planes."""
        self.open(path)
        found = self.page.evaluate(READ)
        assert isinstance(found, dict)
        return found

    def pixels(self, frame: int) -> npt.NDArray[np.uint8]:
        """What the canvas shows of a frame: (height, width, 4)."""
        width, height, data = self.page.evaluate(PIXELS, frame)
        return np.frombuffer(base64.b64decode(data), np.uint8).reshape(height, width, 4)

    def text(self, name: str) -> str:
        """Of an element."""
        return str(self.page.locator(f"#{name}").text_content())


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright, of the extra `dev`")
    options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with playwright.sync_playwright() as program:
        made = program.chromium.launch(executable_path=BROWSER, args=options)
        yield made
        made.close()


@pytest.fixture(scope="module")
def server() -> Iterator[PageServer]:
    with PageServer(page_files(BUILT.parent), CONFORMANCE / "valid" / "segments.gvc") as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.05,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def opened_page(browser: Any, server: PageServer, **options: Any) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1100, "height": 800}, accept_downloads=True, **options)
    own = Page(context.new_page(), server.address.partition("?")[0])
    own.page.on("console", lambda message: own.complaints.append(message.text))
    own.page.on("pageerror", lambda error: own.complaints.append(str(error)))
    own.page.on("request", lambda request: own.foreign.append(request.url))
    own.page.goto(own.origin)
    own.page.wait_for_function("globalThis.gvc")
    try:
        yield own
    finally:
        context.close()
    assert own.complaints == []
    assert [url for url in own.foreign if not url.startswith((own.origin, "blob:"))] == []


@pytest.fixture(scope="module")
def page(browser: Any, server: PageServer) -> Iterator[Page]:
    yield from opened_page(browser, server)
