"""The range coder in the native library; its reference is :mod:`codec.entropy.reference_coder`."""

from __future__ import annotations

import ctypes
import functools

import numpy as np
import numpy.typing as npt

from codec.errors import StreamError
from codec.native.arrays import address
from codec.native.library import bind

I32Array = npt.NDArray[np.int32]
U32Array = npt.NDArray[np.uint32]

_FIRST_CAPACITY = 256
_SEAL_WORDS = 2
_IMPOSSIBLE_DATA, _IMPOSSIBLE_SYMBOL = -1, -2


class _Writer(ctypes.Structure):
    """``gvc_writer`` in src/range_coder.h."""

    _fields_ = (
        *((name, ctypes.c_uint64) for name in ("lower", "range")),
        ("words", ctypes.c_void_p),
        *((name, ctypes.c_int64) for name in ("num_words", "capacity")),
    )


class _Reader(ctypes.Structure):
    """``gvc_reader`` in src/range_coder.h."""

    _fields_ = (
        *((name, ctypes.c_uint64) for name in ("distance", "range")),
        ("words", ctypes.c_void_p),
        *((name, ctypes.c_int64) for name in ("num_words", "position")),
    )


class _Kernels:
    """The functions of src/range_coder.c in one library."""

    def __init__(self, library: ctypes.CDLL) -> None:
        pointer, number, result = ctypes.c_void_p, ctypes.c_int64, ctypes.c_int32
        self.begin_writing = bind(library, "gvc_begin_writing", None, pointer)
        self.write = bind(library, "gvc_write", result, *[pointer] * 2, number, pointer, number)
        self.num_seal_words = bind(library, "gvc_num_seal_words", number, pointer)
        self.seal = bind(library, "gvc_seal", result, pointer)
        self.begin_reading = bind(library, "gvc_begin_reading", None, pointer)
        self.read = bind(library, "gvc_read", result, *[pointer] * 2, number, pointer, number)
        self.write_bits = bind(library, "gvc_write_bits", result, *[pointer] * 3, number)
        self.read_bits = bind(library, "gvc_read_bits", result, *[pointer] * 3, number)
        self.may_end = bind(library, "gvc_may_end", result, pointer)


@functools.cache
def _kernels(library: ctypes.CDLL) -> _Kernels:
    return _Kernels(library)


def check(result: int) -> None:
    """Raise the error that a kernel reports.

    Raises:
        StreamError: the data are impossible.
        ValueError: a symbol or another argument is.
    """
    if result == _IMPOSSIBLE_DATA:
        raise StreamError("entropy-coded data do not fit their probability table")
    if result == _IMPOSSIBLE_SYMBOL:
        raise ValueError("expected symbols that their model has. Received: others")
    if result:
        raise RuntimeError(f"a kernel of the native library failed: {result}")


class NativeWriter:
    """Codes symbols to words.

    Args:
        library: that computes.

    Attributes:
        library: the same.
    """

    def __init__(self, library: ctypes.CDLL) -> None:
        self.library = library
        self._kernels = _kernels(library)
        self._state = _Writer()
        self._words = np.empty(0, np.uint32)
        self._kernels.begin_writing(self.state)

    @property
    def state(self) -> int:
        """The address of the coder's state."""
        return ctypes.addressof(self._state)

    def reserve(self, num_symbols: int) -> None:
        """Make sure that so many symbols fit; each takes a word at most."""
        used = int(self._state.num_words)
        needed = used + num_symbols + _SEAL_WORDS
        if needed > self._words.size:
            words = np.empty(max(needed, 2 * self._words.size, _FIRST_CAPACITY), np.uint32)
            words[:used] = self._words[:used]
            self._words = words
            self._state.words, self._state.capacity = address(words, np.uint32, words.shape), words.size

    def write(self, symbols: I32Array, starts: U32Array) -> None:
        """Code symbols, all with one model.

        Args:
            symbols: (n,) int32.
            starts: (symbols + 1,) uint32, the model.

        Raises:
            ValueError: the model does not have a symbol. Nothing is written then.
        """
        symbols = np.ascontiguousarray(symbols, np.int32)
        self.reserve(symbols.size)
        values, model = address(symbols, np.int32, symbols.shape), address(starts, np.uint32, starts.shape)
        check(self._kernels.write(self.state, values, symbols.size, model, starts.size - 1))

    def write_bits(self, numbers: I32Array, bits: I32Array) -> None:
        """Code numbers without a model: all numbers of so many bits are equally likely.

        Args:
            numbers: (n,) int32, 0 to ``2**bits - 1``.
            bits: (n,) int32, 0 to 24.

        Raises:
            ValueError: a number has more bits. Nothing is written then.
        """
        numbers, bits = (np.ascontiguousarray(array, np.int32) for array in (numbers, bits))
        self.reserve(numbers.size)
        values, sizes = (address(array, np.int32, numbers.shape) for array in (numbers, bits))
        check(self._kernels.write_bits(self.state, values, sizes, numbers.size))

    @property
    def num_words(self) -> int:
        """Number of words that :meth:`words` would return now."""
        return int(self._state.num_words + self._kernels.num_seal_words(self.state))

    def words(self) -> U32Array:
        """All words, as they are if nothing more is coded: uint32. Writing can go on."""
        self.reserve(0)
        words = self._words[: self._state.num_words + _SEAL_WORDS].copy()
        sealed = _Writer.from_buffer_copy(self._state)
        sealed.words, sealed.capacity = address(words, np.uint32, words.shape), words.size
        check(self._kernels.seal(ctypes.addressof(sealed)))
        return words[: sealed.num_words]


class NativeReader:
    """Decodes the words of a :class:`NativeWriter`.

    Args:
        library: that computes.
        words: (n,) uint32. They must not change.

    Attributes:
        library: the same.
    """

    def __init__(self, library: ctypes.CDLL, words: U32Array) -> None:
        self.library = library
        self._kernels = _kernels(library)
        self._words = words
        self._state = _Reader(words=address(words, np.uint32, words.shape), num_words=words.size)
        self._kernels.begin_reading(self.state)

    @property
    def state(self) -> int:
        """The address of the coder's state."""
        return ctypes.addressof(self._state)

    def read(self, count: int, starts: U32Array) -> I32Array:
        """Decode the next symbols.

        Args:
            count: number of symbols.
            starts: (symbols + 1,) uint32, the model.

        Returns:
            (count,) int32.

        Raises:
            StreamError: the words cannot be those of symbols of this model.
        """
        symbols = np.empty(count, np.int32)
        values, model = address(symbols, np.int32, symbols.shape), address(starts, np.uint32, starts.shape)
        check(self._kernels.read(self.state, values, count, model, starts.size - 1))
        return symbols

    def read_bits(self, bits: I32Array) -> I32Array:
        """Decode the next numbers that were coded without a model.

        Args:
            bits: (n,) int32, 0 to 24.

        Returns:
            (n,) int32.

        Raises:
            StreamError: the words cannot be those of such numbers.
        """
        bits = np.ascontiguousarray(bits, np.int32)
        numbers = np.empty(bits.size, np.int32)
        values, sizes = (address(array, np.int32, (bits.size,)) for array in (numbers, bits))
        check(self._kernels.read_bits(self.state, values, sizes, bits.size))
        return numbers

    def may_end(self) -> bool:
        """Whether the data may end here."""
        return bool(self._kernels.may_end(self.state))
