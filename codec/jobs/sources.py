"""Sources of jobs that read video."""

from __future__ import annotations

from codec.video.selection import EVERYTHING, Selection
from codec.video.source import Source
from codec.video.sources.limited import LimitedSource
from codec.video.sources.part import PartSource


def limited(source: Source, max_frames: int | None, selection: Selection = EVERYTHING) -> Source:
    """The source, or a part of it, or the first frames of that; None for all of them.

    Raises:
        InputError: the source has none of the frames that are selected, or cannot be read.
    """
    part = source if selection.is_everything else PartSource(source, selection)
    return part if max_frames is None else LimitedSource(part, max_frames)
