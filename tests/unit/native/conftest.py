"""Tests of kernels run once for each library that this processor can run, and for others in an emulator."""

from __future__ import annotations

import ctypes
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from codec.native.isa import InstructionSet, instruction_sets, library_name
from codec.native.library import LIBRARIES, available, load
from tests.native.emulated import EmulatedLibrary, build_driver, emulator

EMULATED = "linux-aarch64"
NATIVE_KINDS = [pytest.param((None, kind), id=kind.name) for kind in available()]
EMULATED_KINDS = [
    pytest.param((EMULATED, kind), id=f"{EMULATED}-{kind.name}", marks=pytest.mark.slow)
    for kind in instruction_sets("aarch64")
]


@pytest.fixture(scope="session")
def driver_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drivers")


@pytest.fixture(params=[*NATIVE_KINDS, *EMULATED_KINDS], scope="module")
def library(request: pytest.FixtureRequest, driver_folder: Path) -> Iterator[ctypes.CDLL]:
    platform, kind = request.param
    if platform is None:
        yield _loaded(kind)
        return
    command = emulator(platform)
    if command is None:
        pytest.skip("needs qemu-aarch64: the package qemu-user of Debian and Ubuntu")
    if importlib.util.find_spec("ziglang") is None:
        pytest.skip("needs the package ziglang, which compiles for other processors")
    emulated = EmulatedLibrary([command, str(build_driver(platform, kind, driver_folder))])
    yield emulated  # type: ignore[misc]
    emulated.close()


@pytest.fixture(params=NATIVE_KINDS, scope="module")
def native_library(request: pytest.FixtureRequest) -> ctypes.CDLL:
    """No emulated one: for what takes long."""
    return _loaded(request.param[1])


def _loaded(kind: InstructionSet) -> ctypes.CDLL:
    found = load(LIBRARIES / library_name(kind.name))
    assert found is not None
    return found
