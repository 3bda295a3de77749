"""Times of decoded frames: each later than the one before."""

from __future__ import annotations

import heapq

from av.video.frame import VideoFrame

from codec.video.info import VideoInfo

_GAP_STEPS = 1.5  # of the nominal rate; less is rounding
_FRAMES_OF_A_GAP = 100


class FrameClock:
    """Gives each frame a time later than that of the one before: the file's own where that holds.

    Args:
        info: of the video.
        is_stored_in_order: the file has no times but the order of its packets. The decoder takes frames out of that
            order; they then get the times of the packets so far, one after another.
    """

    def __init__(self, info: VideoInfo, *, is_stored_in_order: bool = False) -> None:
        self._of_packets: list[int] | None = [] if is_stored_in_order else None
        self._step = max(1, round(1 / (info.frame_rate * info.time_base))) if info.frame_rate else 1
        self._next_pts = 0
        self._last_pts: int | None = None
        self._gaps: list[tuple[int, int]] = []
        self.num_frames = 0
        self.num_repaired = 0

    @property
    def rare_gap(self) -> tuple[int, int] | None:
        """Number and time of the first frame behind a gap that no frame follows that stands alone.

        None where there is no gap, or where there are so many that the frames have no rate.
        """
        is_rare = 0 < len(self._gaps) <= max(1, self.num_frames // _FRAMES_OF_A_GAP)
        return self._gaps[0] if is_rare else None

    def take_packet(self, pts: int | None) -> None:
        """Note the time of a packet that a frame will come of."""
        if self._of_packets is not None and pts is not None:
            heapq.heappush(self._of_packets, pts)

    def stamp(self, frame: VideoFrame) -> tuple[int, int | None]:
        """Time and duration of the next frame, in units of the stream's time base.

        A frame without a time follows the one before by its duration, or by the nominal frame rate.
        """
        duration = frame.duration if frame.duration > 0 else None
        pts = self._next_pts if frame.pts is None else frame.pts
        if self._of_packets:
            pts = heapq.heappop(self._of_packets)
        if self._last_pts is not None and pts <= self._last_pts:
            pts = self._last_pts + 1
            self.num_repaired += 1
        if self._last_pts is not None and not frame.key_frame and pts - self._last_pts > _GAP_STEPS * self._step:
            self._gaps.append((self.num_frames, pts))
        self._last_pts = pts
        self._next_pts = pts + (duration or self._step)
        self.num_frames += 1
        return pts, duration

    def count(self) -> tuple[int, int]:
        """Time and duration of the next frame in frames, for a stream whose own times do not count."""
        self.num_frames += 1
        return self.num_frames - 1, 1
