"""Segments coded by the workers of a cluster. Each is sent there as a whole, and comes back as its record."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from codec.encoder.in_workers import FLIGHT_BYTES, segment_bytes
from codec.encoder.recipe import Recipe
from codec.encoder.schedule import Portion, SegmentReader
from codec.encoder.segment import CodedSegment, SegmentInput, encode_segment
from codec.encoder.survey import Survey
from codec.video.info import VideoInfo

if TYPE_CHECKING:
    from codec.cluster.connection import Cluster
    from codec.cluster.dispatcher import Dispatcher, Job

_SEGMENTS_A_THREAD = 2
"""In flight: one that is coded, and one that waits for its turn, to be coded or to be written."""


def on_cluster(
    recipe: Recipe,
    reader: SegmentReader,
    cluster: Cluster,
    survey: Survey,
    info: VideoInfo,
    progress: Callable[[int], None],
) -> Generator[CodedSegment | Portion, None, None]:
    """As :func:`codec.encoder.schedule.inline`, with segments coded by the workers of a cluster.

    Args:
        recipe: of the video; its color runs in workers.
        reader: of its source.
        cluster: whose workers code as this process does.
        survey: of the video.
        info: of the video; segments in flight must fit into memory.
        progress: is told how many frames are coded.

    Raises:
        WorkerError: the scheduler or all workers are gone, or a segment has failed three times. Other errors are those
            of :func:`codec.encoder.segment.encode_segment`.
    """
    from codec.cluster.dispatcher import Dispatcher

    patience_seconds = cluster.options.patience_seconds
    most_bytes = max(1, segment_bytes(survey, info))
    waiting: deque[Job | CodedSegment | Portion] = deque()
    num_frames = 0
    with closing(Dispatcher(cluster, _encode, recipe, patience_seconds=patience_seconds)) as dispatcher:
        for segment in reader.segments():
            item: Job | CodedSegment | None = reader.finished(segment)
            if item is None:
                frames = tuple(segment.frames)
                item = dispatcher.submit(replace(segment, frames=frames), len(frames))
            waiting.extend(reader.full_portions())
            waiting.append(item)
            waiting.extend(reader.last_portion())
            # Workers may come and go: the most segments in flight are counted anew each time.
            in_flight = min(_SEGMENTS_A_THREAD * dispatcher.num_slots + 1, FLIGHT_BYTES // most_bytes)
            for done in _finished(waiting, dispatcher, max(1, in_flight) - 1):
                num_frames = _told(done, num_frames, progress)
                yield done
        for done in _finished(waiting, dispatcher, 0):
            num_frames = _told(done, num_frames, progress)
            yield done
    yield from reader.rest()


def _finished(
    waiting: deque[Job | CodedSegment | Portion], dispatcher: Dispatcher, most: int
) -> Iterator[CodedSegment | Portion]:
    """What is at the front of the line, until nothing there is finished and at most ``most`` segments are left."""
    num_segments = sum(not isinstance(item, list) for item in waiting)
    while waiting:
        item = waiting[0]
        num_segments -= not isinstance(item, list)
        if not isinstance(item, list | CodedSegment):
            if num_segments < most and item.answer is None:
                return
            item = cast(CodedSegment, dispatcher.result(item))
        waiting.popleft()
        yield item


def _told(item: CodedSegment | Portion, num_frames: int, progress: Callable[[int], None]) -> int:
    """Frames that are coded, with those of this item."""
    if isinstance(item, CodedSegment):
        num_frames += item.record.num_frames
        progress(num_frames)
    return num_frames


def _encode(recipe: Recipe, segment: SegmentInput) -> CodedSegment:
    """In a worker: code a segment, in one thread, since a worker has as many jobs at a time as threads."""
    return encode_segment(recipe, segment)
