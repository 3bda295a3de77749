"""Segments coded in worker processes. Frames go there through memory that the processes share."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import cast

from codec.encoder.recipe import Recipe
from codec.encoder.schedule import Portion, SegmentReader
from codec.encoder.segment import CodedSegment
from codec.encoder.survey import Survey
from codec.encoder.worker_segment import encode_placed, placed
from codec.video.info import VideoInfo
from codec.workers.pool import Job, Pool

SEGMENTS_IN_FLIGHT = 2
"""Beside one for each worker: one waits to be coded, one is being read or written."""
FLIGHT_BYTES = 2**31
"""The most bytes of source frames in segments that are not written yet."""
_MAX_BYTES_PER_SAMPLE_BYTE = 2  # the chroma of RGB takes two bytes a sample: 5 for 3


def useful_workers(count: int, recipe: Recipe, survey: Survey, info: VideoInfo) -> int:
    """How many worker processes to use for a video; 1 codes it in this process.

    Args:
        count: the most that are wanted.
        recipe: of the video.
        survey: of the video; a segment is the smallest piece of work.
        info: of the video; segments in flight must fit into memory.
    """
    if not recipe.color.runs_in_workers:
        return 1
    return max(1, min(count, len(survey.borders), FLIGHT_BYTES // segment_bytes(survey, info) - SEGMENTS_IN_FLIGHT))


def segment_bytes(survey: Survey, info: VideoInfo) -> int:
    """The most bytes that the frames of a segment take in memory."""
    most_frames = max(stop - begin for begin, stop in survey.borders)
    return most_frames * info.raw_frame_bytes * _MAX_BYTES_PER_SAMPLE_BYTE


def in_workers(
    recipe: Recipe, reader: SegmentReader, num_workers: int, progress: Callable[[int], None]
) -> Generator[CodedSegment | Portion, None, None]:
    """As :func:`codec.encoder.schedule.inline`, with segments coded by worker processes.

    Args:
        recipe: of the video.
        reader: of its source.
        num_workers: processes.
        progress: is told how many frames are coded, in any thread.

    Raises:
        WorkerError: a process has died. Other errors are those of :func:`codec.encoder.segment.encode_segment`.
    """
    num_arenas = num_workers + SEGMENTS_IN_FLIGHT
    counter = _Counter(progress)
    waiting: deque[Job | CodedSegment | Portion] = deque()
    with closing(Pool(lambda: recipe, num_workers=num_workers, num_arenas=num_arenas)) as pool:
        for segment in reader.segments():
            coded = reader.finished(segment)
            if coded is None:
                number = segment.index % num_arenas
                task = placed(segment, pool.arena(number), number)
                job = pool.submit(encode_placed, task, counter.add)
            else:
                counter.add_frames(coded.record.num_frames)
            waiting.extend(reader.full_portions())
            waiting.append(coded or job)
            waiting.extend(reader.last_portion())
            # The next segment takes the place of one that is written.
            yield from _finished(waiting, num_arenas - 1)
        yield from _finished(waiting, 0)
    yield from reader.rest()


def _finished(waiting: deque[Job | CodedSegment | Portion], max_segments: int) -> Iterator[CodedSegment | Portion]:
    """What is at the front of the line, until nothing there is finished and at most ``max_segments`` are left."""
    num_segments = sum(isinstance(item, Job | CodedSegment) for item in waiting)
    while waiting:
        item = waiting[0]
        num_segments -= isinstance(item, Job | CodedSegment)
        if isinstance(item, Job):
            if num_segments < max_segments and not item.is_over:
                return
            (coded,) = item.results()
            yield cast(CodedSegment, coded)
        else:
            yield item
        waiting.popleft()


class _Counter:
    """Counts coded frames over all processes."""

    def __init__(self, progress: Callable[[int], None]) -> None:
        self._progress = progress
        self._lock = threading.Lock()
        self._count = 0

    def add(self, event: object) -> None:
        """One more frame is coded."""
        del event
        self.add_frames(1)

    def add_frames(self, count: int) -> None:
        """So many more frames are coded, or were."""
        with self._lock:
            self._count += count
            self._progress(self._count)
