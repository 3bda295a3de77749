"""Cuts, as they are found in a stream of frames: a frame is known to begin a shot only some frames later."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from codec.keyframes.shots import REACH, CutDetector, change_score, frame_signature
from codec.video.info import CopyPacket
from codec.video.picture import Frame, PlaneArray


def with_cuts(items: Iterable[Frame | CopyPacket]) -> Iterator[tuple[Frame | CopyPacket, bool]]:
    """The same items in the same order, each with whether it is a frame that begins a shot.

    At most so many frames wait as :class:`codec.keyframes.CutDetector` looks ahead. Cuts are found in the gray.
    """
    detector = CutDetector()
    waiting: deque[tuple[int, Frame | CopyPacket]] = deque()  # with the number of frames before each
    starts = {0}
    num_frames = 0
    signature: PlaneArray | None = None
    for item in items:
        waiting.append((num_frames, item))
        if not isinstance(item, Frame):
            continue
        current = frame_signature(item.picture.luma)
        cut = detector.add(0.0 if signature is None else change_score(signature, current))
        signature = current
        num_frames += 1
        starts |= set() if cut is None else {cut}
        while waiting and waiting[0][0] < num_frames - REACH:
            yield _decided(*waiting.popleft(), starts)
    starts |= set(detector.finish())
    while waiting:
        yield _decided(*waiting.popleft(), starts)


def _decided(index: int, item: Frame | CopyPacket, starts: set[int]) -> tuple[Frame | CopyPacket, bool]:
    is_start = isinstance(item, Frame) and index in starts
    if is_start:
        starts.discard(index)  # numbers of cuts do not pile up
    return item, is_start
