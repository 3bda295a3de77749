"""Packets to frames, with damage reported, and times that increase."""

from __future__ import annotations

from typing import Any

import av
from av.codec.context import ThreadType
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from codec.errors import InputError
from codec.video.info import VideoInfo


class FrameDecoder:
    """The decoder of one video stream.

    A frame that the decoder had to invent in part is an error, not a picture.

    Args:
        stream: of an open input, not yet decoded from.
        name: what to call the input in errors.
    """

    def __init__(self, stream: VideoStream, name: str) -> None:
        self._stream = stream
        self._name = name
        self._num_frames = 0
        self._num_packets = 0
        stream.thread_type = ThreadType.AUTO
        codec = stream.codec_context.codec
        self._is_intra = codec.intra_only or codec.canonical_name == "ffv1"
        if self._is_intra:
            # Other decoders mark a frame that they had to mend; these report damage only when told to be strict.
            stream.codec_context.options = {"err_detect": "explode"}

    def decode(self, packet: av.Packet[Any]) -> list[VideoFrame]:
        """The frames that come out when ``packet`` goes in; an empty packet without a time asks for all that are left.

        Raises:
            InputError: the packet, or a frame, is damaged.
        """
        if packet.is_corrupt:
            raise self._damaged(self._num_frames, "its packet is cut off or damaged")
        is_last = packet.size == 0 and packet.dts is None
        if packet.size == 0 and not is_last:
            return []  # AVI's way to show a frame for longer; to the decoder it would mean the end
        self._num_packets += not is_last and not packet.is_discard
        try:
            frames = self._stream.decode(packet)
        except av.FFmpegError as error:
            raise self._damaged(self._num_frames, error.strerror or str(error)) from error
        for offset, frame in enumerate(frames):
            if frame.is_corrupt:
                raise self._damaged(self._num_frames + offset, "parts of it are missing")
        self._num_frames += len(frames)
        # PyAV drops an error that comes up while the threads are emptied, and all frames behind it.
        if is_last and self._is_intra and self._num_frames < self._num_packets:
            raise self._damaged(self._num_frames, f"{self._num_packets} packets gave {self._num_frames} frames")
        return frames

    def _damaged(self, number: int, reason: str) -> InputError:
        return InputError(f"cannot decode frame {number} of {self._name}: {reason}")


class FrameClock:
    """Gives each frame a time later than that of the one before: the file's own where that holds."""

    def __init__(self, info: VideoInfo) -> None:
        self._step = max(1, round(1 / (info.frame_rate * info.time_base))) if info.frame_rate else 1
        self._next_pts = 0
        self._last_pts: int | None = None
        self.num_frames = 0
        self.num_repaired = 0

    def stamp(self, frame: VideoFrame) -> tuple[int, int | None]:
        """Time and duration of the next frame, in units of the stream's time base.

        A frame without a time follows the one before by its duration, or by the nominal frame rate.
        """
        duration = frame.duration if frame.duration > 0 else None
        pts = self._next_pts if frame.pts is None else frame.pts
        if self._last_pts is not None and pts <= self._last_pts:
            pts = self._last_pts + 1
            self.num_repaired += 1
        self._last_pts = pts
        self._next_pts = pts + (duration or self._step)
        self.num_frames += 1
        return pts, duration

    def count(self) -> tuple[int, int]:
        """Time and duration of the next frame in frames, for a stream whose own times do not count."""
        self.num_frames += 1
        return self.num_frames - 1, 1
