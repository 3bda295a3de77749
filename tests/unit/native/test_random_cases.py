"""Random shapes and inputs: a few in `make test`, almost 100,000 in `make test-all`, there with sanitizers too."""

from __future__ import annotations

import ctypes
import zlib

import numpy as np
import pytest

from codec.native.known_answers import KNOWN_ANSWERS
from tests.unit.native.random_cases import CASES

pytestmark = pytest.mark.usefixtures("without_library")  # the references compute
NUM_CASES = 100_000
"""Of all kernels together."""
NUM_QUICK_CASES = 20
"""Of each kernel in ``make test``."""
COSTLY = {"adaptive planes": (8, 200)}
"""Kernels whose reference takes a second a case: how many there are in ``make test``, and in ``make test-all``."""


def ask(library: ctypes.CDLL, name: str, seeds: range) -> None:
    for seed in seeds:
        try:
            CASES[name](library, np.random.default_rng([zlib.crc32(name.encode()), seed]))
        except Exception as error:
            raise AssertionError(f"{name} with seed {seed}: {error}") from error


@pytest.mark.parametrize("name", CASES)
def test_some_random_cases(library: ctypes.CDLL, name: str) -> None:
    few, _ = COSTLY.get(name, (NUM_QUICK_CASES, 0))
    ask(library, name, range(few))


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_very_many_random_cases(native_library: ctypes.CDLL, name: str) -> None:
    _, many = COSTLY.get(name, (0, NUM_CASES // len(CASES)))
    ask(native_library, name, range(many))


def test_every_kernel_has_random_cases() -> None:
    assert set(KNOWN_ANSWERS) == set(CASES)
