"""The parameters of planes that a predictor carries. This module does not import Keras, so it loads quickly."""

from __future__ import annotations

from dataclasses import dataclass

from codec.errors import StreamError

MAX_ERROR = 4
"""The largest error of chroma samples that can be allowed, in code values."""
LEAST_DEPTH, MOST_DEPTH = 8, 16
"""The bits of a sample that a predictor can code. Differences of two colors have one more."""
_MOST_RANGE_BITS = 4  # so that a sample in quarters of a unit, and the difference of two, fit int16


@dataclass(frozen=True)
class SampleScale:
    """In which units a predictor counts the code values of planes.

    Predictors were trained on video of 8 bits. In deeper video, a *unit* of ``2**unit_bits`` code values stands for
    what a code value of 8 bits was: the noise should be as large in units as it is there in code values. The units may
    be so small that the planes have up to 16 times the range of 8 bits, as video that is dark or has little noise needs
    it.

    Attributes:
        depth: bits of a sample, 8 to 16.
        unit_bits: log2 of the code values of a unit: ``depth - 12`` or 0, whichever is larger, to ``depth - 8``.

    Raises:
        StreamError: there are no such units.
    """

    depth: int = 8
    unit_bits: int = 0

    def __post_init__(self) -> None:
        if not LEAST_DEPTH <= self.depth <= MOST_DEPTH:
            raise StreamError(f"expected samples of {LEAST_DEPTH} to {MOST_DEPTH} bits. Received: {self.depth}")
        if self.unit_bits not in unit_choices(self.depth):
            own = unit_choices(self.depth)
            raise StreamError(
                f"expected units of 2**{own[0]} to 2**{own[-1]} code values of {self.depth} bits. "
                f"Received: 2**{self.unit_bits}"
            )

    @property
    def range_bits(self) -> int:
        """Log2 of the range of the planes in units, over that of 8 bits: 0 to 4."""
        return self.depth - LEAST_DEPTH - self.unit_bits

    @property
    def gray_neutral(self) -> int:
        """The middle of the gray's range, in quarters of a unit."""
        return 512 << self.range_bits

    @property
    def most(self) -> int:
        """The largest magnitude of a sample between others, in quarters of a unit."""
        return (1024 << self.range_bits) - 1

    @property
    def raw_bits(self) -> int:
        """The most low bits of a sample that are coded without a model."""
        return self.depth - LEAST_DEPTH


def unit_choices(depth: int) -> range:
    """The possible ``unit_bits`` of samples of this depth."""
    return range(max(0, depth - LEAST_DEPTH - _MOST_RANGE_BITS), depth - LEAST_DEPTH + 1)


EIGHT_BITS = SampleScale()


@dataclass(frozen=True)
class PredictionParameters:
    """What the receiver must know to decode predicted planes. It is the same for all segments.

    Attributes:
        max_error: the largest error of a decoded chroma sample, in code values: 0 to ``MAX_ERROR``.
        luma_predictor: number of the predictor that carries the gray; 0 if a plane codec carries it.
        chroma_predictor: number of the predictor that carries the chroma; 0 if another track carries it.
        scale: the depth of the samples, and the units of the predictors.
    """

    max_error: int = 0
    luma_predictor: int = 0
    chroma_predictor: int = 0
    scale: SampleScale = EIGHT_BITS


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
