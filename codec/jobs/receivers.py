"""A live stream for several receivers, each of which may come and go, and be slow."""

from __future__ import annotations

from collections.abc import Callable

from codec.errors import OutputError
from codec.transport import Address, FanOut, Item, listening
from codec.transport.sockets import remove_path
from container_format import EndRecord, HeaderRecord, SegmentRecord, UpdateRecord
from container_format.chunks import PackedChunk, minor_of, pack_chunk, pack_prelude
from container_format.writer import join_record

_DRAIN_SECONDS = 5.0


class ReceiversOutput:
    """See :class:`codec.encoder.live.outputs.LiveOutput`. A receiver begins with the last segment that was sent.

    Args:
        address: to listen on.
        on_notes: is told the port, where the system has chosen it.

    Raises:
        OutputError: the address cannot be used; found before the work.
    """

    notes: tuple[str, ...] = ()

    def __init__(self, address: Address, on_notes: Callable[[tuple[str, ...]], None] | None = None) -> None:
        listening(address, OutputError).close()
        remove_path(address)
        self._address = address
        self._on_notes = on_notes
        self._fan_out: FanOut | None = None
        self._update = 0
        self._num_segments = self._num_frames = 0
        self.num_receivers = self.num_missed = 0
        self.bytes_written = 0
        self.network_bytes = 0

    def begin(self, header: HeaderRecord) -> None:
        """See :class:`codec.encoder.live.outputs.LiveOutput`."""
        self._header = header
        head = pack_prelude(minor_of(header)) + pack_chunk(header)
        self._fan_out = FanOut(self._address, head)
        self.bytes_written += len(head)
        if self._address.port == 0 and self._on_notes is not None:
            self._on_notes((f"listening on port {self._fan_out.port}",))

    def send(self, segment: SegmentRecord, packed: PackedChunk, update: UpdateRecord | None) -> None:
        """See :class:`codec.encoder.live.outputs.LiveOutput`."""
        network = b"" if update is None else pack_chunk(update)
        is_new = update is not None and update.number != self._update
        self._update = 0 if update is None else update.number
        self._put(Item((network if is_new else b"") + packed.data, self._join() + (b"" if is_new else network)))
        self.network_bytes += len(network) if is_new else 0
        self._num_segments, self._num_frames = segment.index + 1, segment.first_frame + segment.num_frames

    def finish(self) -> None:
        """See :class:`codec.encoder.live.outputs.LiveOutput`."""
        end = EndRecord(num_segments=self._num_segments, num_frames=self._num_frames)
        self._put(Item(pack_chunk(end), self._join()))
        if self._fan_out is not None:
            self._fan_out.finish(_DRAIN_SECONDS)

    def close(self) -> None:
        """Let all receivers go."""
        if self._fan_out is not None:
            self._fan_out.abort()
            self.num_receivers, self.num_missed = self._fan_out.num_receivers, self._fan_out.num_missed

    def _join(self) -> bytes:
        return pack_chunk(join_record(self._header, self._num_segments, self._num_frames, 0, leaves_out=True))

    def _put(self, item: Item) -> None:
        self.bytes_written += len(item.data)
        if self._fan_out is not None:
            self._fan_out.send(item)
