"""One stream on eight machines, as far as settings can make them: the same bytes from each, and the same pictures.

What differs is the instruction set of the native library, of NumPy and of its linear algebra, and
the number of threads and processes: what each of them makes with one is what two have made.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from codec.native.library import engine
from tests.end_to_end.conftest import command, run_ok, slow, write_video

MACHINES: dict[str, dict[str, str]] = {
    "as it is": {},
    "plain C": {"GVC_ISA": "c"},
    "the widest vectors here": {"GVC_ISA": engine().isa},
    "NumPy alone": {"GVC_ISA": "numpy"},
    "NumPy without wide vectors": {"NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3"},
    "linear algebra of 2004": {"OPENBLAS_CORETYPE": "Prescott", "GVC_ISA": "c"},
    "linear algebra of 2013": {"OPENBLAS_CORETYPE": "Haswell"},
    "one thread": {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
}
QUICK = ("plain C", "NumPy alone", "linear algebra of 2004")
GUIDED = Path(__file__).parents[1] / "conformance" / "v1" / "valid" / "guided_yuv420p.gvc"
LOSSLESS = ("--color", "lossless", "--luma", "network", "--chroma", "network", "--effort", "none")


def on(machine: str, *arguments: str | Path) -> None:
    line = [command(str(arguments[0])), *map(str, arguments[1:]), "--workers", "1"]
    environment = {**os.environ, **MACHINES[machine]}
    result = subprocess.run(line, env=environment, capture_output=True, timeout=300, check=False)
    assert result.returncode == 0, result.stderr.decode()


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("machines") / "in.mkv"
    write_video(path, pixel_format="yuv420p", width=46, height=34, frames=6)
    return path


@pytest.fixture(scope="module")
def expected(clip: Path) -> dict[str, str]:
    folder = clip.parent
    run_ok("gvc-encode", clip, folder / "x.gvc", "--segment-frames", "3", *LOSSLESS)
    run_ok("gvc-decode", folder / "x.gvc", folder / "x.raw")
    run_ok("gvc-decode", GUIDED, folder / "guided.raw")
    return {name: digest(folder / name) for name in ("x.gvc", "x.raw", "guided.raw")}


@pytest.mark.parametrize("machine", [*QUICK, *slow(*(name for name in MACHINES if name not in QUICK))])
def test_every_machine_codes_and_decodes_the_same(
    clip: Path, expected: dict[str, str], machine: str, tmp_path: Path
) -> None:
    on(machine, "gvc-encode", clip, tmp_path / "x.gvc", "--segment-frames", "3", *LOSSLESS)
    on(machine, "gvc-decode", tmp_path / "x.gvc", tmp_path / "x.raw")
    on(machine, "gvc-decode", GUIDED, tmp_path / "guided.raw")
    assert {name: digest(tmp_path / name) for name in expected} == expected
