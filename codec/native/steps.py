"""Coding of samples, and of whole steps of a picture, in the native library.

The references are :mod:`codec.lossless.symbols` and :mod:`codec.lossless.steps`.
"""

from __future__ import annotations

import ctypes
import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from codec.native.arrays import address
from codec.native.library import bind
from codec.native.range_coder import NativeReader, NativeWriter, check

I16Array = npt.NDArray[np.int16]
I32Array = npt.NDArray[np.int32]
I64Array = npt.NDArray[np.int64]
U32Array = npt.NDArray[np.uint32]

MOST_TABLES = 256
"""``GVC_MAX_TABLES`` in src/tables.h."""
_INDEX_SIZE = 256
MAX_ERROR = 4095
"""The largest error of a decoded sample that the kernel can allow, in code values."""
_LAST_STEP, _PHASES = 4, 4
_MOST_RAW_BITS, _MOST_UNIT_BITS, _MOST_SAMPLE_BITS = 8, 12, 16
# Its table's, that of the distance beyond its reach, the rest of this distance, and its low bits.
_MOST_SYMBOLS_OF_A_SAMPLE = 4


class _Layout(ctypes.Structure):
    """``gvc_layout`` in src/tables.h."""

    _fields_ = (
        *((n, ctypes.c_void_p) for n in ("first_table", "fraction_shift", "reach", "offsets", "prior", "beyond")),
        *((name, ctypes.c_int64) for name in ("num_scales", "num_tables", "num_beyond")),
    )


class _Tables(ctypes.Structure):
    """``gvc_tables`` in src/tables.h."""

    _fields_ = tuple((name, ctypes.c_void_p) for name in ("seen", "starts", "index", "is_ready"))


