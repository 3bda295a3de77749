"""Coding of the planes of one picture with a predictor. The sender and the receiver both run this code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from codec.lossless.distributions import MEAN_BITS
from codec.lossless.known import I16Array, I32Array, Known, between
from codec.lossless.parameters import EIGHT_BITS, SampleScale
from codec.lossless.predictor import Predictor
from codec.lossless.predictor_weights import NUM_STEPS, PHASES
from codec.lossless.steps import ComponentCoder, code_step, top_scale
from codec.lossless.symbols import Symbols
from codec.native.convolution import MARGIN, padded_picture
from codec.native.steps import Step
from codec.video.pixel_formats import ColorModel, PixelFormat

_SMALLEST = 64


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


def unsigned_range(depth: int) -> Range:
    """The range of gray samples and those of U and V, of this many bits."""
    return Range(0, (1 << depth) - 1)


def difference_range(depth: int) -> Range:
    """The range of samples of Co and Cg, of colors of this many bits."""
    return Range(-(1 << depth), (1 << depth) - 1)


LUMA_RANGE = YUV_RANGE = unsigned_range(8)
YCOCG_RANGE = difference_range(8)


def chroma_range(pixel_format: PixelFormat, depth: int = 8) -> Range:
    """The range of the chroma samples of this pixel format, of colors of this many bits."""
    return difference_range(depth) if pixel_format.model is ColorModel.RGB else unsigned_range(depth)


class PlaneCoder:
    """Codes the planes of a picture that share one lattice.

    Args:
        predictor: the network.
        sample_range: the range of the samples.
        max_errors: for each component, the largest allowed error of a decoded sample, in code values.
        scale: of the samples.
        origin: the code value that counts as 0 in planes.
    """

    def __init__(
        self,
        predictor: Predictor,
        sample_range: Range,
        max_errors: tuple[int, ...],
        scale: SampleScale = EIGHT_BITS,
        *,
        origin: int = 0,
    ) -> None:
        self._predictor = predictor
        self._bounds = sample_range.low - origin, sample_range.high - origin
        self._middle = sample_range.neutral - 4 * origin
        self._neutral = scale.neutral if sample_range.neutral else 0
        self._max_errors = max_errors
        self._scale = scale

    def code(self, planes: I32Array | None, known: Known, symbols: Symbols) -> I32Array:
        """Code the planes of a picture that has a previous picture.

        Args:
            planes: (rows, columns, c) int32 in code values from the origin on; None in the receiver.
            known: what both sides know, with the previous picture moved along the motion.
            symbols: the entropy coder.

        Returns:
            The planes as the receiver has them, (rows, columns, c) int32 in code values from the origin on.
        """
        decoded = np.zeros(known.base.shape, np.int32)
        self._steps(range(NUM_STEPS), planes, known, decoded, symbols)
        return decoded

    def code_alone(self, planes: I32Array | None, gray: I16Array, components: int, symbols: Symbols) -> I32Array:
        """Code the planes of a picture that has no previous picture.

        The method first codes every other sample of every other row, by calling itself on this smaller lattice. It then
        predicts the remaining samples from those.

        Args:
            planes: (rows, columns, c) int32 in code values from the origin on; None in the receiver.
            gray: (rows, columns, g) int16, as in :class:`Known`.
            components: number of planes, c.
            symbols: the entropy coder.

        Returns:
            The planes as the receiver has them, (rows, columns, c) int32 in code values from the origin on.
        """
        rows, columns = gray.shape[:2]
        if rows * columns <= _SMALLEST:
            return self._plainly(planes, (rows, columns, components), symbols)
        corner_planes = None if planes is None else planes[::2, ::2]
        corners = self.code_alone(corner_planes, gray[::2, ::2], components, symbols)
        base = between(corners, (rows, columns), self._scale.unit_bits)
        decoded = np.zeros((rows, columns, components), np.int32)
        decoded[::2, ::2] = corners
        known = Known(gray, gray, base, base, is_moved=False)
        self._steps(range(2, NUM_STEPS), planes, known, decoded, symbols)
        return decoded

    def _plainly(self, planes: I32Array | None, shape: tuple[int, int, int], symbols: Symbols) -> I32Array:
        """Code a small lattice without the network, with the widest distribution for every sample."""
        decoded = np.zeros(shape, np.int32)
        count = shape[0] * shape[1]
        means = np.full(count, self._middle << (MEAN_BITS - 2), np.int32)
        scales = np.full(count, top_scale(self._scale.raw_bits), np.int32)
        for component in range(shape[2]):
            own = None if planes is None else planes[..., component].ravel()
            coder = ComponentCoder(self._bounds, self._max_errors[component], component, symbols)
            found = coder.code(own, means, scales)
            decoded[..., component] = found.reshape(shape[:2])
        return decoded

    def _steps(self, steps: range, planes: I32Array | None, known: Known, decoded: I32Array, symbols: Symbols) -> None:
        """Run some steps of the network, and write the decoded samples into ``decoded``."""
        rows, columns, components = decoded.shape
        unit_bits = self._scale.unit_bits
        features = self._predictor.features(known.trunk_input(self._neutral, level_shift=self._scale.range_bits))
        missed = padded_picture((-(-rows // 2), -(-columns // 2)), len(PHASES) * components, MARGIN)
        wanted = None if planes is None else np.ascontiguousarray(planes, np.int32)
        base = np.ascontiguousarray(known.base)
        for step in steps:
            results = self._predictor.results(step, features, missed)
            arrays = wanted, base, results, decoded, missed.inside
            code_step(Step(step, self._bounds, self._max_errors, *arrays, unit_bits, self._scale.raw_bits), symbols)
