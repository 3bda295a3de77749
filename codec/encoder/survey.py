"""First pass: one look at every frame; from that, cuts, segments, and keyframes if a network is to be trained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from codec.errors import InputError
from codec.keyframes import NO_KEYFRAMES, Analyzer, Keyframes, segment_borders, select_keyframes, shot_cuts
from codec.progress import Progress
from codec.video.color import ColorConversion
from codec.video.info import VideoInfo
from codec.video.picture import Frame
from codec.video.source import Source

if TYPE_CHECKING:  # worker processes need no modes
    from codec.encoder.modes.mode import Shared

SHRANK = "the input changed while it was read: it has fewer frames than before"
_MIN_SEGMENT_FRAMES = 12
_RAW_SEGMENT_BYTES = 2**26  # the gray of a segment, uncompressed, stays below 64 MiB


@dataclass(frozen=True)
class Survey:
    """What one look at every frame has found.

    Attributes:
        num_frames: of the video.
        keyframes: to train on; none in a mode that trains no network on them.
        borders: (start, stop) of each segment.
        cuts: frames that begin a shot, but for the first frame.
    """

    num_frames: int
    keyframes: Keyframes
    borders: tuple[tuple[int, int], ...]
    cuts: tuple[int, ...] = ()

    @property
    def mean_segment_frames(self) -> Fraction:
        """The mean length of the segments, which estimates of bytes are for."""
        return Fraction(self.num_frames, len(self.borders))

    def spread(self, count: int, segments: Sequence[int] | None = None) -> list[int]:
        """Frames, evenly spread from the first to the last.

        Args:
            count: how many; all of them if there are fewer.
            segments: take them from these segments, in rising order; None takes them from the whole video.
        """
        borders = self.borders if segments is None else [self.borders[segment] for segment in segments]
        frames = [frame for begin, stop in borders for frame in range(begin, stop)]
        places = np.linspace(0, len(frames) - 1, min(count, len(frames)))
        return [frames[place] for place in sorted(set(np.rint(places).astype(int).tolist()))]

    def sample(self, max_frames: int) -> tuple[int, ...]:
        """Segments, evenly spread, with about ``max_frames`` frames together; all if the video is not longer."""
        count = len(self.borders)
        if self.num_frames > max_frames:
            count = max(1, count * max_frames // self.num_frames)
        return tuple(np.linspace(0, len(self.borders) - 1, count).astype(int).tolist())


def survey(
    source: Source, conversion: ColorConversion, shared: Shared, progress: Progress, *, keyframe_every: int | None
) -> Survey:
    """Look at every frame of a video once.

    Args:
        source: is read once.
        conversion: of the video.
        shared: how the video is cut into segments, and how many keyframes there may be.
        progress: is told the frames.
        keyframe_every: take every Nth frame of each cluster as a keyframe; None looks for none.

    Raises:
        InputError: the source has no frames.
    """
    progress.start("analyzing", source.info.num_frames_from_header, "frames")
    analyzer = Analyzer(for_keyframes=keyframe_every is not None)
    for index, frame in enumerate(source.frames()):
        analyzer.add(conversion.rgb_of_8_bits(frame.picture))
        progress.advance(index + 1)
    num_frames = analyzer.num_frames
    if num_frames == 0:
        raise InputError("expected a video with at least one frame. Received: none")
    keyframes = NO_KEYFRAMES
    if keyframe_every is not None:
        keyframes = select_keyframes(analyzer.distances, every=keyframe_every, max_keyframes=shared.max_keyframes)
    cuts = shot_cuts(analyzer.cut_scores.tolist())
    return Survey(num_frames, keyframes, borders_of(num_frames, cuts, shared, source.info), tuple(cuts))


def borders_of(num_frames: int, cuts: Sequence[int], shared: Shared, info: VideoInfo) -> tuple[tuple[int, int], ...]:
    """(start, stop) of each segment of such video with these cuts."""
    max_frames = max_segment_frames(shared, info)
    min_frames = min(_MIN_SEGMENT_FRAMES, max_frames)
    return tuple(segment_borders(num_frames, cuts, max_frames=max_frames, min_frames=min_frames))


def max_segment_frames(shared: Shared, info: VideoInfo) -> int:
    """The most frames of a segment of such video, so that memory is bounded for large pictures too."""
    wanted = shared.segment_frames
    if shared.gop is not None:
        wanted = min(wanted, shared.gop.most_frames(frame_rate_of(info)))
    return max(1, min(wanted, _RAW_SEGMENT_BYTES // (info.width * info.height)))


def next_frame(frames: Iterator[Frame]) -> Frame:
    """The next frame of a source that was surveyed.

    Raises:
        InputError: there are fewer frames than the survey has counted.
    """
    frame = next(frames, None)
    if frame is None:
        raise InputError(SHRANK)
    return frame


def frame_rate_of(info: VideoInfo) -> Fraction:
    """Frames a second for codecs whose rate control wants one."""
    return info.frame_rate or 1 / info.time_base
