"""Planes of one picture, sample by sample with the network: the sender and the receiver do the same here."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codec.lossless.distributions import FIRST_LOG2_SCALE, MEAN_BITS, NUM_SCALES, SCALES_PER_OCTAVE
from codec.lossless.known import I16Array, Known, between, companded
from codec.lossless.predictor import Predictor
from codec.lossless.predictor_weights import NUM_STEPS, PHASES, RESULT_BITS, STEP_PHASES
from codec.lossless.symbols import Symbols
from codec.video.pixel_formats import ColorModel, PixelFormat

I32Array = npt.NDArray[np.int32]
I64Array = npt.NDArray[np.int64]

_SMALLEST = 64
_UNIT_STEPS = (1 << RESULT_BITS) // SCALES_PER_OCTAVE
_SCALE_OF_ZERO = round(-FIRST_LOG2_SCALE * SCALES_PER_OCTAVE)
COUPLING_MAX = 128
_SCALES_OF_ERROR = (0, 6, 9, 11, 13)  # scales by which steps of 1, 3, 5, 7 and 9 differ, rounded


@dataclass(frozen=True)
class Range:
    """Of the samples of a plane: code values from ``low`` to ``high``."""

    low: int
    high: int

    @property
    def neutral(self) -> int:
        """The middle, in quarters of a code value."""
        return 2 * (self.low + self.high + 1)


LUMA_RANGE = Range(0, 255)
YUV_RANGE = Range(0, 255)
YCOCG_RANGE = Range(-256, 255)


def chroma_range(pixel_format: PixelFormat) -> Range:
    """Of the chroma planes of such video."""
    return YCOCG_RANGE if pixel_format.model is ColorModel.RGB else YUV_RANGE


@functools.lru_cache(maxsize=64)
def _chessboard(color: int, rows: int, columns: int) -> tuple[I64Array, I64Array]:
    """Upper left samples of the squares of one color, in a lattice of so many rows and columns, and these squares."""
    y, x = np.mgrid[0:rows:2, 0:columns:2] // 2
    is_own = (y + x) % 2 == color
    y, x = y[is_own], x[is_own]
    return 2 * y * columns + 2 * x, y * -(-columns // 2) + x


class _StepPlaces:
    """Where the samples of a step are, row by row: to take them from arrays, and to put them there.

    Args:
        step: of the network.
        rows: of the lattice.
        columns: likewise.
    """

    def __init__(self, step: int, rows: int, columns: int) -> None:
        self._phase = PHASES.index(STEP_PHASES[step])
        down, across = divmod(STEP_PHASES[step], 2)
        self._lattice = slice(down, rows, 2), slice(across, columns, 2)
        # Squares at the end of an odd side have no second sample.
        self._squares = slice((rows - down + 1) // 2), slice((columns - across + 1) // 2)
        self._chessboard = _chessboard(step, rows, columns) if step < 2 else None

    def of_lattice(self, planes: I16Array) -> I16Array:
        """(rows, columns, c) to (n, c)."""
        if self._chessboard is None:
            return planes[self._lattice].reshape(-1, planes.shape[2])
        return planes.reshape(-1, planes.shape[2]).take(self._chessboard[0], axis=0)

    def of_squares(self, results: I32Array) -> I32Array:
        """(rows of squares, columns of squares, c) to (n, c)."""
        if self._chessboard is None:
            return results[self._squares].reshape(-1, results.shape[2])
        return results.reshape(-1, results.shape[2]).take(self._chessboard[1], axis=0)

    def put(self, samples: I16Array, lattice: I16Array) -> None:
        """(n, c) into (rows, columns, c)."""
        if self._chessboard is None:
            place = lattice[self._lattice]
            place[:] = samples.reshape(place.shape)
        else:
            lattice.reshape(-1, samples.shape[1])[self._chessboard[0]] = samples

    def put_phase(self, samples: I16Array, squares: I16Array) -> None:
        """(n, c) into the step's own of (rows of squares, columns of squares, 4 x c), in the order of ``PHASES``."""
        components = samples.shape[1]
        if self._chessboard is None:
            own = slice(self._phase * components, (self._phase + 1) * components)
            place = squares[self._squares][..., own]
            place[:] = samples.reshape(place.shape)
        else:
            squares.reshape(-1, len(PHASES), components)[self._chessboard[1], self._phase] = samples


