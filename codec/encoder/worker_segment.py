"""A segment on its way to a worker process, and what the worker does with it.

The worker imports this module, and so nothing that it does not need.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codec.encoder.recipe import Recipe
from codec.encoder.segment import SegmentInput, encode_segment
from codec.encoder.tracks.color import ColorInput
from codec.video.picture import Frame, Picture
from codec.workers.arena import Arena, Placed, room_for
from codec.workers.worker import Channel


@dataclass(frozen=True)
class _PlacedFrame:
    """A frame whose planes lie in an arena."""

    planes: Placed
    pts: int
    duration: int | None


@dataclass(frozen=True)
class PlacedSegment:
    """A segment's input whose frames lie in an arena."""

    index: int
    first_frame: int
    color: ColorInput
    arena: int
    frames: tuple[_PlacedFrame, ...]


def placed(segment: SegmentInput, arena: Arena, number: int) -> PlacedSegment:
    """Put the frames of a segment into an arena.

    Args:
        segment: whose frames are read now.
        arena: in place of what was there.
        number: of the arena.
    """
    frames, offset = [], 0
    for frame in segment.frames:
        planes = frame.picture.planes()
        frames.append(_PlacedFrame(arena.write(offset, planes), frame.pts, frame.duration))
        offset += room_for(planes)
    return PlacedSegment(segment.index, segment.first_frame, segment.color, number, tuple(frames))


def encode_placed(recipe: Recipe, task: PlacedSegment, channel: Channel) -> None:
    """In a worker: code a segment, in two threads, so that the last segments of a video leave no core idle."""
    views = iter(channel.arenas[task.arena].views([frame.planes for frame in task.frames]))

    def frames() -> Iterator[Frame]:
        for frame in task.frames:
            yield Frame(Picture.of_planes(next(views)), frame.pts, frame.duration)
            channel.tell(None)

    segment = SegmentInput(task.index, task.first_frame, frames(), task.color)
    channel.send(encode_segment(recipe, segment, in_two_threads=True))
