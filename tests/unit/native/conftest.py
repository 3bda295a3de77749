"""Tests of kernels run once for each library that this processor can run, and for others in an emulator."""

from __future__ import annotations

import ctypes
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from codec.native.isa import instruction_sets, library_name
from codec.native.library import LIBRARIES, available, load
from tests.native.emulated import EmulatedLibrary, build_driver, emulator

EMULATED = "linux-aarch64"
KINDS = [
    *(pytest.param((None, kind), id=kind.name) for kind in available()),
    *(
        pytest.param((EMULATED, kind), id=f"{EMULATED}-{kind.name}", marks=pytest.mark.slow)
        for kind in instruction_sets("aarch64")
    ),
]


@pytest.fixture(scope="session")
def driver_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drivers")


@pytest.fixture(params=KINDS, scope="module")
def library(request: pytest.FixtureRequest, driver_folder: Path) -> Iterator[ctypes.CDLL]:
    platform, kind = request.param
    if platform is None:
        loaded = load(LIBRARIES / library_name(kind.name))
        assert loaded is not None
        yield loaded
        return
    command = emulator(platform)
    if command is None:
        pytest.skip("needs qemu-aarch64: the package qemu-user of Debian and Ubuntu")
    if importlib.util.find_spec("ziglang") is None:
        pytest.skip("needs the package ziglang, which compiles for other processors")
    emulated = EmulatedLibrary([command, str(build_driver(platform, kind, driver_folder))])
    yield emulated  # type: ignore[misc]
    emulated.close()
