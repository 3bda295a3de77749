"""Builds the native library and the page (web/) while gvc is installed; everything else is in pyproject.toml."""

from __future__ import annotations

import os
import runpy
import shutil
from pathlib import Path
from typing import Any

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
LIBRARY_FOLDER = Path("codec", "native", "lib")
PAGE_FOLDER = Path("codec", "page", "static")


def native(module: str) -> dict[str, Any]:
    """A module of codec/native by itself: the packages around it need what is not installed yet."""
    return runpy.run_path(str(ROOT / "codec" / "native" / f"{module}.py"))


def page() -> dict[str, Any]:
    """The module codec/page/build by itself."""
    return runpy.run_path(str(ROOT / "codec" / "page" / "build.py"))


WANTED = native("platforms")["wanted_platform"]()


class BuildWithLibrary(build_py):
    """Python files, and the library beside them. Where it cannot be compiled, gvc computes with NumPy."""

    def run(self) -> None:
        """See :class:`setuptools.command.build_py.build_py`."""
        super().run()
        folder = (ROOT if self.editable_mode else Path(self.build_lib)) / LIBRARY_FOLDER
        if not self.editable_mode:
            shutil.rmtree(folder, ignore_errors=True)  # an earlier build may have been for another platform
        built = native("build")["build"](folder, target=WANTED)
        if WANTED and not built:
            raise SystemExit(f"expected a compiler for {WANTED.zig_target}: pip install ziglang")
        self.build_page()

    def build_page(self) -> None:
        """The page: in a checkout, what it needs beside its files; for a wheel, those too."""
        if self.editable_mode:
            page()["build"]()
            return
        folder = Path(self.build_lib) / PAGE_FOLDER
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(ROOT / "web", folder, ignore=shutil.ignore_patterns("built", "package.json", "*.d.ts"))
        page()["build"](folder / "built")

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """All files, with the libraries and the page."""
        libraries = sorted((Path(self.build_lib) / LIBRARY_FOLDER).glob("*.so"))
        pages = sorted(file for file in (Path(self.build_lib) / PAGE_FOLDER).rglob("*") if file.is_file())
        return [*super().get_outputs(include_bytecode), *map(str, libraries), *map(str, pages)]


class PlatformDistribution(Distribution):
    """Files that belong to one platform."""

    def has_ext_modules(self) -> bool:
        """Yes, although the library is no extension of Python: so wheels and folders are for one platform."""
        return True


class PlatformWheel(bdist_wheel):
    """A wheel for any Python 3 on one platform: the library is called through ctypes, and needs no Python headers."""

    def get_tag(self) -> tuple[str, str, str]:
        """The wheel's tag: python, ABI and platform."""
        return "py3", "none", WANTED.wheel_tag if WANTED else super().get_tag()[2]


def compiler_requirements() -> list[str]:
    """The package that brings the compiler, unless another one is named, or there is none for this platform."""
    has_package = native("platforms")["this_platform"]() is not None
    return ["ziglang>=0.14"] if has_package and not os.environ.get("GVC_CC") else []


setup(
    setup_requires=compiler_requirements(),
    distclass=PlatformDistribution,
    cmdclass={"build_py": BuildWithLibrary, "bdist_wheel": PlatformWheel},
)
