"""Coding of the planes of one picture with a predictor. The sender and the receiver both run this code."""

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
_SCALES_OF_ERROR = (0, 6, 9, 11, 13)  # log2 of the quantization steps 1, 3, 5, 7 and 9, in scales, rounded


@dataclass(frozen=True)
class Range:
    """The range of a plane's samples, in code values.

    Attributes:
        low: the smallest code value.
        high: the largest code value.
    """

    low: int
    high: int

    @property
    def neutral(self) -> int:
        """The middle of the range, in quarters of a code value."""
        return 2 * (self.low + self.high + 1)


LUMA_RANGE = Range(0, 255)
YUV_RANGE = Range(0, 255)
YCOCG_RANGE = Range(-256, 255)


def chroma_range(pixel_format: PixelFormat) -> Range:
    """The range of the chroma samples of this pixel format."""
    return YCOCG_RANGE if pixel_format.model is ColorModel.RGB else YUV_RANGE


@functools.lru_cache(maxsize=64)
def _chessboard(color: int, rows: int, columns: int) -> tuple[I64Array, I64Array]:
    """Find the squares of one color, if the 2x2 squares of a lattice are colored like a chessboard.

    Args:
        color: 0 or 1; the first square has color 0.
        rows: rows of the lattice.
        columns: columns of the lattice.

    Returns:
        The flat indices of the upper left samples of these squares in the lattice, and the flat indices of the
        squares among all squares.
    """
    y, x = np.mgrid[0:rows:2, 0:columns:2] // 2
    is_own = (y + x) % 2 == color
    y, x = y[is_own], x[is_own]
    return 2 * y * columns + 2 * x, y * -(-columns // 2) + x


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
        self._lattice = slice(down, rows, 2), slice(across, columns, 2)
        # In a lattice with an odd side, the last squares along that side lack their second samples.
        self._squares = slice((rows - down + 1) // 2), slice((columns - across + 1) // 2)
        self._chessboard = _chessboard(step, rows, columns) if step < 2 else None

    def of_lattice(self, planes: I16Array) -> I16Array:
        """Take the step's samples from planes: (rows, columns, c) to (n, c)."""
        if self._chessboard is None:
            return planes[self._lattice].reshape(-1, planes.shape[2])
        return planes.reshape(-1, planes.shape[2]).take(self._chessboard[0], axis=0)

    def of_squares(self, results: I32Array) -> I32Array:
        """Take the results of the step's squares: (rows of squares, columns of squares, c) to (n, c)."""
        if self._chessboard is None:
            return results[self._squares].reshape(-1, results.shape[2])
        return results.reshape(-1, results.shape[2]).take(self._chessboard[1], axis=0)

    def put(self, samples: I16Array, lattice: I16Array) -> None:
        """Put the step's samples, (n, c), into planes, (rows, columns, c)."""
        if self._chessboard is None:
            place = lattice[self._lattice]
            place[:] = samples.reshape(place.shape)
        else:
            lattice.reshape(-1, samples.shape[1])[self._chessboard[0]] = samples

    def put_phase(self, samples: I16Array, squares: I16Array) -> None:
        """Put the step's samples into an array of squares.

        Args:
            samples: (n, c).
            squares: (rows of squares, columns of squares, 4 x c), with the samples of a square in the order of
                ``PHASES``.
        """
        components = samples.shape[1]
        if self._chessboard is None:
            own = slice(self._phase * components, (self._phase + 1) * components)
            place = squares[self._squares][..., own]
            place[:] = samples.reshape(place.shape)
        else:
            squares.reshape(-1, len(PHASES), components)[self._chessboard[1], self._phase] = samples


class PlaneCoder:
    """Codes the planes of a picture that share one lattice.

    Args:
        predictor: the network.
        sample_range: the range of the samples.
        max_errors: for each component, the largest allowed error of a decoded sample, in code values.
    """

    def __init__(self, predictor: Predictor, sample_range: Range, max_errors: tuple[int, ...]) -> None:
        self._predictor = predictor
        self._range = sample_range
        self._max_errors = max_errors

    def distrust_backend(self) -> bool:
        """Compute in NumPy from now on. Returns whether the backend was in use before."""
        return False

    def code(self, planes: I16Array | None, known: Known, symbols: Symbols) -> I16Array:
        """Code the planes of a picture that has a previous picture.

        Args:
            planes: (rows, columns, c) int16 in code values; None in the receiver.
            known: what both sides know, with the previous picture moved along the motion.
            symbols: the entropy coder.

        Returns:
            The planes as the receiver has them, (rows, columns, c) int16 in code values.
        """
        decoded = np.zeros(known.base.shape, np.int16)
        self._steps(range(NUM_STEPS), planes, known, decoded, symbols)
        return decoded

    def code_alone(self, planes: I16Array | None, gray: I16Array, components: int, symbols: Symbols) -> I16Array:
        """Code the planes of a picture that has no previous picture.

        The method first codes every other sample of every other row, by calling itself on this smaller lattice. It then
        predicts the remaining samples from those.

        Args:
            planes: (rows, columns, c) int16 in code values; None in the receiver.
            gray: (rows, columns, g) int16, as in :class:`Known`.
            components: number of planes, c.
            symbols: the entropy coder.

        Returns:
            The planes as the receiver has them, (rows, columns, c) int16 in code values.
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
        """Code a small lattice without the network, with the widest distribution for every sample."""
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
        """Run some steps of the network, and write the decoded samples into ``decoded``."""
        rows, columns, components = decoded.shape
        features = self._predictor.features(known.channels(self._range.neutral))
        missed = np.zeros((-(-rows // 2), -(-columns // 2), len(PHASES) * components), np.int16)
        for step in steps:
            results = self._predictor.results(step, features, missed).astype(np.int32)
            places = _StepPlaces(step, rows, columns)
            wanted = None if planes is None else places.of_lattice(planes)
            bases = places.of_lattice(known.base)
            values = self._step_samples(wanted, bases, places.of_squares(results), symbols)
            places.put(values, decoded)
            places.put_phase(companded((values.astype(np.int32) << 2) - bases), missed)

    def _step_samples(self, planes: I16Array | None, base: I16Array, results: I32Array, symbols: Symbols) -> I16Array:
        """Code the samples of one step.

        Args:
            planes: (n, c) int16 in code values; None in the receiver.
            base: (n, c) int16, in quarters of a code value.
            results: (n, results) int32 from the network.
            symbols: the entropy coder.

        Returns:
            The samples as the receiver has them, (n, c) int16 in code values.
        """
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
        """Code the samples of one component, (n,), with these means and scales; quantize them if errors are allowed."""
        low, high = self._range.low, self._range.high
        means = np.clip(means, low << MEAN_BITS, high << MEAN_BITS)
        wanted = None if samples is None else samples.astype(np.int32)
        if not self._max_errors[kind]:
            found: I32Array = np.clip(symbols.code(wanted, means, scales, kind), low, high)
            return found
        # Samples are quantized in steps that are centered on the mean. Means and scales are converted to these steps.
        step = 2 * self._max_errors[kind] + 1
        middle = (means + (1 << (MEAN_BITS - 1))) >> MEAN_BITS
        offsets = (2 * (means - (middle << MEAN_BITS)) + step) // (2 * step)
        in_steps = None if wanted is None else (2 * (wanted - middle) + step) // (2 * step)
        finer = _SCALES_OF_ERROR[self._max_errors[kind]]
        found = symbols.code(in_steps, offsets, np.maximum(scales - finer, 0), kind)
        within: I32Array = np.clip(middle + found * step, low, high)
        return within
