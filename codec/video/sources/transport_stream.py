"""The packets of an MPEG transport stream (ITU-T H.222.0, 2.4.3), where FFmpeg says too little of them.

FFmpeg marks a picture as corrupt when the continuity counter steps behind it. Where two recordings were joined the
counter steps between two pictures, and no byte is missing. Inside a picture a step means that bytes were lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_SYNC = 0x47
_PACKET_BYTES = 188
# Bytes from one packet to the next, and before each packet: plain, with times (m2ts), with parity.
_SPACINGS = ((188, 0), (192, 4), (204, 0))
_PROBED_PACKETS = 3
# A parser may give the mark of a picture to the one before.
_MARKED_PICTURES = 2
_MAX_PICTURE_PACKETS = 1 << 18  # 48 MB


@dataclass(frozen=True)
class TransportStream:
    """Where the packets of a file lie.

    Attributes:
        path: of the file.
        spacing: bytes from one packet to the next.
        offset: of the first packet.
    """

    path: Path
    spacing: int
    offset: int

    @classmethod
    def of(cls, path: Path) -> TransportStream | None:
        """The packets of a file; None if it does not begin with some."""
        with path.open("rb") as stream:
            start = stream.read(max(spacing for spacing, _ in _SPACINGS) * _PROBED_PACKETS)
        for spacing, offset in _SPACINGS:
            syncs = start[offset::spacing][:_PROBED_PACKETS]
            if syncs and all(byte == _SYNC for byte in syncs):
                return cls(path, spacing, offset)
        return None

    @property
    def missing_bytes(self) -> int:
        """Bytes that the last packet lacks."""
        rest = (self.path.stat().st_size - self.offset) % self.spacing
        return self.spacing - rest if 0 < rest < _PACKET_BYTES else 0

    def is_whole(self, stream_id: int, position: int | None) -> bool:
        """Whether all bytes of a picture are there that FFmpeg calls corrupt, and only the counter steps behind it.

        Args:
            stream_id: the PID of its stream.
            position: of its first byte in the file; None if it is not known.
        """
        if position is None or position < 0:
            return False
        with self.path.open("rb") as stream:
            stream.seek(position - (position - self.offset) % self.spacing)
            return self._ends_with_a_step(stream, stream_id)

    def _ends_with_a_step(self, stream: BinaryIO, stream_id: int) -> bool:
        last: int | None = None
        num_starts = 0
        for _ in range(_MAX_PICTURE_PACKETS):
            packet = stream.read(self.spacing)[:_PACKET_BYTES]
            if len(packet) < _PACKET_BYTES or packet[0] != _SYNC:
                return False
            has_payload = bool(packet[3] & 0x10)
            if (packet[1] & 0x1F) << 8 | packet[2] != stream_id or not has_payload:
                continue
            if packet[1] & 0x80:
                return False  # a receiver has marked it as damaged
            counter, is_start = packet[3] & 15, bool(packet[1] & 0x40)
            is_next = last is None or counter in (last, (last + 1) & 15)  # a packet may be sent twice
            if not is_next:
                return is_start
            num_starts += is_start
            if num_starts > _MARKED_PICTURES:
                return False
            last = counter
        return False
