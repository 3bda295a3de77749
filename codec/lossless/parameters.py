"""The parameters of planes that a predictor carries. This module does not import Keras, so it loads quickly."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from codec.errors import StreamError


class Speed(StrEnum):
    """How fast adaptive planes are coded and decoded: the values of ``--speed``."""

    SWIFT = "swift"
    STANDARD = "standard"
    MAX = "max"


MAX_ERROR, MAX_GRAY_ERROR = 4, 4095
"""The largest errors that can be allowed, in code values: of chroma samples, and of samples of deep gray video."""
LEAST_DEPTH, MOST_DEPTH = 8, 16
"""The bits of a sample that a predictor can code. Differences of two colors have one more."""
_MOST_RANGE_BITS = 4
_LARGER_UNITS = 2


@dataclass(frozen=True)
class SampleScale:
    """In which units a predictor counts the code values of planes.

    Predictors were trained on video of 8 bits. In deeper video, a *unit* of ``2**unit_bits`` code values stands for
    what a code value of 8 bits was: the noise should be as large in units as it is there in code values. A predictor
    sees the range of 4096 units from ``origin`` on; samples outside look to it like those at its ends, and are coded
    all the same.

    Attributes:
        depth: bits of a sample, 8 to 16.
        unit_bits: log2 of the code values of a unit, one of :func:`unit_choices`.
        origin: the code value of the gray that counts as 0; 0 in video of 8 bits. Video that uses few of its code
            values, far from 0, needs it if its units are small.

    Raises:
        StreamError: there are no such units, or no such code value.
    """

    depth: int = 8
    unit_bits: int = 0
    origin: int = 0

    def __post_init__(self) -> None:
        if not LEAST_DEPTH <= self.depth <= MOST_DEPTH:
            raise StreamError(f"expected samples of {LEAST_DEPTH} to {MOST_DEPTH} bits. Received: {self.depth}")
        units = unit_choices(self.depth)
        if self.unit_bits not in units:
            raise StreamError(
                f"expected units of 2**0 to 2**{units[-1]} code values of {self.depth} bits. "
                f"Received: 2**{self.unit_bits}"
            )
        if not 0 <= self.origin < (1 << self.depth if self.raw_bits else 1):
            raise StreamError(f"expected a code value of {self.depth} bits, of 8 bits 0. Received: {self.origin}")

    @property
    def range_bits(self) -> int:
        """Log2 of the range that a predictor sees, over that of 8 bits: 0 to 4."""
        return min(max(self._all_range_bits, 0), _MOST_RANGE_BITS)

    @property
    def _all_range_bits(self) -> int:
        return self.depth - LEAST_DEPTH - self.unit_bits

    @property
    def neutral(self) -> int:
        """The middle of the range of unsigned samples, in quarters of a unit."""
        return 512 << self.range_bits >> max(-self._all_range_bits, 0)

    @property
    def most(self) -> int:
        """The largest magnitude of a sample between others, in quarters of a unit."""
        return (1024 << self.range_bits) - 1

    @property
    def raw_bits(self) -> int:
        """The most low bits of a sample that are coded without a model."""
        return self.depth - LEAST_DEPTH

    @property
    def chroma_origin(self) -> int:
        """The code value of U and V that counts as 0: so that their middle is that of the range which is seen."""
        return max((1 << (self.depth - 1)) - (self.neutral << self.unit_bits >> 2), 0)


def unit_choices(depth: int) -> range:
    """The possible ``unit_bits`` of samples of this depth: the largest units are a quarter of those of 8 bits."""
    return range(depth - LEAST_DEPTH + 1 + (_LARGER_UNITS if depth > LEAST_DEPTH else 0))


EIGHT_BITS = SampleScale()


@dataclass(frozen=True)
class PredictionParameters:
    """What the receiver must know to decode predicted planes. It is the same for all segments.

    Attributes:
        max_error: the largest error of a decoded chroma sample, in code values: 0 to ``MAX_ERROR``.
        luma_predictor: number of the predictor that carries the gray; 0 if a plane codec carries it.
        chroma_predictor: number of the predictor that carries the chroma; 0 if another track carries it.
        luma_max_error: the largest error of a decoded gray sample, in code values: 0 to ``MAX_GRAY_ERROR``.
        scale: the depth of the samples, and the units of the gray's predictor.
        chroma_scale: the same of the chroma's predictor.
    """

    max_error: int = 0
    luma_predictor: int = 0
    chroma_predictor: int = 0
    luma_max_error: int = 0
    scale: SampleScale = EIGHT_BITS
    chroma_scale: SampleScale = EIGHT_BITS


@dataclass(frozen=True)
class CodedSamples:
    """The coded planes of a segment.

    Attributes:
        motion: the motion fields.
        luma: the gray; empty if a plane codec carries it.
        chroma: the chroma; empty if another track carries it.
    """

    motion: bytes
    luma: bytes
    chroma: bytes
