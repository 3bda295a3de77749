"""Frames are taken when they come, in a thread of its own, into a queue that does not grow.

Where the queue is full, the frame that has waited longest is dropped, and counted: a camera does not wait, and what is
newest is wanted most.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from codec.errors import GvcError
from codec.video.picture import Frame
from codec.video.sources.live import LateFrame, LiveSource

Clock = Callable[[], float]


@dataclass(frozen=True)
class Arrived:
    """A frame and when it came, in seconds of the capture's clock."""

    frame: Frame
    seconds: float


class Capture:
    """Reads a live source to its end.

    Args:
        source: only the capture's thread reads it.
        most_waiting: frames in the queue, at most.
        max_frames: end after so many frames were taken; None for no end.
        clock: seconds.

    Attributes:
        every: take only each so-many-th frame; may be changed at any time.
        num_came: frames that the source has brought.
        num_dropped: of these, those for which the queue had no place.
        num_skipped: of these, those that :attr:`every` left out.
        error: why the source has ended; None if it just has.
    """

    def __init__(
        self, source: LiveSource, *, most_waiting: int, max_frames: int | None = None, clock: Clock = time.monotonic
    ) -> None:
        self._source = source
        self._most_waiting = most_waiting
        self._frames_left = max_frames
        self._clock = clock
        self._waiting: deque[tuple[LateFrame, float]] = deque()
        self._changed = threading.Condition()
        self._has_ended = False
        self.every = 1
        self.num_came = 0
        self.num_dropped = 0
        self.num_skipped = 0
        self.error: GvcError | None = None
        # A daemon: it may wait for a pipe that brings nothing any more.
        self._thread = threading.Thread(target=self._read, daemon=True)

    def start(self) -> None:
        """Begin to take frames."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more frames; those that wait may still be had. May be called from any thread."""
        with self._changed:
            self._has_ended = True
            self._changed.notify_all()
        self._source.close()

    @property
    def num_waiting(self) -> int:
        """Frames in the queue."""
        return len(self._waiting)

    def take(self, timeout_seconds: float | None = None) -> Arrived | None:
        """The next frame; None if there is none in this time, or none comes any more.

        Args:
            timeout_seconds: how long to wait; None for as long as it takes.
        """
        deadline = None if timeout_seconds is None else self._clock() + timeout_seconds
        with self._changed:
            while not self._waiting and not self._has_ended:
                left = None if deadline is None else deadline - self._clock()
                if left is not None and left <= 0:
                    return None
                self._changed.wait(left)
            if not self._waiting:
                return None
            late, seconds = self._waiting.popleft()
            if self._frames_left is not None:
                self._frames_left -= 1
                if self._frames_left <= 0:
                    self._waiting.clear()
                    self._has_ended = True
        return Arrived(late(), seconds)

    @property
    def is_over(self) -> bool:
        """Whether no frame comes any more, and none waits."""
        return self._has_ended and not self._waiting

    def _read(self) -> None:
        try:
            for number, late in enumerate(self._source.arrivals()):
                now = self._clock()
                if self._has_ended:
                    return
                self.num_came += 1
                if number % self.every:
                    self.num_skipped += 1
                else:
                    self._put(late, now)
        except GvcError as error:
            self.error = error
        except Exception as error:
            self.error = GvcError(f"the source ended: {error}")
        finally:
            with self._changed:
                self._has_ended = True
                self._changed.notify_all()

    def _put(self, late: LateFrame, seconds: float) -> None:
        with self._changed:
            if len(self._waiting) >= self._most_waiting:
                self._waiting.popleft()
                self.num_dropped += 1
            self._waiting.append((late, seconds))
            self._changed.notify_all()
