"""The parameters of planes that a predictor carries. This module does not import Keras, so it loads quickly."""

from __future__ import annotations

from dataclasses import dataclass

MAX_ERROR = 4
"""The largest error of chroma samples that can be allowed, in code values."""


@dataclass(frozen=True)
class PredictionParameters:
    """What the receiver must know to decode predicted planes. It is the same for all segments.

    Attributes:
        max_error: the largest error of a decoded chroma sample, in code values: 0 to ``MAX_ERROR``.
        luma_predictor: number of the predictor that carries the gray; 0 if a plane codec carries it.
        chroma_predictor: number of the predictor that carries the chroma; 0 if another track carries it.
    """

    max_error: int = 0
    luma_predictor: int = 0
    chroma_predictor: int = 0


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
