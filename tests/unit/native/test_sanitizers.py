"""The kernels keep to their arrays, and do nothing that C leaves undefined: gcc's sanitizers watch the other tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.native import sanitized

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sanitized.runtime() is None, reason="needs gcc and its address sanitizer"),
]

OVERRUN = """
import ctypes
import numpy as np
from codec.native.library import bind, engine
library = engine().library
kernel, packed = np.ones(2 * 3, np.int16), np.empty(library.gvc_group() * 2 - 1, np.int16)
pack = bind(library, "gvc_pack_kernel", None, ctypes.c_void_p, *[ctypes.c_int64] * 3, ctypes.c_void_p)
pack(kernel.ctypes.data, 1, 1, 3, packed.ctypes.data)
"""
"""One int16 is missing at the end of what the kernel writes."""


def test_sanitizers_find_an_overrun(tmp_path: Path) -> None:
    """Otherwise the test below could not fail."""
    result = sanitized.run(["-c", OVERRUN], tmp_path)
    assert result.returncode != 0
    assert "heap-buffer-overflow" in result.stderr


def test_unit_tests_with_sanitizers(tmp_path: Path) -> None:
    result = sanitized.run(["-m", "pytest", *sanitized.TESTS], tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "passed" in result.stdout
