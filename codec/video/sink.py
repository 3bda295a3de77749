"""The one interface behind which every destination of frames stands."""

from __future__ import annotations

from typing import Protocol

from codec.video.info import CopyPacket
from codec.video.picture import Frame


class Sink(Protocol):
    """A destination for a video. It appears whole, when ``close`` returns, or not at all."""

    def write(self, frame: Frame) -> None:
        """Take the next frame, in display order.

        Raises:
            OutputError: it cannot be written.
        """

    def write_packet(self, packet: CopyPacket) -> None:
        """Take a packet of a stream to copy; ignored where the destination has no place for it."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What the destination cannot keep: one line each, for a person."""

    def close(self) -> None:
        """Finish, and give the output its name."""

    def abort(self) -> None:
        """Drop everything that was written. Never raises; harmless after ``close``."""
