"""The instruction sets that the library is compiled for. Needs nothing but the standard library: the build reads it."""

from __future__ import annotations

import platform
from dataclasses import dataclass

VARIABLE = "GVC_ISA"
"""The environment variable that forces an instruction set, or ``numpy`` for no library at all."""
NUMPY = "numpy"
PLAIN = "c"


@dataclass(frozen=True)
class InstructionSet:
    """One way to compile the library.

    Attributes:
        name: as in the environment variable ``GVC_ISA`` and in the library's file name.
        flags: for the compiler, beyond the base architecture.
        processor_bit: of what the processor must have, as ``gvc_processor`` in src/machine.c reports it; 0 for nothing.
    """

    name: str
    flags: tuple[str, ...]
    processor_bit: int


_AVX2 = ("-mavx2", "-mfma", "-mbmi", "-mbmi2")
_AVX512 = (*_AVX2, "-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl")
_PLAIN = InstructionSet(PLAIN, ("-DGVC_PLAIN",), 0)
_X86_64 = (
    _PLAIN,
    InstructionSet("avx2", _AVX2, 1),
    InstructionSet("avxvnni", (*_AVX2, "-mavxvnni"), 2),
    InstructionSet("avx512", _AVX512, 4),
    InstructionSet("avx512vnni", (*_AVX512, "-mavx512vnni"), 8),
)
_AARCH64 = (_PLAIN, InstructionSet("neon", (), 16))


def instruction_sets(machine: str | None = None) -> tuple[InstructionSet, ...]:
    """What the library is compiled for on a machine, in rising order of speed.

    Args:
        machine: as :func:`platform.machine` names it; None for this one.
    """
    name = (machine or platform.machine()).lower()
    if name in ("x86_64", "amd64"):
        return _X86_64
    return _AARCH64 if name in ("aarch64", "arm64") else (_PLAIN,)


def library_name(isa: str) -> str:
    """The file name of the library for an instruction set; the same on every system, since ctypes does not mind."""
    return f"gvc_{isa}.so"
