"""Segments decoded in worker processes. Pictures come back one by one, through memory that the processes share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from codec.decoder.segment import Numbered, Receiver, decode_segment
from codec.video.picture import Picture
from codec.workers.arena import Arena, Placed, room_for
from codec.workers.pool import Job, Pool
from codec.workers.worker import Channel
from container_format import SegmentRecord

SEGMENTS_IN_FLIGHT = 2
"""Beside one for each worker: one waits to be decoded, one is being written."""
_FLIGHT_BYTES = 2**30  # of pictures that wait to be written, all segments together


@dataclass(frozen=True)
class _Task:
    """What a worker is given: see :meth:`SegmentDecoders.pictures`.

    Attributes:
        segment, places, stops: what is decoded.
        arena: where its pictures go.
        max_bytes: of the arena, for pictures that wait.
    """

    segment: SegmentRecord
    places: frozenset[int]
    stops: bool
    arena: int
    max_bytes: int


class SegmentDecoders:
    """Decodes segments in worker processes, started when there is a segment for them.

    Args:
        receiver: gives the receiver of the stream; asked when the first segment comes.
        num_workers: the most processes.
    """

    def __init__(self, receiver: Callable[[], Receiver], num_workers: int) -> None:
        self._num_arenas = num_workers + SEGMENTS_IN_FLIGHT
        self._pool = Pool(receiver, num_workers=num_workers, num_arenas=self._num_arenas)
        self._num_segments = 0

    def pictures(self, segment: SegmentRecord, places: frozenset[int], *, stops: bool) -> Iterator[Numbered]:
        """Begin to decode a segment, and give the pictures that are wanted as they come.

        At most ``num_workers + SEGMENTS_IN_FLIGHT`` segments may be begun and not used up.

        Args:
            segment: the next one.
            places: of the pictures that are wanted.
            stops: nothing behind the last of them is decoded, not even to be checked.

        Raises:
            WorkerError: a process has died. Other errors are those of :func:`codec.decoder.segment.decode_segment`.
        """
        number = self._num_segments % self._num_arenas
        self._num_segments += 1
        arena = self._pool.arena(number)
        task = _Task(segment, places, stops, number, _FLIGHT_BYTES // self._num_arenas)
        return _pictures_of(self._pool.submit(_decode, task), arena)

    def close(self) -> None:
        """End the processes, also in the middle of a segment."""
        self._pool.close()


def _pictures_of(job: Job, arena: Arena) -> Iterator[Numbered]:
    for result in job.results():
        place, placed = cast("tuple[int, Placed]", result)
        picture = Picture.of_planes(arena.read(placed))
        job.used_up()
        yield place, picture


def _decode(receiver: Receiver, task: _Task, channel: Channel) -> None:
    """In a worker: decode a segment, in two threads, so that the last segments of a video leave no core idle.

    Where its pictures do not all have a place, wait until some were used up.
    """
    arena, num_places = channel.arenas[task.arena], 0
    wanted = decode_segment(receiver, task.segment, task.places, stops=task.stops, in_two_threads=True)
    for index, (place, picture) in enumerate(wanted):
        planes = picture.planes()
        size = room_for(planes)
        num_places = num_places or max(2, task.max_bytes // size)
        if index >= num_places:
            channel.wait()
        channel.send((place, arena.write(index % num_places * size, planes)))
