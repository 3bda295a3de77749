"""Adaptive planes in the native library; the reference is :mod:`codec.lossless.adaptive`."""

from __future__ import annotations

import ctypes
import functools
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from codec.errors import StreamError
from codec.native.arrays import address
from codec.native.library import bind

I16Array = npt.NDArray[np.int16]
I32Array = npt.NDArray[np.int32]

_ALIGNMENT = 64
_SEAL_BYTES = 4
_MOST_BYTES_OF_A_SAMPLE = 64
_MOST_SYMBOLS_OF_A_SAMPLE = 6
_BYTES_OF_A_SYMBOL, _BYTES_OF_STATES = 2, 16  # at most; of a block
_PAST_END, _WRONG_END = -1, -2

NUM_STATES = 4
"""Interleaved coders of symbols."""

ADAPTIVE_TILE = 8
"""Columns of the samples that share weights."""


def past_end() -> StreamError:
    """The error of data that end before the samples."""
    return StreamError("expected more data for adaptive planes. Received: their end")


def wrong_end() -> StreamError:
    """The error of a block that does not end as it was begun."""
    return StreamError("expected a block of symbols that ends as the sender began it. Received: a damaged one")


class AdaptiveLevel(IntEnum):
    """How much is done for a sample. ``FIRST`` and ``FIRST_SWIFT`` are what formats 1.3 and 1.4 had.

    The values are those of C.
    """

    FIRST = 0
    STANDARD = 1
    FIRST_SWIFT = 2
    MAX = 3
    SWIFT = 4

    @property
    def is_symbols(self) -> bool:
        """Whether differences are coded as symbols, not bit by bit."""
        return self in (AdaptiveLevel.STANDARD, AdaptiveLevel.FIRST_SWIFT, AdaptiveLevel.SWIFT)

    @property
    def num_fits(self) -> int:
        """Sets of weights of a tile.

        The first is of many samples, the second of those near by. The third uses neighbors in this picture alone, the
        fourth those in earlier ones.
        """
        return {AdaptiveLevel.FIRST_SWIFT: 1, AdaptiveLevel.SWIFT: 1, AdaptiveLevel.MAX: 4}.get(self, 2)

    @property
    def has_bias(self) -> bool:
        """Whether predictions are corrected by the mean errors of those before."""
        return self is not AdaptiveLevel.SWIFT

    @property
    def row_step(self) -> int:
        """Of so many rows of a tile, the last one counts in least squares."""
        return 2 if self is AdaptiveLevel.SWIFT else 1

    @property
    def tile_height(self) -> int:
        """Rows of the samples that share weights."""
        return 4 if self is AdaptiveLevel.MAX else 8


