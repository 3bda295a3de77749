"""A sink for tests that look at decoded frames."""

from __future__ import annotations

from codec.video.info import CopyPacket, VideoInfo
from codec.video.picture import Frame


class KeptFrames:
    """A sink that keeps every frame.

    Attributes:
        info: of the video, once it was opened.
        frames: so far, also after an abort.
        was_aborted: the decoder gave up.
    """

    notes: tuple[str, ...] = ()
    info: VideoInfo

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.was_aborted = False

    def open(self, info: VideoInfo) -> KeptFrames:
        """As the decoder asks for a sink."""
        self.info = info
        return self

    def write(self, frame: Frame) -> None:
        self.frames.append(frame)

    def write_packet(self, packet: CopyPacket) -> None:
        """Nothing is asked of packets."""

    def close(self) -> None:
        """Nothing is open."""

    def abort(self) -> None:
        self.was_aborted = True
