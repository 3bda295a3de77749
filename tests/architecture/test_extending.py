"""What CONTRIBUTING.md shows as diffs is applied to a copy of the code, and used."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Example:
    """A worked example: how many files it may touch, and what is then called with the video and the folder."""

    heading: str
    max_files: int
    encode: tuple[str, ...]
    decoded: str


EXAMPLES = (
    Example("A new network", 3, ("--color", "model", "--network", "tint", "--epochs", "1"), "out.y4m"),
    Example("A new plane codec", 3, ("--color", "none", "--luma", "deflate:level=9"), "out.y4m"),
    Example("A new kind of output", 2, ("--color", "none", "--luma", "raw"), "out.pgm"),
    Example("A new mode", 4, ("--color", "sepia", "--luma", "raw"), "out.y4m"),
)


def patch_of(heading: str) -> str:
    section = GUIDE.split(f"## {heading}\n")[1].split("\n## ")[0]
    found = re.search(r"```diff\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five frames of raw RGB, whose color changes along a side."""
    path = tmp_path_factory.mktemp("video") / "clip_32x16_25fps_rgb24.raw"
    frame = bytes(value for _ in range(16) for x in range(32) for value in (8 * x, 128, 255 - 8 * x))
    path.write_bytes(frame * 5)
    return path


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.heading)
def test_a_worked_example_works(example: Example, video: Path, tmp_path: Path) -> None:
    patch, tree = patch_of(example.heading), tmp_path / "tree"
    touched = set(re.findall(r"^\+\+\+ b/(.+)$", patch, re.MULTILINE))
    assert 0 < len(touched) <= example.max_files
    for package in ("codec", "container_format"):
        shutil.copytree(ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(["git", "apply", "-"], cwd=tree, input=patch, text=True, check=True)

    def call(command: str, *arguments: str) -> None:
        line = [sys.executable, "-m", f"codec.cli.{command}", *arguments, "-q"]
        subprocess.run(line, cwd=tree, env={**os.environ, "PYTHONPATH": str(tree)}, check=True)

    stream, output = tmp_path / "out.gvc", tmp_path / example.decoded
    call("encode", str(video), str(stream), *example.encode)
    call("decode", str(stream), str(output))
    assert output.stat().st_size > 5 * 32 * 16


def test_without_the_patches_nothing_of_it_is_there() -> None:
    """Otherwise the test above could not fail."""
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "codec").rglob("*.py"))
    assert not any(word in text for word in ('"tint"', '"deflate"', '"pgm"', "SEPIA"))
