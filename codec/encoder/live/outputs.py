"""Where a live stream goes: what the sender calls, and the simplest of it, one stream."""

from __future__ import annotations

import time
from typing import BinaryIO, Protocol

from codec.encoder.live.capture import Clock
from container_format import HeaderRecord, SegmentRecord, StreamWriter, UpdateRecord
from container_format.chunks import PackedChunk


class LiveOutput(Protocol):
    """Takes a live stream.

    Attributes:
        bytes_written: so far, or by the sender where there are several receivers.
        network_bytes: of these, those of networks, repetitions included.
    """

    bytes_written: int
    network_bytes: int

    def begin(self, header: HeaderRecord) -> None:
        """The stream begins.

        Raises:
            OSError, OutputError: it cannot be written.
        """

    def send(self, segment: SegmentRecord, packed: PackedChunk, update: UpdateRecord | None) -> None:
        """The next segment.

        Args:
            segment: the segment.
            packed: the same as bytes.
            update: the network that it names; None if it names none.

        Raises:
            OSError, OutputError: it cannot be written.
        """

    def finish(self) -> None:
        """The stream ends."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know."""


class StreamOutput:
    """One stream into a file, a pipe or a socket, which others may join.

    Args:
        stream: a binary file or pipe; left open.
        repeat_seconds: from one place where a reader may begin to the next.
        clock: seconds.
    """

    notes: tuple[str, ...] = ()

    def __init__(self, stream: BinaryIO, repeat_seconds: float, clock: Clock = time.monotonic) -> None:
        self._stream = stream
        self._repeat_seconds = repeat_seconds
        self._clock = clock
        self._repeated = clock()
        self._sent = 0
        self.bytes_written = 0
        self.network_bytes = 0

    def begin(self, header: HeaderRecord) -> None:
        """See :class:`LiveOutput`."""
        self._writer = StreamWriter(self._stream, header)
        self._count()

    def send(self, segment: SegmentRecord, packed: PackedChunk, update: UpdateRecord | None) -> None:
        """See :class:`LiveOutput`."""
        is_due = self._clock() - self._repeated >= self._repeat_seconds
        if is_due:
            self._repeated = self._clock()
            self._writer.write_join()
        if update is not None and (is_due or update.number != self._sent):
            self.network_bytes += self._writer.write_update(update)
            self._sent = update.number
        self._writer.write_segment(segment, packed)
        self._count()

    def finish(self) -> None:
        """See :class:`LiveOutput`."""
        self._writer.finish()
        self._count()

    def _count(self) -> None:
        self.bytes_written = self._writer.bytes_written
