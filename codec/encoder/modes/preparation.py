"""What a mode is given to prepare a recipe from."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

from codec.encoder.gather import Gathered
from codec.encoder.survey import Survey
from codec.encoder.tracks.alpha import AlphaTrack
from codec.progress import Progress
from codec.training.place import HERE, Place
from codec.video.color import ColorConversion
from codec.video.info import VideoInfo
from codec.video.source import Source


@dataclass(frozen=True)
class Preparation:
    """A video that was surveyed, and the frames that its mode asked for.

    Attributes:
        info: of the video.
        source: of the video; may be read again. Where the mode makes color, it is the view of 8 bits.
        survey: of all frames.
        gathered: the frames that were asked for.
        conversion: of the source's planes to R'G'B'.
        alpha: the track of the alpha; None for video without alpha.
        progress: is told the stages.
        resources: closed once the stream is written.
        playable: only what browsers decode may be chosen.
        place: where networks are trained.
    """

    info: VideoInfo
    source: Source
    survey: Survey
    gathered: Gathered
    conversion: ColorConversion
    alpha: AlphaTrack | None
    progress: Progress
    resources: ExitStack
    playable: bool = False
    place: Place = HERE
