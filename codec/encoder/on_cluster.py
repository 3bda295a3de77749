"""Segments coded by the workers of a cluster. Each comes back as its record.

Its frames are sent along; or workers read them from an input that all machines share.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from codec.encoder.in_workers import FLIGHT_BYTES, segment_bytes
from codec.encoder.recipe import Recipe
from codec.encoder.schedule import Portion, SegmentReader
from codec.encoder.segment import CodedSegment, SegmentInput, encode_segment
from codec.encoder.shared_reading import CodedShared, FramesChecksum, SharedRecipe, SharedSegment, encode_shared
from codec.encoder.survey import Survey
from codec.errors import InputError
from codec.video.info import VideoInfo
from codec.video.sources.shared import OPTION, SharedInput

if TYPE_CHECKING:
    from codec.cluster.connection import Cluster
    from codec.cluster.dispatcher import Dispatcher, Job

_SEGMENTS_A_THREAD = 2
"""In flight: one that is coded, and one that waits for its turn, to be coded or to be written."""


@dataclass(frozen=True)
class _Sent:
    """A segment at the cluster.

    Attributes:
        job: whose answer it is.
        frames_crc32: of its frames, where a worker reads them; None where they were sent.
    """

    job: Job
    frames_crc32: int | None = None

    def result(self, dispatcher: Dispatcher) -> CodedSegment:
        """Wait for it.

        Raises:
            InputError: a worker has read other frames.
        """
        found = dispatcher.result(self.job)
        if self.frames_crc32 is None:
            return cast(CodedSegment, found)
        shared = cast(CodedShared, found)
        if shared.frames_crc32 != self.frames_crc32:
            record = shared.coded.record
            last = record.first_frame + record.num_frames - 1
            raise InputError(
                f"expected frames {record.first_frame} to {last} of the input to be the same on all machines. "
                f"Received: others on a worker; leave out {OPTION}",
                option=OPTION,
            )
        return shared.coded


def on_cluster(
    recipe: Recipe,
    reader: SegmentReader,
    cluster: Cluster,
    survey: Survey,
    info: VideoInfo,
    progress: Callable[[int], None],
    shared: SharedRecipe | None = None,
) -> Generator[CodedSegment | Portion, None, None]:
    """As :func:`codec.encoder.schedule.inline`, with segments coded by the workers of a cluster.

    Args:
        recipe: of the video; its color runs in workers.
        reader: of its source.
        cluster: whose workers code as this process does.
        survey: of the video.
        info: of the video; segments in flight must fit into memory.
        progress: is told how many frames are coded.
        shared: the recipe and an input, from which workers read the frames; None sends them.

    Raises:
        InputError: a worker has read other frames.
        WorkerError: the scheduler or all workers are gone, or a segment has failed three times. Other errors are those
            of :func:`codec.encoder.segment.encode_segment`.
    """
    from codec.cluster.dispatcher import Dispatcher

    patience_seconds = cluster.options.patience_seconds
    most_bytes = max(1, segment_bytes(survey, info))
    waiting: deque[_Sent | CodedSegment | Portion] = deque()
    num_frames = 0
    work, context = (_encode, recipe) if shared is None else (encode_shared, shared)
    # Who reads an input front to back wants its segments in order.
    in_order = shared is not None
    with closing(
        Dispatcher(cluster, work, context, patience_seconds=patience_seconds, in_order=in_order)
    ) as dispatcher:
        for segment in reader.segments():
            item: _Sent | CodedSegment | None = reader.finished(segment)
            if item is None:
                item = _sent(segment, dispatcher) if shared is None else _named(segment, dispatcher, survey)
            waiting.extend(reader.full_portions())
            waiting.append(item)
            waiting.extend(reader.last_portion())
            # Workers may come and go: the most segments in flight are counted anew each time.
            in_flight = _SEGMENTS_A_THREAD * dispatcher.num_slots + 1
            if shared is None:
                in_flight = min(in_flight, FLIGHT_BYTES // most_bytes)
            for done in _finished(waiting, dispatcher, max(1, in_flight) - 1):
                num_frames = _told(done, num_frames, progress)
                yield done
        for done in _finished(waiting, dispatcher, 0):
            num_frames = _told(done, num_frames, progress)
            yield done
    yield from reader.rest()


def check_shared(cluster: Cluster, shared: SharedInput) -> None:
    """Find out before the work whether all workers have the input.

    Raises:
        InputError: one does not.
        WorkerError: the scheduler is gone.
    """
    for address, error in cluster.ask(_open_and_close, shared).items():
        if isinstance(error, Exception):
            raise InputError(
                f"expected {shared.path} on all machines with {OPTION}. Received from {address}: {error}", option=OPTION
            )


def _open_and_close(shared: SharedInput) -> None:
    """In a worker."""
    shared.open().close()


def _sent(segment: SegmentInput, dispatcher: Dispatcher) -> _Sent:
    """Send a segment with its frames."""
    frames = tuple(segment.frames)
    return _Sent(dispatcher.submit(replace(segment, frames=frames), len(frames)))


def _named(segment: SegmentInput, dispatcher: Dispatcher, survey: Survey) -> _Sent:
    """Say which segment it is. Its frames are read meanwhile: their checksum is compared, sound lies between them."""
    begin, stop = survey.borders[segment.index]
    job = dispatcher.submit(SharedSegment(segment.index, begin, stop - begin, segment.color), stop - begin)
    checksum = FramesChecksum()
    for frame in segment.frames:
        checksum.add(frame)
    return _Sent(job, checksum.crc32)


def _finished(
    waiting: deque[_Sent | CodedSegment | Portion], dispatcher: Dispatcher, most: int
) -> Iterator[CodedSegment | Portion]:
    """What is at the front of the line, until nothing there is finished and at most ``most`` segments are left."""
    num_segments = sum(not isinstance(item, list) for item in waiting)
    while waiting:
        item = waiting[0]
        num_segments -= not isinstance(item, list)
        if not isinstance(item, list | CodedSegment):
            if num_segments < most and item.job.answer is None:
                return
            item = item.result(dispatcher)
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
