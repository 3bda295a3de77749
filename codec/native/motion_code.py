"""Coding of motion fields in the native library; the reference is :mod:`codec.lossless.motion_code`."""

from __future__ import annotations

import ctypes
import functools

import numpy as np
import numpy.typing as npt

from codec.native.arrays import address
from codec.native.library import bind
from codec.native.range_coder import NativeReader, NativeWriter, check

I16Array = npt.NDArray[np.int16]
I32Array = npt.NDArray[np.int32]

_MOST_SYMBOLS_OF_A_BLOCK = 5  # a flag, two differences, and how far each of them is


class _Motion(ctypes.Structure):
    """``gvc_motion`` in src/motion_code.c."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("tables", "writer", "reader")),
        *((name, ctypes.c_int64) for name in ("rows", "columns")),
        ("flags", ctypes.c_void_p),
    )


class _Kernels:
    """The functions of src/motion_code.c in one library."""

    def __init__(self, library: ctypes.CDLL) -> None:
        pointer = ctypes.c_void_p
        self.tables_size: int = bind(library, "gvc_motion_tables_size", ctypes.c_int64)()
        self.begin = bind(library, "gvc_begin_motion", None, pointer)
        self.write_field = bind(library, "gvc_write_field", ctypes.c_int32, *[pointer] * 2)
        self.read_field = bind(library, "gvc_read_field", ctypes.c_int32, *[pointer] * 2)


@functools.cache
def _kernels(library: ctypes.CDLL) -> _Kernels:
    return _Kernels(library)


class MotionCoder:
    """Adaptive tables of motion, and one side of the range coder: writes fields, or reads them.

    Args:
        coder: of the words.
    """

    def __init__(self, coder: NativeWriter | NativeReader) -> None:
        self._kernels = _kernels(coder.library)
        self._coder = coder
        self._tables = np.zeros(-(-self._kernels.tables_size // 8), np.int64)  # aligned as C needs it
        self._tables_address = address(self._tables, np.int64, self._tables.shape)
        self._kernels.begin(self._tables_address)

    def write(self, field: I16Array) -> None:
        """Code the next field: (rows, columns, 2) int16.

        Raises:
            ValueError: the vectors of two blocks are more than ``2**13`` apart.
        """
        if not isinstance(self._coder, NativeWriter):
            raise ValueError("expected a writer to write a field. Received: a reader")
        rows, columns, _ = field.shape
        self._coder.reserve(_MOST_SYMBOLS_OF_A_BLOCK * rows * columns)
        values = address(field, np.int16, (rows, columns, 2))
        flags = np.empty(2 * columns, np.uint8)
        motion = self._motion(rows, columns, flags)
        check(self._kernels.write_field(ctypes.addressof(motion), values))

    def read(self, rows: int, columns: int) -> I32Array:
        """Decode the next field.

        Returns:
            (rows, columns, 2) int32. If the data are damaged, the vectors may have any length.

        Raises:
            StreamError: the data are impossible.
        """
        if not isinstance(self._coder, NativeReader):
            raise ValueError("expected a reader to read a field. Received: a writer")
        field = np.empty((rows, columns, 2), np.int32)
        flags = np.empty(2 * columns, np.uint8)
        motion = self._motion(rows, columns, flags)
        check(self._kernels.read_field(ctypes.addressof(motion), address(field, np.int32, field.shape)))
        return field

    def _motion(self, rows: int, columns: int, flags: npt.NDArray[np.uint8]) -> _Motion:
        state = self._coder.state
        writer, reader = (state, None) if isinstance(self._coder, NativeWriter) else (None, state)
        return _Motion(self._tables_address, writer, reader, rows, columns, address(flags, np.uint8, flags.shape))
