"""The segments of a live stream: a segment's gray is coded while its frames come, its color while the next ones come.

A segment ends with its last frame or, where the source stalls, with its time. So a frame waits no longer than that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from codec.encoder.live.capture import Arrived, Capture, Clock
from codec.encoder.recipe import Recipe
from codec.encoder.segment import (
    CodedFrames,
    CodedSegment,
    SegmentInput,
    code_frames,
    encode_segment,
    finish_segment,
)
from codec.encoder.tracks.color import ColorInput
from codec.errors import InputError, StreamError
from codec.read_ahead import read_ahead
from codec.video.picture import Frame
from container_format import UpdateRecord


@dataclass(frozen=True)
class Plan:
    """How the next segment is coded.

    Attributes:
        recipe: of the segment.
        update: the network that makes its color; None for none.
        most_frames: of the segment.
        measures: its color is measured.
        every: each so-many-th frame of the source is taken.
        safer: where a codec fails on the segment, it is coded with this.
    """

    recipe: Recipe
    update: UpdateRecord | None
    most_frames: int
    measures: bool
    every: int
    safer: Recipe


@dataclass
class LiveSegment:
    """A segment on its way.

    Attributes:
        plan: how it is coded.
        arrived: its frames, and when they came.
        num_waiting: frames that waited when its last frame was taken.
        first_seconds: that its first stage was busy.
        second_seconds: that its second stage was busy.
        has_failed: a codec has failed on it, and it was coded again.
        coded: once it is finished.
    """

    plan: Plan
    arrived: list[Arrived] = field(default_factory=list)
    num_waiting: int = 0
    first_seconds: float = 0.0
    second_seconds: float = 0.0
    has_failed: bool = False
    _frames: CodedFrames | None = None
    _coded: CodedSegment | None = None

    @property
    def coded(self) -> CodedSegment:
        """The coded segment."""
        if self._coded is None:
            raise ValueError("expected a finished segment")
        return self._coded


class Segments:
    """Codes what a capture brings.

    Args:
        capture: that was started.
        first: frames that were taken from it already.
        segment_seconds: the longest segment.
        plan: says how the next segment is coded; called in the thread of the first stage.
        clock: as the capture's.
    """

    def __init__(
        self,
        capture: Capture,
        first: Sequence[Arrived],
        segment_seconds: float,
        plan: Callable[[], Plan],
        clock: Clock = time.monotonic,
    ) -> None:
        self._capture = capture
        self._first = list(first)
        self._segment_seconds = segment_seconds
        self._plan = plan
        self._clock = clock
        self._num_segments = self._num_frames = 0  # that are finished

    def finished(self) -> Generator[LiveSegment, None, None]:
        """Segments in order, each as soon as it is coded."""
        with closing(read_ahead(self._first_stage(), 1, on_stop=self._capture.stop)) as segments:
            for segment in segments:
                begin = self._clock()
                segment._coded = self._finished(segment)
                segment._frames = None
                segment.second_seconds = self._clock() - begin
                self._num_frames += len(segment.arrived)
                self._num_segments += 1
                yield segment

    def _finished(self, segment: LiveSegment) -> CodedSegment:
        """The second stage. A segment that a codec has failed on is coded again, so that the stream goes on.

        Raises:
            InputError, StreamError: it fails again.
        """
        try:
            if segment._frames is not None:
                return finish_segment(segment.plan.recipe, segment._frames)
        except (InputError, StreamError):
            pass
        segment.has_failed = True
        frames = [arrived.frame for arrived in segment.arrived]
        return encode_segment(segment.plan.safer, SegmentInput(self._num_segments, self._num_frames, frames))

    def _first_stage(self) -> Generator[LiveSegment, None, None]:
        index = num_frames = 0
        while (first := self._next(None)) is not None:
            segment = LiveSegment(self._plan())
            waits = [0.0]
            frames = self._frames(segment, first, waits)
            measured = frozenset({segment.plan.most_frames // 3} if segment.plan.measures else ())
            begin = self._clock()
            source = SegmentInput(index, num_frames, frames, ColorInput(None, measured))
            try:
                segment._frames = code_frames(segment.plan.recipe, source)
            except (InputError, StreamError):
                for _ in frames:  # the second stage codes them
                    pass
            segment.first_seconds = self._clock() - begin - waits[0]
            index += 1
            num_frames += len(segment.arrived)
            yield segment

    def _next(self, timeout_seconds: float | None) -> Arrived | None:
        return self._first.pop(0) if self._first else self._capture.take(timeout_seconds)

    def _frames(self, segment: LiveSegment, first: Arrived, waits: list[float]) -> Iterator[Frame]:
        """The frames of a segment; ``waits`` takes the seconds in which there was none."""
        arrived: Arrived | None = first
        deadline = max(first.seconds, self._clock() - self._segment_seconds) + self._segment_seconds
        while arrived is not None:
            segment.arrived.append(arrived)
            yield arrived.frame
            if len(segment.arrived) >= segment.plan.most_frames:
                break
            begin = self._clock()
            # What waits already is taken also behind the deadline, so that a backlog makes no short segments.
            arrived = self._next(max(0.0, deadline + self._segment_seconds / 2 - begin))
            waits[0] += self._clock() - begin
        segment.num_waiting = self._capture.num_waiting
