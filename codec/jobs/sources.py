"""Sources of jobs that read video."""

from __future__ import annotations

from codec.video.source import Source
from codec.video.sources.limited import LimitedSource


def limited(source: Source, max_frames: int | None) -> Source:
    """The source, or its first frames; None for all of them."""
    return source if max_frames is None else LimitedSource(source, max_frames)
