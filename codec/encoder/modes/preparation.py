"""What a mode is given to prepare a recipe from."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

from codec.encoder.gather import Gathered
from codec.encoder.survey import Survey
from codec.progress import Progress
from codec.video.color import ColorConversion
from codec.video.info import VideoInfo
from codec.video.source import Source


@dataclass(frozen=True)
class Preparation:
    """A video that was surveyed, and the frames that its mode asked for.

    Attributes:
        source: of the video; may be read again.
        survey: of all frames.
        gathered: the frames that were asked for.
        conversion: of the video's planes to R'G'B'.
        progress: is told the stages.
        resources: closed once the stream is written.
    """

    source: Source
    survey: Survey
    gathered: Gathered
    conversion: ColorConversion
    progress: Progress
    resources: ExitStack

    @property
    def info(self) -> VideoInfo:
        """Of the source."""
        return self.source.info
