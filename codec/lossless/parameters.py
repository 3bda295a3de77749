"""How planes are coded sample by sample. Light to import: no Keras here."""

from __future__ import annotations

from dataclasses import dataclass

MAX_ERROR = 4
"""Largest error that chroma samples can be allowed, in code values."""


@dataclass(frozen=True)
class PredictionParameters:
    """What the receiver must know, the same for all segments.

    Attributes:
        max_error: how far a chroma sample may be from the original, in code values: 0 to ``MAX_ERROR``.
        luma_predictor: number of the network that the gray is coded with; 0 if a video codec carries it.
        chroma_predictor: number of the network that the chroma is coded with; 0 if it is sent in another way.
    """

    max_error: int = 0
    luma_predictor: int = 0
    chroma_predictor: int = 0


@dataclass(frozen=True)
class CodedSamples:
    """A segment; parts that are not sent are empty."""

    motion: bytes
    luma: bytes
    chroma: bytes
