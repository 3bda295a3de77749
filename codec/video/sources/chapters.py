"""The chapters of a container."""

from __future__ import annotations

from fractions import Fraction

import av.container

from codec.video.info import Chapter


def chapters_of(container: av.container.InputContainer) -> tuple[Chapter, ...]:
    """The chapters in order of their start."""
    chapters = [
        Chapter(chapter["start"], chapter["end"], chapter["time_base"] or Fraction(1), dict(chapter["metadata"]))
        for chapter in container.chapters()
    ]
    return tuple(sorted(chapters, key=lambda chapter: chapter.start * chapter.time_base))
