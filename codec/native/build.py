"""Compile the library: ``python codec/native/build.py [folder]``. Needs nothing but the standard library.

Installing gvc runs this. The compiler is clang as the package ``ziglang`` brings it, for every platform; or what the
environment variable ``GVC_CC`` names; or ``cc``. Where none of them works, gvc computes the same bits with NumPy.
"""

from __future__ import annotations

import importlib.util
import os
import runpy
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
SOURCES = HERE / "src"
LIBRARIES = HERE / "lib"
COMPILER_VARIABLE = "GVC_CC"
FLAGS = (
    *("-std=c11", "-O3", "-g0", "-fPIC", "-fvisibility=hidden", "-ffp-contract=off"),
    *("-Wall", "-Wextra", "-Werror=implicit", "-ffreestanding"),
    *(() if sys.platform == "win32" else ("-nostdlib",)),
)
"""``-nostdlib``: memcpy and memset come from the process; so ziglang need not build a C library first (25 s).
``-ffp-contract=off``: no fused multiply-add, which would round differently."""


def compilers() -> list[list[str]]:
    """The compilers to try, best first."""
    named = os.environ.get(COMPILER_VARIABLE)
    if named:
        return [shlex.split(named)]
    found = []
    if importlib.util.find_spec("ziglang") is not None:
        found.append([sys.executable, "-m", "ziglang", "cc"])
    return [*found, *([name] for name in ("clang", "cc", "gcc") if shutil.which(name))]


def compile_library(compiler: Sequence[str], flags: Sequence[str], target: Path) -> None:
    """Compile all sources into one shared library.

    Args:
        compiler: a C compiler that takes gcc's options.
        flags: of the instruction set, and others.
        target: the file to write; it appears whole or not at all.

    Raises:
        OSError: the compiler does not start.
        subprocess.CalledProcessError: it fails; ``stderr`` says why.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".") as folder:
        made = Path(folder) / target.name
        command = [*compiler, *FLAGS, *flags, "-shared", "-o", str(made), *map(str, sorted(SOURCES.glob("*.c")))]
        subprocess.run(command, check=True, capture_output=True, text=True)
        made.replace(target)


def build(folder: Path = LIBRARIES, extra_flags: Sequence[str] = ()) -> list[str]:
    """Compile the library for every instruction set of this machine.

    Args:
        folder: where the libraries go.
        extra_flags: for the compiler, such as ``-fsanitize=address``.

    Returns:
        The names of the instruction sets that compiled; none if there is no compiler.
    """
    with tempfile.TemporaryDirectory(prefix="gvc-build-") as cache:  # of the compiler; nothing stays behind
        os.environ.setdefault("ZIG_GLOBAL_CACHE_DIR", cache)
        os.environ.setdefault("ZIG_LOCAL_CACHE_DIR", cache)
        return _build(folder, extra_flags)


def _build(folder: Path, extra_flags: Sequence[str]) -> list[str]:
    isa = runpy.run_path(str(HERE / "isa.py"))  # the packages around it need what is not installed yet
    built: list[str] = []
    for compiler in compilers():
        built.clear()
        for kind in isa["instruction_sets"]():
            try:
                compile_library(compiler, (*kind.flags, *extra_flags), folder / isa["library_name"](kind.name))
            except (OSError, subprocess.CalledProcessError) as error:
                print(f"{' '.join(compiler)}: {kind.name}: {getattr(error, 'stderr', None) or error}", file=sys.stderr)
            else:
                built.append(kind.name)
        if isa["PLAIN"] in built:  # the others are of no use without it: it asks the processor
            return built
    print("no C compiler: gvc will compute with NumPy, slowly, with the same results", file=sys.stderr)
    return []


if __name__ == "__main__":
    names = build(Path(sys.argv[1]) if len(sys.argv) > 1 else LIBRARIES)
    print(f"compiled for {', '.join(names) or 'nothing'}")
