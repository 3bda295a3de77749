"""One step of a picture: from the network's results through the entropy coder to samples, on both sides.

This is the reference of the native library's :class:`codec.native.steps.SampleCoder`, and computes where that is
missing. :mod:`codec.lossless.predictor_weights` explains the five steps and the network's results.
"""

from __future__ import annotations

import functools
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from codec.lossless.distributions import FIRST_LOG2_SCALE, MEAN_BITS, NUM_SCALES, SCALES_PER_OCTAVE
from codec.lossless.known import I16Array, I32Array, companded, limited
from codec.lossless.predictor_weights import PHASES, RESULT_BITS, STEP_PHASES
from codec.lossless.symbols import Symbols
from codec.native.steps import Step, scales_of_error

I64Array = npt.NDArray[np.int64]

COUPLING_MAX = 128
_UNIT_STEPS = (1 << RESULT_BITS) // SCALES_PER_OCTAVE
_SCALE_OF_ZERO = round(-FIRST_LOG2_SCALE * SCALES_PER_OCTAVE)
Samples = TypeVar("Samples", I16Array, I32Array)
CHESSBOARD_STEPS = 2
"""The first steps code every other square."""
_FARTHEST = 1 << 17  # more quantization steps than any sample is away from its mean


def top_scale(raw_bits: int) -> int:
    """The index of the widest distribution of samples, of which up to ``raw_bits`` bits may be coded without tables."""
    return NUM_SCALES - 1 + SCALES_PER_OCTAVE * raw_bits


def code_step(step: Step, symbols: Symbols) -> None:
    """Code the samples of one step, and write what the receiver decodes into ``step.decoded`` and ``step.missed``.

    Raises:
        StreamError: the data are impossible.
    """
    if symbols.kernel is not None:
        symbols.kernel.code_step(step)
    else:
        code_step_in_numpy(step, symbols)


