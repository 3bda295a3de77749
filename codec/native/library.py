"""The library in use: the best one for the processor, after a test with known answers; or none, and NumPy computes."""

from __future__ import annotations

import ctypes
import functools
import os
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codec.errors import InputError, StreamError
from codec.native import sources
from codec.native.isa import NUMPY, PLAIN, VARIABLE, InstructionSet, instruction_sets, library_name

FOLDER_VARIABLE = "GVC_LIBRARIES"
"""The environment variable that names another folder with libraries, such as those with sanitizers."""
LIBRARIES = Path(os.environ.get(FOLDER_VARIABLE) or Path(__file__).parent / "lib")


class NativeWarning(RuntimeWarning):
    """NumPy computes, or a slower library does, where a faster one was expected."""


@dataclass(frozen=True)
class Engine:
    """What computes.

    Attributes:
        isa: the name of the instruction set; ``numpy`` if there is no library.
        library: loaded and tested; None for NumPy.
        notes: why no faster one is in use, one line each.
    """

    isa: str
    library: ctypes.CDLL | None
    notes: tuple[str, ...] = ()


_lock = threading.Lock()
_trusted: set[str] = set()


def trust(isa: str) -> None:
    """Take it that the library for an instruction set gives its known answers: a process of this machine has seen it.

    It is chosen at the first call of :func:`engine` as ever, but then it is not asked.
    """
    with _lock:
        _trusted.add(isa)


def engine() -> Engine:
    """The engine of this process, chosen at the first call.

    Raises:
        InputError: the environment variable ``GVC_ISA`` names none that works here.
    """
    with _lock:
        return _chosen()


def library() -> ctypes.CDLL | None:
    """The library in use; None if NumPy computes."""
    return engine().library


@functools.cache
def _chosen() -> Engine:
    wanted = os.environ.get(VARIABLE) or None
    if wanted == NUMPY:
        return Engine(NUMPY, None)
    notes: list[str] = []
    for kind in reversed(available(wanted)):
        loaded = load(LIBRARIES / library_name(kind.name))
        wrong = _OTHER_SOURCES if loaded is None else None if kind.name in _trusted else failed_kernel(loaded)
        if loaded is not None and wrong is None:
            return _told(Engine(kind.name, loaded, tuple(notes)))
        notes.append(f"the native library for {kind.name} is not used: {wrong}")
    if wanted:
        raise InputError("; ".join(notes))
    if not notes:
        notes.append(f"the native library is not used: {_why_none()}")
    notes[-1] += "; NumPy computes the same, slowly"
    return _told(Engine(NUMPY, None, tuple(notes)))


def _why_none() -> str:
    return _OTHER_SOURCES if (LIBRARIES / library_name(PLAIN)).is_file() else "it was not built"


_OTHER_SOURCES = "it was built from other sources, install gvc again"


def _told(engine: Engine) -> Engine:
    for note in engine.notes:
        warnings.warn(note, NativeWarning, stacklevel=2)
    return engine


def available(wanted: str | None = None) -> list[InstructionSet]:
    """The instruction sets that this processor has and that the library was compiled for, the slowest first.

    Args:
        wanted: only this one.

    Raises:
        InputError: the wanted one is unknown, not compiled, or not in this processor.
    """
    plain = load(LIBRARIES / library_name(PLAIN))
    has = plain.gvc_processor() if plain is not None else 0
    kinds = [
        kind
        for kind in instruction_sets()
        if plain is not None
        and has & kind.processor_bit == kind.processor_bit
        and (LIBRARIES / library_name(kind.name)).is_file()
    ]
    if wanted is None:
        return kinds
    chosen = [kind for kind in kinds if kind.name == wanted]
    if not chosen:
        names = ", ".join([*(kind.name for kind in kinds), NUMPY])
        why = "" if kinds else f"; the native library is not used: {_why_none()}"
        raise InputError(f"expected {VARIABLE} to be one of {names} on this machine. Received: {wanted}{why}")
    return chosen


def load(file: Path) -> ctypes.CDLL | None:
    """Load a library; None if it is missing, or was built from other sources than those beside this module."""
    try:
        loaded = ctypes.CDLL(str(file.absolute()))  # Windows looks elsewhere for what has no folder
        return loaded if loaded.gvc_interface() == _interface() else None
    except (OSError, AttributeError):
        return None


_interface = functools.cache(sources.checksum)


def failed_kernel(loaded: ctypes.CDLL) -> str | None:
    """Compute known answers with a library: None if all are right, else which kernel is wrong."""
    from codec.native.known_answers import KNOWN_ANSWERS

    for name, known in KNOWN_ANSWERS.items():
        try:
            answer = known.compute(loaded)
        except (AttributeError, RuntimeError, StreamError, ValueError) as error:
            return f"{name} failed: {error}"
        if answer != known.crc32:
            return f"{name} gave a wrong answer"
    return None


def bind(loaded: ctypes.CDLL, name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    """A function of the library with its types.

    Args:
        loaded: the library.
        name: of the function.
        result: the ctypes type of its result; None for none.
        arguments: the ctypes types of its arguments; ``ctypes.c_void_p`` for arrays, given as
            :func:`codec.native.arrays.address` returns them.
    """
    function = getattr(loaded, name)
    function.restype = result
    function.argtypes = arguments
    return function  # type: ignore[no-any-return]
