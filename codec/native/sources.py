"""The C sources, and a checksum of them. Needs nothing but the standard library: the build reads it."""

from __future__ import annotations

import zlib
from pathlib import Path

SOURCES = Path(__file__).parent / "src"


def c_files() -> list[Path]:
    """The files to compile, in a fixed order."""
    return sorted(SOURCES.glob("*.c"))


def checksum() -> int:
    """A number that changes with every change of the sources, 31 bits: the ``GVC_INTERFACE`` of a library.

    A library tells the number of the sources that it was built from, so that one which is older or newer than the
    Python files beside it is not used.
    """
    total = 0
    for file in sorted(SOURCES.iterdir()):
        if file.suffix in (".c", ".h"):
            total = zlib.crc32(file.name.encode() + b"\0" + file.read_bytes(), total)
    return total & 0x7FFFFFFF
