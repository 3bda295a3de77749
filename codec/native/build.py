"""Compile the library: ``python codec/native/build.py [folder]``. Needs nothing but the standard library.

Installing gvc runs this. The compiler is clang as the package ``ziglang`` brings it, for every platform; or what the
environment variable ``GVC_CC`` names; or ``clang``, ``cc`` or ``gcc``. Where none of them works, gvc computes the same
bits with NumPy.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import runpy
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LIBRARIES = HERE / "lib"
COMPILER_VARIABLE = "GVC_CC"
FLAGS = (
    *("-std=c11", "-O3", "-g0", "-fPIC", "-fvisibility=hidden", "-ffp-contract=off"),
    *("-Wall", "-Wextra", "-Werror=implicit", "-ffreestanding"),
)
"""``-ffp-contract=off``: no fused multiply-add, which would round differently."""
WITHOUT_C_LIBRARY = {
    "linux": ("-nostdlib",),
    "darwin": ("-nostdlib",),
    "win32": ("-nostdlib", "-rtlib=compiler-rt", "-DGVC_ENTRY_POINT", "-s"),
}
"""By system, for zig: it would build a C library first (Linux: 20 s, Windows: minutes), of which ours needs no more
than memcpy and memset. They come from the process, on Windows from the compiler."""


@dataclass(frozen=True)
class Compiler:
    """A C compiler that takes gcc's options.

    Attributes:
        command: that starts it.
        flags: that it needs beside :data:`FLAGS`.
    """

    command: tuple[str, ...]
    flags: tuple[str, ...] = ()


def compilers(target: Any = None) -> list[Compiler]:
    """The compilers to try, best first.

    Args:
        target: a ``Platform`` to compile for; None for this one.
    """
    named = os.environ.get(COMPILER_VARIABLE)
    if named:
        return [Compiler(tuple(shlex.split(named)))]
    found = []
    if importlib.util.find_spec("ziglang") is not None:
        zig = (sys.executable, "-m", "ziglang", "cc")
        known = target or _module("platforms")["this_platform"]()
        if known is None:
            found.append(Compiler(zig, ("-mcpu=baseline",)))
        else:
            found.append(Compiler(zig, ("-target", known.zig_target, *WITHOUT_C_LIBRARY[known.system])))
    if target is None:
        found += [Compiler((name,)) for name in ("clang", "cc", "gcc") if shutil.which(name)]
    return found


def compile_library(compiler: Compiler, flags: Sequence[str], target: Path) -> None:
    """Compile all sources into one shared library.

    Args:
        compiler: that does it.
        flags: of the instruction set, and others.
        target: the file to write; it appears whole or not at all, whoever else writes or loads it.

    Raises:
        OSError: the compiler does not start, or the file cannot be written.
        subprocess.CalledProcessError: it fails; ``stderr`` says why.
    """
    sources = _module("sources")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".") as folder:
        made = Path(folder) / target.name
        options = (*FLAGS, *compiler.flags, f"-DGVC_INTERFACE={sources['checksum']()}", *flags)
        command = [*compiler.command, *options, "-shared", "-o", str(made), *map(str, sources["c_files"]())]
        subprocess.run(command, check=True, capture_output=True, text=True)
        made.replace(target)


def build(folder: Path = LIBRARIES, *, extra_flags: Sequence[str] = (), target: Any = None) -> list[str]:
    """Compile the library for every instruction set of a machine.

    Args:
        folder: where the libraries go.
        extra_flags: for the compiler, such as ``-fsanitize=address``.
        target: a ``Platform`` to compile for; None for this one.

    Returns:
        The names of the instruction sets that compiled; none if there is no compiler.
    """
    with tempfile.TemporaryDirectory(prefix="gvc-build-") as cache:  # of the compiler; nothing stays behind
        os.environ.setdefault("ZIG_GLOBAL_CACHE_DIR", cache)
        os.environ.setdefault("ZIG_LOCAL_CACHE_DIR", cache)
        try:
            return _build(folder, extra_flags, target)
        finally:
            for variable in ("ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR"):
                if os.environ[variable] == cache:
                    del os.environ[variable]


def _build(folder: Path, extra_flags: Sequence[str], target: Any) -> list[str]:
    isa = _module("isa")
    kinds = isa["instruction_sets"](target.machine if target else platform.machine())
    for compiler in compilers(target):

        def compiles(kind: Any, compiler: Compiler = compiler) -> bool:
            file = folder / isa["library_name"](kind.name)
            try:
                compile_library(compiler, (*kind.flags, *extra_flags), file)
            except (OSError, subprocess.CalledProcessError) as error:
                reason = getattr(error, "stderr", None) or error
                print(f"{' '.join(compiler.command)}: {kind.name}: {reason}", file=sys.stderr)
                file.unlink(missing_ok=True)  # an older one is of other sources
                return False
            return True

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            built = [kind.name for kind, good in zip(kinds, pool.map(compiles, kinds), strict=True) if good]
        if isa["PLAIN"] in built:  # the others are of no use without it: it asks the processor
            return built
    print("no C compiler: gvc will compute with NumPy, slowly, with the same results", file=sys.stderr)
    return []


def _module(name: str) -> dict[str, Any]:
    """A module beside this one, by itself: the packages around it need what is not installed yet."""
    return runpy.run_path(str(HERE / f"{name}.py"))


if __name__ == "__main__":
    names = build(Path(sys.argv[1]) if len(sys.argv) > 1 else LIBRARIES)
    print(f"compiled for {', '.join(names) or 'nothing'}")
