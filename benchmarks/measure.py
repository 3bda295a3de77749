"""Processes, measured: wall time and peak memory as the operating system counts them. And the machine they ran on."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from codec.errors import GvcError

ROOT = Path(__file__).resolve().parents[1]
LAUNCHER = Path(__file__).parent / "launch.py"
PACKAGES = ("tensorflow", "keras", "av", "opencv-python-headless", "numpy", "scikit-learn", "scikit-image")


class BenchmarkError(GvcError):
    """A measurement could not be made."""


@dataclass(frozen=True)
class Finished:
    """A process that ended well."""

    seconds: float
    peak_mib: float
    stdout: str


def run_process(command: Sequence[str]) -> Finished:
    """Run a command to its end.

    Args:
        command: program and arguments; ``gvc-...`` is looked for beside this interpreter, ``python`` is this one.

    Raises:
        BenchmarkError: it failed; the message holds the last line that it printed.
    """
    program = {"python": sys.executable}.get(command[0], str(Path(sysconfig.get_path("scripts")) / command[0]))
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.json"
        launcher = [sys.executable, "-I", "-S", str(LAUNCHER), str(figures)]
        done = subprocess.run([*launcher, program, *command[1:]], capture_output=True, cwd=ROOT, text=True, check=False)
        if done.returncode:
            lines = done.stderr.strip().splitlines() or ["nothing was printed"]
            raise BenchmarkError(f"{' '.join(command)} failed with exit code {done.returncode}: {lines[-1]}")
        measured = json.loads(figures.read_text())
    return Finished(measured["seconds"], measured["peak_mib"], done.stdout)


def environment() -> dict[str, str | int]:
    """The machine and what runs on it: names and versions."""
    facts: dict[str, str | int] = {
        "cpu": _cpu_name(),
        "cores": os.cpu_count() or 1,
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "keras_backend": os.environ.get("KERAS_BACKEND", "tensorflow"),
    }
    return facts | {package: importlib.metadata.version(package) for package in PACKAGES}


def _cpu_name() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def commit() -> str:
    """Short hash of the checkout, with ``+`` where sources differ from it; ``unknown`` outside of a checkout."""
    try:
        head = _git("rev-parse", "--short", "HEAD")
        changed = _git(
            "status", "--porcelain", "--untracked-files=no", "--", "codec", "container_format", "benchmarks/*.py"
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return head + ("+" if changed else "")


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()
