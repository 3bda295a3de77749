"""Libraries with gcc's address and undefined-behavior sanitizers, and how Python runs with them.

``python -m tests.native.sanitized`` runs the unit tests of the kernels with them; ``make sanitize`` calls it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from codec.native.build import COMPILER_VARIABLE, build
from codec.native.isa import VARIABLE
from codec.native.library import FOLDER_VARIABLE

ROOT = Path(__file__).parents[2]
FLAGS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer", "-O1", "-g")
TESTS = ("-q", "-p", "no:cacheprovider", "-k", "not aarch64 and not sanitizers", "tests/unit/native")


def runtime() -> str | None:
    """The path of gcc's address sanitizer; None if there is no gcc, or it has none."""
    if shutil.which("gcc") is None:
        return None
    found = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    path = found.stdout.strip()
    return path if Path(path).is_absolute() else None


def environment(folder: Path) -> dict[str, str]:
    """Build the libraries into a folder: the environment in which Python loads them.

    Python's own memory comes from malloc then, one block an object, so that the sanitizer sees each overrun.
    """
    before = os.environ.get(COMPILER_VARIABLE)
    os.environ[COMPILER_VARIABLE] = "gcc"
    try:
        assert build(folder, extra_flags=FLAGS)
    finally:
        del os.environ[COMPILER_VARIABLE]
        if before is not None:
            os.environ[COMPILER_VARIABLE] = before
    library = runtime()
    assert library is not None
    # Python frees some of its objects never, which is no leak of ours.
    own = {"LD_PRELOAD": library, "ASAN_OPTIONS": "detect_leaks=0", "PYTHONMALLOC": "malloc"}
    others = {name: value for name, value in os.environ.items() if name != VARIABLE}
    return {**others, **own, FOLDER_VARIABLE: str(folder)}


def run(arguments: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Python with the libraries of this folder, in the root of the project."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment(folder), capture_output=True, text=True, check=False)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        command = [sys.executable, "-m", "pytest", *TESTS, *sys.argv[1:]]
        sys.exit(subprocess.run(command, cwd=ROOT, env=environment(Path(name)), check=False).returncode)
