"""Build what the page needs besides its own files: ``python codec/page/build.py [folder]``.

Needs nothing but the standard library. That is ``gvc.wasm``, the C library of codec/native for a browser, and the
weights of the networks that gvc ships. Installing gvc runs this; where there is no compiler, there is no page.
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
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BUILT = ROOT / "web" / "built"
WASM = "gvc.wasm"
COMPILER_VARIABLE = "GVC_WASM_CC"
"""The environment variable that names another compiler for wasm than that of ``ziglang``."""
NOT_IN_PAGE = ("area_averages.c", "block_motion.c", "motion_search.c", "winograd.c", "ycocg.c")
"""What only a sender needs; and what tiles.c and JavaScript do in its place."""
WEIGHTS = {
    "predictors": ("lossless/weights", "lossless/weights/superseded"),
    "bases": ("networks/bases",),
}
"""Folders of weights, and the folders of codec/ that they come from."""
TARGET = (
    *("-target", "wasm32-freestanding", "-nostdlib"),
    # What every browser with WebCodecs has.
    "-mcpu=generic+simd128+bulk_memory+mutable_globals+nontrapping_fptoint+sign_ext",
    *(
        "-Wl,--no-entry",
        "-Wl,--export-dynamic",
        "-Wl,--export=__heap_base",
        "-Wl,-z,stack-size=1048576",
        "-Wl,--strip-all",
    ),
)


def build(folder: Path = BUILT) -> bool:
    """Build everything.

    Args:
        folder: where the files go. What was there before is replaced.

    Returns:
        Whether there is a compiler that works; without one nothing is written.
    """
    with tempfile.TemporaryDirectory(prefix="gvc-page-") as made:
        if not _compile(Path(made) / WASM, Path(made) / "cache"):
            shutil.rmtree(folder, ignore_errors=True)  # an older one is of other sources
            return False
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Path(made) / WASM, folder / f".{WASM}")
        (folder / f".{WASM}").replace(folder / WASM)
    for kind, sources in WEIGHTS.items():
        shutil.rmtree(folder / kind, ignore_errors=True)
        (folder / kind).mkdir()
        for source in sources:
            for file in sorted((HERE.parent / source).glob("*.npz")):
                shutil.copyfile(file, folder / kind / file.name)
    return True


def _compile(target: Path, cache: Path) -> bool:
    compiler = _compiler()
    if compiler is None:
        print("no compiler for wasm: gvc-play will not work", file=sys.stderr)
        return False
    sources, native = _native("sources"), _native("build")
    files = [str(file) for file in sources["c_files"]() if file.name not in NOT_IN_PAGE]
    flags = [flag for flag in native["FLAGS"] if flag != "-fPIC"]
    command = [*compiler, *TARGET, *flags, f"-DGVC_INTERFACE={sources['checksum']()}", "-o", str(target), *files]
    caches = {"ZIG_GLOBAL_CACHE_DIR": str(cache), "ZIG_LOCAL_CACHE_DIR": str(cache)}
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, env={**caches, **os.environ})
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"{compiler[0]}: wasm: {getattr(error, 'stderr', None) or error}", file=sys.stderr)
        return False
    return True


def _compiler() -> list[str] | None:
    named = os.environ.get(COMPILER_VARIABLE)
    if named:
        return shlex.split(named)
    return [sys.executable, "-m", "ziglang", "cc"] if importlib.util.find_spec("ziglang") is not None else None


def _native(name: str) -> dict[str, Any]:
    """A module of codec/native by itself: the packages around it need what is not installed yet."""
    return runpy.run_path(str(HERE.parent / "native" / f"{name}.py"))


if __name__ == "__main__":
    is_built = build(Path(sys.argv[1]) if len(sys.argv) > 1 else BUILT)
    print("built the page" if is_built else "built nothing")
