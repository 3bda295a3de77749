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

from codec.native.build import compilers

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
BUILD_PLAIN = """
from codec.native.build import LIBRARIES, compile_library, compilers
from codec.native.isa import PLAIN, instruction_sets, library_name
(plain,) = (kind for kind in instruction_sets() if kind.name == PLAIN)
compile_library(compilers()[0], plain.flags, LIBRARIES / library_name(PLAIN))
"""
"""The library for one instruction set is enough, and all of them take long."""


def apply_patch(heading: str, max_files: int, tree: Path, *others: str) -> None:
    """Copy the packages, and other folders, into a tree, and change them as this section does."""
    section = GUIDE.split(f"## {heading}\n")[1].split("\n## ")[0]
    found = re.search(r"```diff\n(.*?)```", section, re.DOTALL)
    assert found is not None
    touched = set(re.findall(r"^\+\+\+ b/(.+)$", found[1], re.MULTILINE))
    assert 0 < len(touched) <= max_files
    for name in ("codec", "container_format", *others):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "v1"))
    shutil.copy(ROOT / "pyproject.toml", tree)
    subprocess.run(["git", "apply", "-"], cwd=tree, input=found[1], text=True, check=True)


def python(tree: Path, *arguments: str) -> str:
    """Run Python with the code of a tree: what it prints."""
    command, environment = [sys.executable, *arguments], {**os.environ, "PYTHONPATH": str(tree)}
    result = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five frames of raw RGB, whose color changes along a side."""
    path = tmp_path_factory.mktemp("video") / "clip_32x16_25fps_rgb24.raw"
    frame = bytes(value for _ in range(16) for x in range(32) for value in (8 * x, 128, 255 - 8 * x))
    path.write_bytes(frame * 5)
    return path


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.heading)
def test_a_worked_example_works(example: Example, video: Path, tmp_path: Path) -> None:
    tree, stream, output = tmp_path / "tree", tmp_path / "out.gvc", tmp_path / example.decoded
    apply_patch(example.heading, example.max_files, tree)
    python(tree, "-m", "codec.cli.encode", str(video), str(stream), *example.encode, "-q")
    python(tree, "-m", "codec.cli.decode", str(stream), str(output), "-q")
    assert output.stat().st_size > 5 * 32 * 16


@pytest.mark.skipif(not compilers(), reason="needs a C compiler")
def test_a_worked_kernel_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = tmp_path / "tree"
    apply_patch("A new kernel", 6, tree, "tests")
    for library in (tree / "codec/native/lib").glob("*"):  # of other sources
        library.unlink()
    for variable in ("ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR"):
        monkeypatch.setenv(variable, str(tmp_path / "cache"))
    python(tree, "-c", BUILD_PLAIN)
    files = [f"tests/unit/native/{name}.py" for name in ("test_known_answers", "test_random_cases")]
    options = ("-q", "-p", "no:cacheprovider", "-m", "not slow", "-k", "halving or every_kernel")
    report = python(tree, "-m", "pytest", *options, *files)
    assert "4 passed" in report  # its reference's answer, the library's, random ones, and no kernel without


def test_without_the_patches_nothing_of_it_is_there() -> None:
    """Otherwise the test above could not fail."""
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "codec").rglob("*.py"))
    assert not any(word in text for word in ('"tint"', '"deflate"', '"pgm"', "SEPIA", '"halving"'))