class PlaneCoder:
    """Codes planes of one lattice.

    Args:
        predictor: the network.
        sample_range: of the planes.
        max_errors: for each component, how far a decoded sample may be from the original, in code values.
    """

    def __init__(self, predictor: Predictor, sample_range: Range, max_errors: tuple[int, ...]) -> None:
        self._predictor = predictor
        self._range = sample_range
        self._max_errors = max_errors

    def distrust_backend(self) -> bool:
        """Compute in NumPy from now on; whether that is new."""
        return self._predictor.distrust_backend()

    def code(self, planes: I16Array | None, known: Known, symbols: Symbols) -> I16Array:
        """Code the planes of a picture.

        Args:
            planes: (rows, columns, c) int16 in code values, or None for the receiver.
            known: with a picture before, which has been moved.
            symbols: the entropy coder.

        Returns:
            The planes as the receiver has them.
        """
        decoded = np.zeros(known.base.shape, np.int16)
        self._steps(range(NUM_STEPS), planes, known, decoded, symbols)
        return decoded

    def code_alone(self, planes: I16Array | None, gray: I16Array, components: int, symbols: Symbols) -> I16Array:
        """Code the planes of a picture that has none before it: every other sample of every other row by itself.

        Args:
            planes: as in :meth:`code`.
            gray: (rows, columns, g) int16, as in :class:`Known`.
            components: planes.
            symbols: the entropy coder.
        """
        rows, columns = gray.shape[:2]
        if rows * columns <= _SMALLEST:
            return self._plainly(planes, (rows, columns, components), symbols)
        corner_planes = None if planes is None else planes[::2, ::2]
        corners = self.code_alone(corner_planes, gray[::2, ::2], components, symbols)
        base = between(corners, (rows, columns))
        decoded = np.zeros((rows, columns, components), np.int16)
        decoded[::2, ::2] = corners
        known = Known(gray, gray, base, base, is_moved=False)
        self._steps(range(2, NUM_STEPS), planes, known, decoded, symbols)
        return decoded

    def _plainly(self, planes: I16Array | None, shape: tuple[int, int, int], symbols: Symbols) -> I16Array:
        """A few samples, without a network."""
        decoded = np.zeros(shape, np.int16)
        count = shape[0] * shape[1]
        means = np.full(count, self._range.neutral << (MEAN_BITS - 2), np.int32)
        scales = np.full(count, NUM_SCALES - 1, np.int32)
        for component in range(shape[2]):
            own = None if planes is None else planes[..., component].ravel()
            found = self._samples(own, means, scales, symbols, component)
            decoded[..., component] = found.reshape(shape[:2])
        return decoded

    def _steps(self, steps: range, planes: I16Array | None, known: Known, decoded: I16Array, symbols: Symbols) -> None:
        """Some steps of the network, into ``decoded``."""
        rows, columns, components = decoded.shape
        features = self._predictor.features(known.channels(self._range.neutral))
        missed = np.zeros((-(-rows // 2), -(-columns // 2), len(PHASES) * components), np.int16)
        for step in steps:
            results = self._predictor.results(step, features, missed)
            places = _StepPlaces(step, rows, columns)
            wanted = None if planes is None else places.of_lattice(planes)
            bases = places.of_lattice(known.base)
            values = self._step_samples(wanted, bases, places.of_squares(results), symbols)
            places.put(values, decoded)
            places.put_phase(companded((values.astype(np.int32) << 2) - bases), missed)

    def _step_samples(self, planes: I16Array | None, base: I16Array, results: I32Array, symbols: Symbols) -> I16Array:
        """(n, c) samples from (n, c) base and (n, results) of the network."""
        decoded = np.empty(base.shape, np.int16)
        miss = np.zeros(len(base), np.int32)
        for component in range(base.shape[1]):
            means = (base[:, component].astype(np.int32) << (MEAN_BITS - 2)) + results[:, 2 * component]
            if component:
                coupling = np.clip(results[:, 4], -COUPLING_MAX, COUPLING_MAX)
                means += (coupling * miss + (1 << (RESULT_BITS - 1))) >> RESULT_BITS
            scales = (results[:, 2 * component + 1] + _UNIT_STEPS // 2) // _UNIT_STEPS + _SCALE_OF_ZERO
            own = None if planes is None else planes[:, component]
            found = self._samples(own, means, np.clip(scales, 0, NUM_SCALES - 1), symbols, component)
            miss = (found << MEAN_BITS) - means
            decoded[:, component] = found
        return decoded

    def _samples(
        self, samples: I16Array | None, means: I32Array, scales: I32Array, symbols: Symbols, kind: int
    ) -> I32Array:
        """(n,) samples with these means and scales."""
        low, high = self._range.low, self._range.high
        means = np.clip(means, low << MEAN_BITS, high << MEAN_BITS)
        wanted = None if samples is None else samples.astype(np.int32)
        if not self._max_errors[kind]:
            found: I32Array = np.clip(symbols.code(wanted, means, scales, kind), low, high)
            return found
        # In steps that begin at the mean: samples, means and scales are told in these steps.
        step = 2 * self._max_errors[kind] + 1
        middle = (means + (1 << (MEAN_BITS - 1))) >> MEAN_BITS
        offsets = (2 * (means - (middle << MEAN_BITS)) + step) // (2 * step)
        in_steps = None if wanted is None else (2 * (wanted - middle) + step) // (2 * step)
        finer = _SCALES_OF_ERROR[self._max_errors[kind]]
        found = symbols.code(in_steps, offsets, np.maximum(scales - finer, 0), kind)
        within: I32Array = np.clip(middle + found * step, low, high)
        return within
