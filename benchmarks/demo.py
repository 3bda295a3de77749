"""``make demo``: the main job on a bundled sample, with the commands that a user types.

Sample to raw RGB, ``gvc-encode``, ``gvc-decode`` to raw and to mp4, a table of bytes and quality, a check that the
gray came through to the bit, and a contact sheet (original, gray, decoded) as PNG. One row of it is a picture of its
own, which the README shows.
"""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from codec.video.picture import RgbArray, rgb_to_ycocg_r

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "samples" / "demo_bbb_320x180_12fps.mp4"
OUTPUT = ROOT / "demo_output"
COLOR_TARGET = "psnr=40"
SHEET_FRAMES = 5
WIDTH, HEIGHT, RATE = 320, 180, 12

PlaneArray = npt.NDArray[np.uint8]


def main() -> int:
    """Run the demonstration; returns an exit code."""
    start = time.monotonic()
    console = Console()
    OUTPUT.mkdir(exist_ok=True)
    raw = OUTPUT / f"bbb_{WIDTH}x{HEIGHT}_{RATE}fps_rgb24.raw"
    stream, decoded, video = OUTPUT / "bbb.gvc", OUTPUT / "decoded.raw", OUTPUT / "bbb.mp4"
    num_frames = write_raw(SAMPLE, raw)
    console.print(f"{SAMPLE.name}: {num_frames} frames written as raw RGB, {raw.stat().st_size:,} bytes")

    summary = json.loads(command("gvc-encode", raw, stream, "-y", "--json", "--color-target", COLOR_TARGET))
    command("gvc-decode", stream, decoded, "-y", "-q")
    command("gvc-decode", stream, video, "-y", "-q")

    originals, results = (np.memmap(path, np.uint8, "r").reshape(-1, HEIGHT, WIDTH, 3) for path in (raw, decoded))
    console.print(bytes_table(summary))
    console.print(quality_table(summary))
    exact = sum(np.array_equal(gray_of(a), gray_of(b)) for a, b in zip(originals, results, strict=True))
    console.print(f"gray exact to the bit in {exact} of {num_frames} frames")
    sheet = OUTPUT / "contact_sheet.png"
    cv2.imwrite(str(sheet), contact_sheet(originals, results)[..., ::-1])
    cv2.imwrite(str(OUTPUT / "source_gray_decoded.png"), contact_sheet(originals, results, num_frames=1)[..., ::-1])
    console.print(f"contact sheet: {sheet.relative_to(ROOT)}   video: {video.relative_to(ROOT)}")
    console.print(f"{time.monotonic() - start:.0f} s in all")
    return 0


def write_raw(sample: Path, raw: Path) -> int:
    """Decode a sample and write it as raw RGB; returns its number of frames."""
    num_frames = 0
    with av.open(str(sample)) as container, raw.open("wb") as output:
        for frame in container.decode(video=0):
            output.write(np.ascontiguousarray(frame.to_ndarray(format="rgb24")).tobytes())
            num_frames += 1
    return num_frames


def command(name: str, *arguments: str | Path) -> str:
    """Run one of gvc's commands as a user does; returns its standard output."""
    line = [name, *(str(argument) for argument in arguments)]
    shown = [str(a.relative_to(ROOT)) if isinstance(a, Path) else a for a in (name, *arguments)]
    print("$ " + " ".join(shown), flush=True)
    program = Path(sysconfig.get_path("scripts")) / name
    return subprocess.run([str(program), *line[1:]], check=True, stdout=subprocess.PIPE, text=True).stdout


def bytes_table(summary: dict[str, Any]) -> Table:
    """Where the bytes are."""
    table = Table("part", "bytes", "of raw", title="bytes")
    rows = (
        ("raw RGB video", "raw_bytes"),
        ("gray, lossless", "luma_bytes"),
        ("hints", "color_bytes"),
        ("network", "network_bytes"),
        ("container", "other_bytes"),
        ("total", "total_bytes"),
    )
    for label, key in rows:
        table.add_row(label, f"{summary[key]:,}", f"{100 * summary[key] / summary['raw_bytes']:.2f} %")
    table.add_row("saved", f"{summary['raw_bytes'] - summary['total_bytes']:,}", f"{summary['saved_percent']:.2f} %")
    return table


def quality_table(summary: dict[str, Any]) -> Table:
    """How good the color is, and what it took."""
    table = Table("figure", "value", title="color")
    table.add_row("chroma PSNR (peak 255)", f"{summary['psnr_chroma_db']:.2f} dB")
    table.add_row(
        "CIEDE2000 mean / 95th percentile", f"{summary['ciede2000_mean']:.2f} / {summary['ciede2000_p95']:.2f}"
    )
    colorfulness = (summary["colorfulness_original"], summary["colorfulness_decoded"])
    table.add_row("colorfulness original / decoded", f"{colorfulness[0]:.1f} / {colorfulness[1]:.1f}")
    table.add_row("color, hints", f"{summary['color']}, {summary['hints'].partition(',')[0]}")
    table.add_row("seconds to encode", f"{summary['seconds']:.0f}")
    return table


def gray_of(rgb: RgbArray) -> PlaneArray:
    """The gray plane that gvc sends of an RGB picture."""
    return rgb_to_ycocg_r(rgb).luma


def contact_sheet(originals: PlaneArray, results: PlaneArray, *, num_frames: int = SHEET_FRAMES) -> PlaneArray:
    """Rows of original, gray and decoded for frames spread over the video; (rows, columns, 3) uint8."""
    rows = []
    for index in np.linspace(0, len(originals) - 1, num_frames + 2).astype(int)[1:-1]:
        gray = np.repeat(gray_of(originals[index])[..., None], 3, axis=-1)
        rows.append(np.hstack([originals[index], gray, results[index]]))
    return np.vstack(rows)


if __name__ == "__main__":
    sys.exit(main())
