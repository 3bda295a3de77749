"""Freed memory that goes back to the system."""

from __future__ import annotations

import platform
import subprocess
import sys

from codec.memory import give_back

SCRIPT = "from codec.memory import give_back, share_arenas; give_back(); print(share_arenas(2))"


def test_arenas_are_shared_where_the_library_is_glibc() -> None:
    found = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == str(platform.libc_ver()[0] == "glibc")


def test_memory_is_given_back_again_and_again() -> None:
    give_back()
    give_back()
