"""How the color of a segment is coded: one of a closed set of tracks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from codec.encoder.tracks.color_session import BaseColorTrack, CodedColor, ColorInput, ColorSession
from codec.encoder.tracks.exact_chroma import InLuma, PredictedChroma, StackedChroma
from codec.encoder.tracks.made_color import HintedColor, NetworkColor, VideoNetwork
from codec.lossless.known import I16Array
from codec.video.picture import Picture, PlaneArray

__all__ = [
    "CodedColor",
    "ColorInput",
    "ColorSession",
    "ColorTrack",
    "HintedColor",
    "InLuma",
    "NetworkColor",
    "NoColor",
    "PredictedChroma",
    "StackedChroma",
    "VideoNetwork",
]


@dataclass(frozen=True)
class NoColor(BaseColorTrack):
    """The receiver shows the gray."""

    def begin(self, segment: ColorInput, frame_rate: Fraction) -> ColorSession:
        """For one segment."""
        del segment, frame_rate
        return _NoSession()


class _NoSession:
    def add(self, picture: Picture, motion: I16Array | None) -> None:
        """Nothing is sent of it."""

    def end_frames(self) -> None:
        """Nothing waits."""

    def finish(self, lumas: Sequence[PlaneArray]) -> CodedColor:
        del lumas
        return CodedColor()


ColorTrack = NoColor | InLuma | StackedChroma | PredictedChroma | NetworkColor | HintedColor