def code_step_in_numpy(step: Step, symbols: Symbols) -> None:
    """As :func:`code_step`, without the native library."""
    rows, columns, _ = step.base.shape
    places = _StepPlaces(step.number, rows, columns)
    planes = None if step.planes is None else places.of_lattice(step.planes)
    base, results = places.of_lattice(step.base), places.of_squares(step.results).astype(np.int32)
    values = np.empty(base.shape, np.int32)
    miss = np.zeros(len(base), np.int32)
    for component in range(base.shape[1]):
        means = (base[:, component].astype(np.int32) << (MEAN_BITS - 2)) + results[:, 2 * component]
        if component:
            coupling = np.clip(results[:, 4], -COUPLING_MAX, COUPLING_MAX)
            means += (coupling * miss + (1 << (RESULT_BITS - 1))) >> RESULT_BITS
        means = (means << step.unit_bits) + _lacking(step.unit_bits)
        scales = (results[:, 2 * component + 1] + _UNIT_STEPS // 2) // _UNIT_STEPS + _SCALE_OF_ZERO
        scales += SCALES_PER_OCTAVE * step.unit_bits
        coder = ComponentCoder(step.sample_range, step.max_errors[component], component, symbols)
        own = None if planes is None else planes[:, component]
        found = coder.code(own, means, np.clip(scales, 0, top_scale(step.raw_bits)))
        miss = ((found << MEAN_BITS) - means) >> step.unit_bits
        values[:, component] = found
    places.put(values, step.decoded)
    places.put_phase(companded(limited(values << 2 >> step.unit_bits) - base.astype(np.int32)), step.missed)


def _lacking(unit_bits: int) -> int:
    """What a base lacks on average, since it was rounded down to a quarter of a unit: in eighths of a code value."""
    return ((1 << (unit_bits - 2)) - 1) << (MEAN_BITS - 1) if unit_bits > 2 else 0


class ComponentCoder:
    """Codes samples of one component whose means and scales are known, and quantizes them if errors are allowed.

    Args:
        sample_range: the smallest and the largest sample, in code values.
        max_error: the largest allowed error of a decoded sample, in code values.
        kind: the number of the component's set of tables.
        symbols: the entropy coder.
    """

    def __init__(self, sample_range: tuple[int, int], max_error: int, kind: int, symbols: Symbols) -> None:
        self._low, self._high = sample_range
        self._max_error = max_error
        self._kind = kind
        self._symbols = symbols

    def code(self, samples: I32Array | None, means: I32Array, scales: I32Array) -> I32Array:
        """Code samples.

        Args:
            samples: (n,) int32 in code values; None in the receiver.
            means: (n,) int32, in eighths of a code value; those outside the range of samples are moved into it.
            scales: (n,) int32, indices of scales, which may be beyond those that have tables.

        Returns:
            The samples as the receiver has them, (n,) int32 in code values.

        Raises:
            StreamError: the data are impossible.
        """
        means = np.clip(means, self._low << MEAN_BITS, self._high << MEAN_BITS)
        if not self._max_error:
            found: I32Array = np.clip(self._upper_and_low(samples, means, scales), self._low, self._high)
            return found
        # Samples are quantized in steps that are centered on the mean. Means and scales are converted to these steps.
        step = 2 * self._max_error + 1
        middle = (means + (1 << (MEAN_BITS - 1))) >> MEAN_BITS
        offsets = (2 * (means - (middle << MEAN_BITS)) + step) // (2 * step)
        in_steps = None if samples is None else (2 * (samples - middle) + step) // (2 * step)
        scales = np.maximum(scales - scales_of_error(self._max_error), 0)
        found = self._upper_and_low(in_steps, offsets, scales)
        within: I32Array = np.clip(middle + found * step, self._low, self._high)
        return within

    def _upper_and_low(self, samples: I32Array | None, means: I32Array, scales: I32Array) -> I32Array:
        """Code the upper bits of samples with tables, and as many low bits without as the tables are too narrow for."""
        excess = scales - (NUM_SCALES - 1)
        bits = np.maximum(excess + SCALES_PER_OCTAVE - 1, 0) // SCALES_PER_OCTAVE
        upper = None if samples is None else samples >> bits
        found = self._symbols.code(upper, means >> bits, scales - SCALES_PER_OCTAVE * bits, self._kind)
        if not bits.any():
            return found
        low = self._symbols.code_bits(None if samples is None else samples & ((1 << bits) - 1), bits)
        # Damaged data may say anything.
        whole = np.clip(found, -_FARTHEST, _FARTHEST) << bits | low
        limited: I32Array = np.clip(whole, -_FARTHEST, _FARTHEST)
        return limited


@functools.lru_cache(maxsize=64)
def _chessboard(color: int, rows: int, columns: int) -> tuple[I64Array, I64Array]:
    """Find the squares of one color, if the 2x2 squares of a lattice are colored like a chessboard.

    Args:
        color: 0 or 1; the first square has color 0.
        rows: rows of the lattice.
        columns: columns of the lattice.

    Returns:
        The rows and the columns of these squares.
    """
    y, x = np.mgrid[: -(-rows // 2), : -(-columns // 2)]
    is_own = (y + x) % 2 == color
    return y[is_own], x[is_own]


class _StepPlaces:
    """The places of the samples of one step. It takes these samples from arrays and puts them back, row by row.

    Args:
        step: the step of the network, 0 to 4.
        rows: rows of the lattice.
        columns: columns of the lattice.
    """

    def __init__(self, step: int, rows: int, columns: int) -> None:
        self._phase = PHASES.index(STEP_PHASES[step])
        down, across = divmod(STEP_PHASES[step], 2)
        self._lattice: tuple[slice | I64Array, slice | I64Array] = slice(down, rows, 2), slice(across, columns, 2)
        # In a lattice with an odd side, the last squares along that side lack their second samples.
        last_row, last_column = (rows - down + 1) // 2, (columns - across + 1) // 2
        self._squares: tuple[slice | I64Array, slice | I64Array] = slice(last_row), slice(last_column)
        if step < CHESSBOARD_STEPS:
            y, x = _chessboard(step, rows, columns)
            self._lattice, self._squares = (2 * y, 2 * x), (y, x)

    def of_lattice(self, planes: Samples) -> Samples:
        """Take the step's samples from planes: (rows, columns, c) to (n, c)."""
        return planes[self._lattice].reshape(-1, planes.shape[2])

    def of_squares(self, results: I16Array) -> I16Array:
        """Take the results of the step's squares: (rows of squares, columns of squares, c) to (n, c)."""
        return results[self._squares].reshape(-1, results.shape[2])

    def put(self, samples: I32Array, lattice: I32Array) -> None:
        """Put the step's samples, (n, c), into planes, (rows, columns, c)."""
        lattice[self._lattice] = samples.reshape(lattice[self._lattice].shape)

    def put_phase(self, samples: I16Array, squares: I16Array) -> None:
        """Put the step's samples into an array of squares.

        Args:
            samples: (n, c).
            squares: (rows of squares, columns of squares, 4 x c), with the samples of a square in the order of
                ``PHASES``.
        """
        components = samples.shape[1]
        own = squares[..., self._phase * components : (self._phase + 1) * components]
        own[self._squares] = samples.reshape(own[self._squares].shape)
