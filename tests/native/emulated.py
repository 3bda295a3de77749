"""A library for another processor, called like one of ctypes: an emulator runs the kernels, with this process' memory.

``driver.c`` says how. An emulated library has the attributes that :func:`codec.native.library.bind` uses.
"""

from __future__ import annotations

import ctypes
import functools
import itertools
import os
import re
import shutil
import struct
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from codec.native.build import FLAGS, compilers
from codec.native.isa import InstructionSet
from codec.native.platforms import PLATFORMS
from codec.native.sources import SOURCES, c_files, checksum

PAGE_BYTES, MAX_WORDS, MAX_DOUBLES = 4096, 16, 8
WANT_PAGE, OCCUPIED, DONE = 1, 2, 3
EMULATORS = {"linux-aarch64": ("qemu-aarch64", "qemu-aarch64-static"), "linux-x86_64": ("qemu-x86_64", "env")}
"""By platform, the commands that run a program for it; ``env`` just runs it."""


def emulator(platform: str) -> str | None:
    """The command that runs programs for a platform; None if it is not installed."""
    return next((path for name in EMULATORS[platform] if (path := shutil.which(name))), None)


def exported_functions() -> list[str]:
    """The names of all functions of the library, as the sources have them, but for those of the page alone."""
    texts = [file.read_text(encoding="utf-8") for file in c_files()]
    text = "".join(text for text in texts if "\n#if defined(__wasm" not in text)
    # Some are written by a macro, which is given their name: REMEMBER(gvc_remember_uint8, uint8_t).
    return re.findall(r"^(?:GVC_EXPORT\s[^(]*?\b|[A-Z_]+\()(gvc_\w+)(?=\(|,)", text, re.MULTILINE)


@functools.cache
def build_driver(platform: str, kind: InstructionSet, folder: Path) -> Path:
    """Link the driver with the kernels for one instruction set: the program's path, in this folder."""
    program = folder / f"driver_{platform}_{kind.name}"
    zig = compilers(PLATFORMS[platform])[0]
    functions = " ".join(f"FUNCTION({name})" for name in exported_functions())
    flags = (*FLAGS, *zig.flags, "-static", "-fno-pie", f"-DGVC_INTERFACE={checksum()}", *kind.flags)
    files = [str(Path(__file__).with_name("driver.c")), *map(str, c_files())]
    command = [*zig.command, *flags, f"-DGVC_FUNCTIONS={functions}", f"-I{SOURCES}", "-o", str(program), *files]
    environment = {**os.environ, "ZIG_GLOBAL_CACHE_DIR": str(folder), "ZIG_LOCAL_CACHE_DIR": str(folder)}
    subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return program


@dataclass
class _Function:
    """One function, with the attributes of a function of ctypes."""

    library: EmulatedLibrary
    name: str
    restype: Any = ctypes.c_int
    argtypes: Sequence[Any] | None = None

    def __call__(self, *arguments: Any) -> Any:
        kinds = self.argtypes or ()
        doubles = [value for kind, value in itertools.zip_longest(kinds, arguments) if kind is ctypes.c_double]
        words = [_word(value) for kind, value in itertools.zip_longest(kinds, arguments) if kind is not ctypes.c_double]
        result = self.library.call(self.name, words, doubles, is_double=self.restype is ctypes.c_double)
        if self.restype is None or isinstance(result, float):
            return None if self.restype is None else result
        return self.restype(result).value


class EmulatedLibrary:
    """A library in an emulator.

    Args:
        command: the emulator, if any, and the driver.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._numbers = {name: number for number, name in enumerate(exported_functions())}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._lock = threading.Lock()
        self._memory = os.open("/proc/self/mem", os.O_RDONLY)

    def __getattr__(self, name: str) -> _Function:
        if name not in self._numbers:
            raise AttributeError(name)
        function = _Function(self, name)
        setattr(self, name, function)
        return function

    def close(self) -> None:
        """End the emulator."""
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.wait()
        os.close(self._memory)

    def call(self, name: str, words: Sequence[int], doubles: Sequence[float], *, is_double: bool) -> int | float:
        """Call a function.

        Args:
            name: of the function.
            words: its whole numbers and pointers, in order.
            doubles: its floats, in order.
            is_double: it returns one.

        Raises:
            AssertionError: it touches memory that this process does not have.
        """
        to, back = self._process.stdin, self._process.stdout
        assert to is not None
        assert back is not None
        padded = [*words, *[0] * (MAX_WORDS - len(words))], [*doubles, *[0.0] * (MAX_DOUBLES - len(doubles))]
        with self._lock:
            to.write(
                struct.pack(f"<qq{MAX_WORDS}q{MAX_DOUBLES}d", self._numbers[name], is_double, *padded[0], *padded[1])
            )
            to.flush()
            sent: dict[int, bytes] = {}
            while True:
                what, value = struct.unpack("<qq", _read(back, 16))
                if what == DONE:
                    self._take_back(back, sent)
                    return float(struct.unpack("<d", struct.pack("<q", value))[0]) if is_double else value
                assert what == WANT_PAGE, f"{name}: this process' address {value:#x} is occupied in the emulator"
                try:
                    sent[value] = os.pread(self._memory, PAGE_BYTES, value)
                except (OSError, OverflowError) as error:
                    raise AssertionError(f"{name} touches {value:#x}, where nothing lies") from error
                to.write(sent[value])
                to.flush()

    def _take_back(self, back: IO[bytes], sent: dict[int, bytes]) -> None:
        """Write what the function changed, and nothing else: this process may have changed other bytes of a page."""
        (num_pages,) = struct.unpack("<q", _read(back, 8))
        for _ in range(num_pages):
            (page,) = struct.unpack("<q", _read(back, 8))
            new = np.frombuffer(_read(back, PAGE_BYTES), np.uint8)
            is_changed = new != np.frombuffer(sent[page], np.uint8)
            if is_changed.any():
                here = np.frombuffer((ctypes.c_uint8 * PAGE_BYTES).from_address(page), np.uint8)
                here[is_changed] = new[is_changed]


def _read(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    assert len(data) == size, "the emulator has ended"
    return data


def _word(value: Any) -> int:
    """An argument as C gets it, in 64 bits with a sign."""
    if value is None:
        return 0
    if not isinstance(value, int):  # an array or a structure of ctypes, or byref() of one
        value = ctypes.addressof(getattr(value, "_obj", value))
    return value - (1 << 64) if value >= 1 << 63 else value
