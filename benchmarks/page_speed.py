"""How fast the page decodes and shows streams: ``python -m benchmarks.page_speed FILE.gvc ...``, on Linux, in Chromium.

Each frame is asked for and shown, one after the other, from the first to the last and once more: at first the browser
still compiles. Beside the time of the wall it says how much time of processors the browser took, which depends less
on what else the machine does.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from pathlib import Path
from typing import Any

from codec.page.files import page_files, page_folder
from codec.page.serve import PageServer

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FIRST = """async () => {
  const player = await gvc.opened;
  if (player === null) throw new Error(document.getElementById("message").textContent);
  await player.frame(0);
  return performance.now() / 1000;
}"""
_ALL = """async () => {
  const player = await gvc.opened, begin = performance.now();
  for (let k = 0; k < player.facts.numFrames; k++) await player.frame(k);
  return [player.facts.numFrames, (performance.now() - begin) / 1000];
}"""


def main(paths: list[str]) -> int:
    """The command line; returns its exit code."""
    from playwright.sync_api import sync_playwright

    browser_path = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    files = page_files(page_folder())
    weight = sum(file.stat().st_size for file in files.values())
    print(f"page: {len(files)} files, {weight:,} bytes; load {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
    with sync_playwright() as program:
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = program.chromium.launch(executable_path=browser_path, args=options)
        for path in map(Path, paths):
            with PageServer(files, path) as server:
                threading.Thread(target=server.serve_forever, daemon=True).start()
                print(f"{path.name}: {_measured(browser.new_page(), server.address)}", flush=True)
                server.shutdown()
        browser.close()
    return 0


def _measured(page: Any, address: str) -> str:
    before = _processor_seconds(os.getpid())
    page.goto(address)
    page.wait_for_function("globalThis.gvc")
    first = page.evaluate(_FIRST)
    used = [_processor_seconds(os.getpid())]
    times = []
    for _ in range(2):
        num_frames, seconds = page.evaluate(_ALL)
        times.append(seconds)
        used.append(_processor_seconds(os.getpid()))
    page.close()
    passes = (
        f"{num_frames / seconds:.1f} frames a second and {1000 * (end - begin) / num_frames:.1f} processor ms a frame"
        for seconds, begin, end in zip(times, used, used[1:], strict=False)
    )
    start = f"{num_frames} frames; first picture after {first:.2f} s ({used[0] - before:.2f} processor s)"
    return f"{start}; {', then '.join(passes)}"


def _processor_seconds(root: int) -> float:
    """User and system time of all processes below this one."""
    children: dict[int, list[int]] = {}
    seconds: dict[int, float] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # it has ended
                continue
            children.setdefault(int(fields[1]), []).append(int(folder.name))
            seconds[int(folder.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    below, waiting = 0.0, list(children.get(root, []))
    while waiting:
        own = waiting.pop()
        below += seconds.get(own, 0.0)
        waiting += children.get(own, [])
    return below


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
