"""Detection of cuts in a stream of frames. Whether a frame begins a shot is known only some frames later."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from codec.keyframes.shots import REACH, CutDetector, change_score, frame_signature
from codec.video.info import CopyPacket
from codec.video.picture import Frame, PlaneArray


def with_cuts(items: Iterable[Frame | CopyPacket]) -> Iterator[tuple[Frame | CopyPacket, bool]]:
    """Yield the same items in the same order, each with a flag that is True for a frame that begins a shot.

    Cuts are found in the gray. The number of frames held back is at most the look-ahead of
    :class:`codec.keyframes.CutDetector`.
    """
    detector = CutDetector()
    waiting: deque[tuple[int, Frame | CopyPacket]] = deque()  # each item with the number of frames before it
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
        starts.discard(index)  # keeps the set small
    return item, is_start
