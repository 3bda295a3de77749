"""What sender and workers must have in common, so that they code the same bytes: programs, kernels, networks."""

from __future__ import annotations

import functools
import hashlib
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from codec.native.known_answers import KNOWN_ANSWERS
from codec.native.library import engine
from codec.version import VERSION

_PACKAGES = ("av", "numpy", "zstandard", "msgpack")


@functools.cache
def facts() -> dict[str, str]:
    """Named facts of this process, in the order in which they are compared."""
    own = Path(__file__).parents[1]
    records = own.with_name("container_format")
    return {
        "gvc": VERSION,
        "Python": f"{sys.version_info.major}.{sys.version_info.minor}",
        **{name: version(name) for name in _PACKAGES},
        "native kernels": _kernels(),
        "networks": _digest(own, own.rglob("*.npz")),
        "code of gvc": _digest(own.parent, [*own.rglob("*.py"), *records.rglob("*.py")]),
    }


def _kernels() -> str:
    """The answers of the kernels to known questions, whatever they were compiled for."""
    library = engine().library
    if library is None:
        return "none"
    answers = [f"{name}: {known.compute(library)}" for name, known in KNOWN_ANSWERS.items()]
    return _short(hashlib.sha256("\n".join(answers).encode()))


def _digest(folder: Path, files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for file in sorted(files):
        data = file.read_bytes()
        total.update(f"{file.relative_to(folder).as_posix()} {len(data)}\n".encode() + data)
    return _short(total)


def _short(total: hashlib._Hash) -> str:
    return total.hexdigest()[:12]
