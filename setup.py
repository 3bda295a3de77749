"""Compiles the native library (codec/native) while gvc is installed; everything else is in pyproject.toml."""

from __future__ import annotations

import os
import platform
import runpy
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
ZIG_SYSTEMS = ("linux", "darwin", "win32")
ZIG_MACHINES = ("x86_64", "amd64", "aarch64", "arm64")


class BuildWithLibrary(build_py):
    """Python files, and the library beside them. Where it cannot be compiled, gvc computes with NumPy."""

    def run(self) -> None:
        """See :class:`setuptools.command.build_py.build_py`."""
        super().run()
        builder = runpy.run_path(str(ROOT / "codec" / "native" / "build.py"))
        target = ROOT if self.editable_mode else Path(self.build_lib)
        builder["build"](target / "codec" / "native" / "lib")

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """All files, with the libraries."""
        libraries = sorted((Path(self.build_lib) / "codec" / "native" / "lib").glob("*.so"))
        return [*super().get_outputs(include_bytecode), *map(str, libraries)]


class PlatformWheel(bdist_wheel):
    """A wheel for any Python 3 on one platform: the library is called through ctypes, and needs no Python headers."""

    def finalize_options(self) -> None:
        """See :class:`setuptools.command.bdist_wheel.bdist_wheel`."""
        super().finalize_options()
        self.root_is_pure = False

    def get_tag(self) -> tuple[str, str, str]:
        """The wheel's tag: python, ABI and platform."""
        return "py3", "none", super().get_tag()[2]


def compiler_requirements() -> list[str]:
    """The package that brings the compiler, unless another one is named, or there is none for this platform."""
    has_package = sys.platform in ZIG_SYSTEMS and platform.machine().lower() in ZIG_MACHINES
    return ["ziglang>=0.14"] if has_package and not os.environ.get("GVC_CC") else []


setup(
    setup_requires=compiler_requirements(),
    cmdclass={"build_py": BuildWithLibrary, "bdist_wheel": PlatformWheel},
)
