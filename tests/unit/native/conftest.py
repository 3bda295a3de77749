"""Tests of kernels run once for each library that this processor can run."""

from __future__ import annotations

import ctypes

import pytest

from codec.native.isa import InstructionSet, library_name
from codec.native.library import LIBRARIES, available, load

KINDS = available()


@pytest.fixture(params=KINDS, ids=[kind.name for kind in KINDS])
def library(request: pytest.FixtureRequest) -> ctypes.CDLL:
    kind: InstructionSet = request.param
    loaded = load(LIBRARIES / library_name(kind.name))
    assert loaded is not None
    return loaded