class _Symbols(ctypes.Structure):
    """``gvc_symbols`` in src/tables.h."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("layout", "sets")),
        ("num_sets", ctypes.c_int64),
        *((name, ctypes.c_void_p) for name in ("writer", "reader")),
    )


class _Step(ctypes.Structure):
    """``gvc_step`` in src/steps.c."""

    _fields_ = (
        *((name, ctypes.c_int64) for name in ("step", "rows", "columns", "components", "low", "high")),
        *((name, ctypes.c_int64) for name in ("unit_bits", "raw_bits")),
        *((name, ctypes.c_int64 * 2) for name in ("max_errors", "finer")),
        *((name, ctypes.c_void_p) for name in ("planes", "base", "decoded", "results")),
        *((name, ctypes.c_int64) for name in ("results_row", "results_pixel")),
        ("missed", ctypes.c_void_p),
        *((name, ctypes.c_int64) for name in ("missed_row", "missed_pixel")),
        ("scratch", ctypes.c_void_p),
    )


class _Kernels:
    """The functions of src/tables.c, src/samples.c and src/steps.c in one library."""

    def __init__(self, library: ctypes.CDLL) -> None:
        pointer, number, result = ctypes.c_void_p, ctypes.c_int64, ctypes.c_int32
        self.learn = bind(library, "gvc_learn", None, *[pointer] * 2)
        self.code_samples = bind(library, "gvc_code_samples", result, pointer, number, number, *[pointer] * 4)
        self.step_arrays: int = bind(library, "gvc_step_arrays", number)()
        self.code_step = bind(library, "gvc_code_step", result, *[pointer] * 2)


@functools.cache
def _kernels(library: ctypes.CDLL) -> _Kernels:
    return _Kernels(library)


@dataclass(frozen=True, eq=False)
class TableLayout:
    """What all sets of adaptive tables have in common, as :mod:`codec.lossless.distributions` defines it.

    Attributes:
        first_table: (scales,) int32, the number of the first table of each scale.
        fraction_shift: (scales,) int32, how many low bits of the mean's fraction a scale ignores.
        reach: (tables,) int32, the largest symbol of each table; at most ``MOST_TABLES``.
        offsets: (tables + 1,) int32, where the symbols of each table begin, and the total number of symbols.
        prior: (symbols,) int64, the initial weights.
        beyond: (symbols + 1,) uint32, the starts of the model of distances beyond a table's reach.
    """

    first_table: I32Array
    fraction_shift: I32Array
    reach: I32Array
    offsets: I32Array
    prior: I64Array
    beyond: U32Array

    def __post_init__(self) -> None:
        if self.reach.size > MOST_TABLES:
            raise ValueError(f"expected at most {MOST_TABLES} tables. Received: {self.reach.size}")

    def as_structure(self) -> ctypes.Structure:
        """The same for C; the arrays must outlive it."""
        numbers = (self.first_table, self.fraction_shift, self.reach, self.offsets)
        pointers = [address(array, np.int32, array.shape) for array in numbers]
        pointers += [
            address(self.prior, np.int64, self.prior.shape),
            address(self.beyond, np.uint32, self.beyond.shape),
        ]
        return _Layout(*pointers, self.first_table.size, self.reach.size, self.beyond.size - 1)


@dataclass(frozen=True, eq=False)
class Step:
    """One step of a picture: what it is coded from, and where the results go.

    Attributes:
        number: of the step, 0 to 4.
        sample_range: the smallest and the largest sample, in code values.
        max_errors: for each component, the largest allowed error of a decoded sample, 0 to ``MAX_ERROR``.
        planes: (rows, columns, c) int32 in code values, with c of 1 or 2; None in the receiver.
        base: (rows, columns, c) int16, in quarters of a unit.
        results: (ceil(rows / 2), ceil(columns / 2), results) int16 from the network: 2 for one component, 5 for two.
        decoded: (rows, columns, c) int32: receives the samples as the receiver has them.
        missed: (ceil(rows / 2), ceil(columns / 2), 4 x c) int16: receives the samples minus their base, companded.
        unit_bits: the network's unit is ``2**unit_bits`` code values, 0 to 12.
        raw_bits: the most low bits of a sample that are coded without a model, 0 to 8; 0 only with units of 1.
    """

    number: int
    sample_range: tuple[int, int]
    max_errors: tuple[int, ...]
    planes: I32Array | None
    base: I16Array
    results: I16Array
    decoded: I32Array
    missed: I16Array
    unit_bits: int = 0
    raw_bits: int = 0


def scales_of_error(max_error: int) -> int:
    """Log2 of the quantization step ``s = 2 * max_error + 1``, in scales: ``4 * log2(s)``, rounded.

    In whole numbers that is half the number of bits that ``s**8`` has, rounded down.
    """
    return int((2 * max_error + 1) ** 8).bit_length() // 2


class SampleCoder:
    """Sets of adaptive tables, and one side of the range coder: writes samples, or reads them.

    Args:
        layout: of the tables.
        kinds: number of sets of tables.
        coder: of the words.
    """

    def __init__(self, layout: TableLayout, kinds: int, coder: NativeWriter | NativeReader) -> None:
        self._kernels = _kernels(coder.library)
        self._writer = coder if isinstance(coder, NativeWriter) else None
        self._kept: list[Any] = [layout, coder]  # what the structures point to
        self._layout = layout.as_structure()
        self._sets = (_Tables * kinds)(*(self._set(layout) for _ in range(kinds)))
        writer, reader = (coder.state, None) if self._writer else (None, coder.state)
        self._symbols = _Symbols(ctypes.addressof(self._layout), ctypes.addressof(self._sets), kinds, writer, reader)
        self._scratch = np.empty(0, np.int32)

    def _set(self, layout: TableLayout) -> _Tables:
        symbols, tables = layout.prior.size, layout.reach.size
        arrays = (
            np.zeros(symbols, np.int64),
            np.zeros(symbols + tables, np.uint32),
            np.zeros(tables * _INDEX_SIZE, np.uint16),
            np.zeros(tables, np.uint8),
        )
        self._kept.append(arrays)
        return _Tables(*(address(array, array.dtype, array.shape) for array in arrays))

    def learn(self) -> None:
        """Adapt the tables to the samples that were coded since the last call."""
        for tables in self._sets:
            self._kernels.learn(ctypes.addressof(self._layout), ctypes.addressof(tables))

    def code(self, samples: I32Array | None, means: I32Array, scales: I32Array, kind: int) -> I32Array:
        """Code the samples of one component.

        Args:
            samples: (n,) int32 in code values; None in the receiver.
            means: (n,) int32, in eighths of a code value.
            scales: (n,) int32, indices of scales.
            kind: the number of the set of tables.

        Returns:
            The samples, (n,) int32.

        Raises:
            StreamError: the data are impossible.
            ValueError: a scale or a set does not exist, or a sample is too far beyond its table's reach.
        """
        count = means.size
        given = np.zeros(count, np.int32) if samples is None else samples
        values, means, scales = (np.array(array, np.int32, order="C") for array in (given, means, scales))
        self._reserve(count, _MOST_SYMBOLS_OF_A_SAMPLE * count)
        arrays = [address(array, np.int32, (count,)) for array in (means, scales, values)]
        check(self._kernels.code_samples(ctypes.addressof(self._symbols), kind, count, *arrays, self._scratch_address))
        return values

    def code_step(self, step: Step) -> None:
        """Code the samples of one step, and write what the receiver decodes into ``step.decoded`` and ``step.missed``.

        Raises:
            StreamError: the data are impossible.
            ValueError: the arrays do not fit each other.
        """
        rows, columns, components = step.base.shape
        squares = (rows + 1) // 2 * ((columns + 1) // 2)
        self._reserve(squares, _MOST_SYMBOLS_OF_A_SAMPLE * squares * components)
        structure = _structure(step)
        structure.scratch = self._scratch_address
        check(self._kernels.code_step(ctypes.addressof(self._symbols), ctypes.addressof(structure)))

    def _reserve(self, squares: int, symbols: int) -> None:
        if self._scratch.size < self._kernels.step_arrays * squares:
            self._scratch = np.empty(self._kernels.step_arrays * squares, np.int32)
        if self._writer is not None:
            self._writer.reserve(symbols)

    @property
    def _scratch_address(self) -> int:
        return address(self._scratch, np.int32, self._scratch.shape)


def _structure(step: Step) -> _Step:
    """A step for C, once its numbers and the sizes of its arrays are checked."""
    shape = step.base.shape
    rows, columns, components = shape
    low, high = step.sample_range
    has_units = 0 <= step.raw_bits <= _MOST_RAW_BITS and 0 <= step.unit_bits <= bool(step.raw_bits) * _MOST_UNIT_BITS
    has_numbers = 0 <= step.number <= _LAST_STEP and -(1 << _MOST_SAMPLE_BITS) <= low <= high < 1 << _MOST_SAMPLE_BITS
    has_errors = len(step.max_errors) == components and all(0 <= error <= MAX_ERROR for error in step.max_errors)
    if not has_numbers or not has_errors or not has_units or components not in (1, 2):
        raise ValueError(f"expected a step of 1 or 2 components. Received: {step}")
    grid = (rows + 1) // 2, (columns + 1) // 2
    planes = None if step.planes is None else address(step.planes, np.int32, shape)
    pair = ctypes.c_int64 * 2
    return _Step(
        *(step.number, rows, columns, components, low, high, step.unit_bits, step.raw_bits),
        *(pair(*step.max_errors), pair(*map(scales_of_error, step.max_errors))),
        *(planes, address(step.base, np.int16, shape), address(step.decoded, np.int32, shape)),
        *_squares(step.results, grid, 2 if components == 1 else 5),
        *_squares(step.missed, grid, _PHASES * components),
    )


def _squares(array: I16Array, grid: tuple[int, int], channels: int) -> tuple[int, int, int]:
    """The address of an array of squares, which may be a part of a larger one, and its strides in int16."""
    row, pixel, channel = array.strides
    if array.dtype != np.int16 or array.shape != (*grid, channels) or channel != 2 or row % 2 or pixel % 2:
        raise ValueError(f"expected an int16 array {(*grid, channels)}. Received: {array.dtype} {array.shape}")
    return array.__array_interface__["data"][0], row // 2, pixel // 2
