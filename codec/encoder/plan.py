"""First pass: every frame is looked at; from that, keyframes and segments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from codec.errors import InputError
from codec.keyframes import Analyzer, Keyframes, segment_borders, select_keyframes, shot_cuts
from codec.options import EncodeOptions
from codec.progress import Progress
from codec.video.color import ColorConversion
from codec.video.info import VideoInfo
from codec.video.picture import Frame
from codec.video.source import Source

SHRANK = "the input shrank while it was being encoded"
_MIN_SEGMENT_FRAMES = 12


@dataclass(frozen=True)
class Plan:
    """Enough to decide everything that needs the whole video.

    Attributes:
        num_frames: of the video.
        keyframes: to train on.
        borders: (start, stop) of each segment.
        cuts: frames that begin a shot, but for the first frame.
    """

    num_frames: int
    keyframes: Keyframes
    borders: tuple[tuple[int, int], ...]
    cuts: tuple[int, ...] = ()

    def spread(self, count: int, segments: Sequence[int] | None = None) -> list[int]:
        """So many frames, or all if there are fewer, evenly spread from the first to the last.

        Args:
            count: how many.
            segments: take them from these, in rising order; None takes them from the whole video.
        """
        borders = self.borders if segments is None else [self.borders[segment] for segment in segments]
        frames = [frame for begin, stop in borders for frame in range(begin, stop)]
        places = np.linspace(0, len(frames) - 1, min(count, len(frames)))
        return [frames[place] for place in sorted(set(np.rint(places).astype(int).tolist()))]

    def sample(self, max_frames: int) -> tuple[int, ...]:
        """Segments of about so many frames together, evenly spread; all of them if the video is no longer than that."""
        count = len(self.borders)
        if self.num_frames > max_frames:
            count = max(1, count * max_frames // self.num_frames)
        return tuple(np.linspace(0, len(self.borders) - 1, count).astype(int).tolist())


def analyze(source: Source, conversion: ColorConversion, options: EncodeOptions, progress: Progress) -> Plan:
    """Distances to black and cut scores of all frames; from them keyframes and segments.

    Raises:
        InputError: the source has no frames.
    """
    progress.start("analyzing", source.info.num_frames_from_header, "frames")
    analyzer = Analyzer()
    for index, frame in enumerate(source.frames()):
        analyzer.add(conversion.rgb(frame.picture))
        progress.advance(index + 1)
    num_frames = len(analyzer.distances)
    if num_frames == 0:
        raise InputError("expected a video with at least one frame. Received: none")
    keyframes = select_keyframes(analyzer.distances, every=options.keyframe_step, max_keyframes=options.max_keyframes)
    max_frames = options.max_segment_frames(source.info.width, source.info.height)
    cuts = shot_cuts(analyzer.cut_scores.tolist())
    borders = segment_borders(
        num_frames,
        cuts,
        max_frames=max_frames,
        min_frames=min(_MIN_SEGMENT_FRAMES, max_frames),
    )
    return Plan(num_frames, keyframes, tuple(borders), tuple(cuts))


def next_frame(frames: Iterator[Frame]) -> Frame:
    """The next of the frames that the first pass has counted.

    Raises:
        InputError: there is none any more.
    """
    frame = next(frames, None)
    if frame is None:
        raise InputError(SHRANK)
    return frame


def frame_rate_of(info: VideoInfo) -> Fraction:
    """Frames a second for codecs whose rate control wants one."""
    return info.frame_rate or 1 / info.time_base
