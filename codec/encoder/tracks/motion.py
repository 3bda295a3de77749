"""The motion of a segment, which predicted gray and predicted chroma share."""

from __future__ import annotations

from codec.lossless.known import I16Array
from codec.lossless.motion_code import MotionEncoder
from codec.lossless.motion_search import MotionSearch
from codec.video.picture import PlaneArray


class MotionSession:
    """Finds and codes the motion of one segment, from each gray plane to the next."""

    def __init__(self) -> None:
        self._search = MotionSearch()
        self._encoder = MotionEncoder()
        self._before: PlaneArray | None = None

    def add(self, luma: PlaneArray) -> I16Array | None:
        """The motion field of the next gray plane, (height, width) uint8; None for the first."""
        field = None
        if self._before is not None:
            field = self._search(luma, self._before)
            self._encoder.add(field)
        self._before = luma
        return field

    def finish(self) -> bytes:
        """The coded motion."""
        return self._encoder.finish()