@dataclass(frozen=True)
class AdaptiveLayout:
    """Planes of one size that are coded together.

    Attributes:
        rows, columns: of each plane.
        components: 1: gray; 2: chroma, which has the gray of the picture beside it.
        block: rows and columns of the samples that share a vector, 1 to 8.
        low, high: the smallest and the largest sample.
        unit: log2 of the code values in which differences are counted.
        level: how much is done for a sample.
    """

    rows: int
    columns: int
    components: int
    block: tuple[int, int]
    low: int
    high: int
    unit: int = 0
    level: AdaptiveLevel = AdaptiveLevel.STANDARD

    @property
    def tile_rows(self) -> int:
        """How many rows of tiles there are."""
        return -(-self.rows // self.level.tile_height)

    @property
    def tile_columns(self) -> int:
        """How many tiles there are in a row."""
        return -(-self.columns // ADAPTIVE_TILE)

    @property
    def num_blocks(self) -> tuple[int, int]:
        """How many blocks there are, down and across."""
        return -(-self.rows // self.block[0]), -(-self.columns // self.block[1])


@dataclass(frozen=True)
class AdaptiveTables:
    """Tables of whole numbers that adaptive planes are coded with: :mod:`codec.lossless.adaptive.tables`.

    Attributes:
        stretch: (4096,) int16: the log odds, in 1/256, of a probability in 1/4096, within +-2047.
        squash: (4096,) uint16: the probability, in 1/65536, of log odds from -2048/256 on; neither 0 nor 1.
        rate: (128,) int32: how far a counter goes towards a bit, in 1/4096, by how many bits it has seen.
        energy_weight: (26,) int32: the weight of a sample in the sums of least squares, by its energy, 1 to 32.
        survival: (2560,) float32: the share of a logistic distribution of scale 1 that is above a threshold, by how far
            its mean is above it: from -20 on in 1/64.
    """

    stretch: npt.NDArray[np.int16]
    squash: npt.NDArray[np.uint16]
    rate: npt.NDArray[np.int32]
    energy_weight: npt.NDArray[np.int32]
    survival: npt.NDArray[np.float32]

    def in_c(self) -> ctypes.Structure:
        """As C takes them."""
        made = _Tables()
        for name, _ in _Tables._fields_:
            array = np.ascontiguousarray(getattr(self, name))
            ctypes.memmove(getattr(made, name), array.ctypes.data, array.nbytes)
        return made


class _Bits(ctypes.Structure):
    """``gvc_bits`` in src/adaptive.h."""

    _fields_ = (
        ("data", ctypes.c_void_p),
        *((name, ctypes.c_int64) for name in ("size", "capacity")),
        *((name, ctypes.c_uint32) for name in ("low", "high", "value")),
        *((name, ctypes.c_int32) for name in ("is_writing", "is_symbols")),
        ("states", ctypes.c_uint32 * NUM_STATES),
        *((name, ctypes.c_int64) for name in ("num_symbols", "symbol_capacity")),
        ("symbols", ctypes.c_void_p),
    )


class _Tables(ctypes.Structure):
    """``gvc_adaptive_tables``."""

    _fields_ = (
        ("stretch", ctypes.c_int16 * 4096),
        ("squash", ctypes.c_uint16 * 4096),
        ("rate", ctypes.c_int32 * 128),
        ("energy_weight", ctypes.c_int32 * 26),
        ("survival", ctypes.c_float * 2560),
    )


class _Planes(ctypes.Structure):
    """The part of ``gvc_adaptive`` that the caller fills."""

    _fields_ = (
        *((name, ctypes.c_int64) for name in ("rows", "columns", "components", "block_rows", "block_columns")),
        *((name, ctypes.c_int32) for name in ("low", "high", "unit", "level")),
        ("tables", ctypes.c_void_p),
    )


class _Kernels:
    """The functions of src/adaptive.c in one library."""

    def __init__(self, library: ctypes.CDLL) -> None:
        pointer, number, small = ctypes.c_void_p, ctypes.c_int64, ctypes.c_int32
        self.begin_bits = bind(library, "gvc_begin_bits", None, pointer)
        self.end_bits = bind(library, "gvc_end_bits", None, pointer)
        self.is_block_full = bind(library, "gvc_is_block_full", small, pointer)
        self.waiting_bytes = bind(library, "gvc_waiting_bytes", number, pointer)
        self.end_block = bind(library, "gvc_end_block", None, pointer)
        self.ends_well = bind(library, "gvc_ends_well", small, pointer)
        self.struct_size: int = bind(library, "gvc_adaptive_struct_size", number)()
        self.size = bind(library, "gvc_adaptive_size", number, pointer)
        self.begin = bind(library, "gvc_begin_adaptive", None, pointer, pointer)
        self.begin_picture = bind(library, "gvc_begin_adaptive_picture", None, pointer, pointer, pointer)
        self.code_tiles = bind(library, "gvc_code_adaptive_tiles", small, pointer, pointer, small, number, pointer)


@functools.cache
def _kernels(library: ctypes.CDLL) -> _Kernels:
    return _Kernels(library)


class NativeBits:
    """One side of a coder, of bits or of symbols.

    Args:
        library: of the kernels.
        data: what to read; None to write.
        is_symbols: whether differences are coded as symbols.
    """

    def __init__(self, library: ctypes.CDLL, data: bytes | None, *, is_symbols: bool = False) -> None:
        self._kernels = _kernels(library)
        self.is_writing, self.is_symbols = data is None, is_symbols
        # One more: an array of nothing has no address.
        self._data = np.zeros(1, np.uint8) if data is None else np.frombuffer(data + b"\0", np.uint8).copy()
        self._symbols = np.zeros(1, np.uint32)
        capacity = 0 if data is None else len(data)
        self.state = _Bits(is_writing=self.is_writing, is_symbols=is_symbols, capacity=capacity)
        self._point()
        self._kernels.begin_bits(ctypes.addressof(self.state))

    def _point(self) -> None:
        self.state.data = address(self._data, np.uint8, self._data.shape)
        self.state.symbols = address(self._symbols, np.uint32, self._symbols.shape)

    def reserve(self, num_samples: int) -> None:
        """Make room for what so many samples can take."""
        if self.is_symbols:
            self._reserve_symbols(_MOST_SYMBOLS_OF_A_SAMPLE * num_samples)
        else:
            self._reserve_bytes(_MOST_BYTES_OF_A_SAMPLE * num_samples)

    def _reserve_bytes(self, count: int) -> None:
        if self.state.capacity - self.state.size < count + _SEAL_BYTES:
            grown = np.zeros(2 * (self.state.size + count + _SEAL_BYTES), np.uint8)
            grown[: self.state.size] = self._data[: self.state.size]
            self._data = grown
            self.state.capacity = grown.size
            self._point()

    def _reserve_symbols(self, count: int) -> None:
        used = self.state.num_symbols
        if self.state.symbol_capacity - used < count:
            grown = np.zeros(2 * (used + count), np.uint32)
            grown[:used] = self._symbols[:used]
            self._symbols = grown
            self.state.symbol_capacity = grown.size
            self._point()

    def end_component(self) -> None:
        """End a component of a picture that is written: a block of symbols, if it is full, becomes bytes."""
        if self.is_symbols and self._kernels.is_block_full(ctypes.addressof(self.state)):
            self._end_block()

    def _end_block(self) -> None:
        self._reserve_bytes(_BYTES_OF_A_SYMBOL * self.state.num_symbols + _BYTES_OF_STATES)
        self._kernels.end_block(ctypes.addressof(self.state))

    @property
    def num_bytes(self) -> int:
        """Bytes that are written, or read, so far; about those that symbols will take which wait to be written."""
        waiting = self._kernels.waiting_bytes(ctypes.addressof(self.state)) if self.is_writing else 0
        return int(self.state.size) + int(waiting)

    def ends_well(self) -> bool:
        """Whether what was read ends where a sender ends it."""
        return not self.is_symbols or bool(self._kernels.ends_well(ctypes.addressof(self.state)))

    def end(self) -> bytes:
        """All that is written."""
        if self.is_symbols:
            if self.state.num_symbols:
                self._end_block()
        else:
            self._reserve_bytes(0)
            self._kernels.end_bits(ctypes.addressof(self.state))
        return self._data[: self.state.size].tobytes()


class NativePlanes:
    """Planes that are coded together, picture by picture.

    Args:
        library: of the kernels.
        layout: of the planes.
        tables: that they are coded with.
    """

    def __init__(self, library: ctypes.CDLL, layout: AdaptiveLayout, tables: AdaptiveTables) -> None:
        self._kernels = _kernels(library)
        self._layout = layout
        self._state = np.zeros(-(-self._kernels.struct_size // 8), np.int64)
        self._address = address(self._state, np.int64, self._state.shape)
        planes = _Planes.from_address(self._address)
        planes.rows, planes.columns = layout.rows, layout.columns
        planes.components = layout.components
        planes.block_rows, planes.block_columns = layout.block
        planes.low, planes.high, planes.unit, planes.level = layout.low, layout.high, layout.unit, layout.level
        self._tables = tables.in_c()  # outlives the planes
        planes.tables = ctypes.addressof(self._tables)
        size = self._kernels.size(self._address)
        self._memory = np.zeros(size + _ALIGNMENT, np.uint8)
        start = address(self._memory, np.uint8, self._memory.shape)
        self._kernels.begin(self._address, start + -start % _ALIGNMENT)

    def begin_picture(self, vectors: I16Array | None, gray: I32Array | None) -> None:
        """See :meth:`codec.lossless.adaptive.reference.ReferencePlanes.begin_picture`."""
        layout = self._layout
        own = None if vectors is None else address(vectors, np.int16, (*layout.num_blocks, 2))
        beside = None if gray is None else address(gray, np.int32, (layout.rows, layout.columns))
        self._kernels.begin_picture(self._address, own, beside)

    def code(self, bits: NativeBits, component: int, samples: I32Array) -> None:
        """See :meth:`codec.lossless.adaptive.reference.ReferencePlanes.code`."""
        layout = self._layout
        values = address(samples, np.int32, (layout.rows, layout.columns))
        for row in range(layout.tile_rows):
            if bits.is_writing:
                bits.reserve(layout.level.tile_height * layout.columns)
            result = self._kernels.code_tiles(self._address, ctypes.addressof(bits.state), component, row, values)
            if result == _PAST_END:
                raise past_end()
            if result == _WRONG_END:
                raise wrong_end()
            if result:
                raise ValueError(f"expected room for the bytes of a row of tiles. Received: {result}")
        if bits.is_writing:
            bits.end_component()
