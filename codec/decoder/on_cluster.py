"""Segments decoded by the workers of a cluster. Each is sent as its record, and its pictures come back together."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codec.decoder.segment import Numbered, Receiver, decode_segment
from codec.video.picture import Picture
from container_format import SegmentRecord

if TYPE_CHECKING:
    from codec.cluster.connection import Cluster
    from codec.cluster.dispatcher import Job

_SEGMENTS_A_THREAD = 2
"""In flight: one that is decoded, and one that waits for its turn, to be decoded or to be written."""
_FLIGHT_BYTES = 2**31
"""The most bytes of pictures in segments that are begun and not used up."""
_MAX_BYTES_PER_SAMPLE_BYTE = 2  # the chroma of RGB takes two bytes a sample: 5 for 3


@dataclass(frozen=True)
class _Task:
    """What a worker is given: see :meth:`ClusterDecoders.pictures`."""

    segment: SegmentRecord
    places: frozenset[int]
    stops: bool


class ClusterDecoders:
    """Decodes segments on the workers of a cluster.

    One thread begins segments, and another one takes the pictures, of one segment after another.

    Args:
        receiver: of the stream.
        cluster: whose workers decode as this process does.

    Raises:
        WorkerError: the scheduler is gone.
    """

    def __init__(self, receiver: Receiver, cluster: Cluster) -> None:
        from codec.cluster.dispatcher import Dispatcher

        patience_seconds = cluster.options.patience_seconds
        self._dispatcher = Dispatcher(cluster, _decode, receiver, patience_seconds=patience_seconds)
        self._picture_bytes = _MAX_BYTES_PER_SAMPLE_BYTE * receiver.frame_bytes
        self._changed = threading.Condition()
        self._begun: list[int] = []  # bytes of the segments in flight, in order
        self._is_closed = False

    def pictures(self, segment: SegmentRecord, places: frozenset[int], *, stops: bool) -> Iterator[Numbered]:
        """Begin to decode a segment, once there is room for its pictures, and give those that are wanted.

        Args:
            segment: the next one.
            places: of the pictures that are wanted.
            stops: nothing behind the last of them is decoded, not even to be checked.

        Raises:
            WorkerError: the scheduler or all workers are gone, or a segment has failed three times. Other errors are
                those of :func:`codec.decoder.segment.decode_segment`, before the first picture.
        """
        if not self._await_room(len(places) * self._picture_bytes):
            return iter(())  # nobody waits for these pictures any more
        return self._results(self._dispatcher.submit(_Task(segment, places, stops), segment.num_frames))

    def close(self) -> None:
        """Nobody waits for pictures any more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._dispatcher.close()

    def _await_room(self, num_bytes: int) -> bool:
        """Wait until a segment may be begun. Returns whether anybody wants it still."""
        with self._changed:
            while self._begun and not self._is_closed and not self._has_room(num_bytes):
                self._changed.wait()
            self._begun.append(num_bytes)
            return not self._is_closed

    def _has_room(self, num_bytes: int) -> bool:
        most = _SEGMENTS_A_THREAD * self._dispatcher.num_slots + 1
        return len(self._begun) < most and sum(self._begun) + num_bytes <= _FLIGHT_BYTES

    def _results(self, job: Job) -> Iterator[Numbered]:
        try:
            pictures: list[Numbered] = self._dispatcher.result(job)
            job.answer = None  # the pictures are freed one by one
            pictures.reverse()
            while pictures:
                place, picture = pictures.pop()
                yield place, Picture.of_planes([plane.copy() for plane in picture.planes()])  # they came read-only
        finally:
            with self._changed:
                self._begun.pop(0)
                self._changed.notify_all()


def _decode(receiver: Receiver, task: _Task) -> list[Numbered]:
    """In a worker: decode a segment, in one thread, since a worker has as many jobs at a time as threads."""
    return list(decode_segment(receiver, task.segment, task.places, stops=task.stops))
