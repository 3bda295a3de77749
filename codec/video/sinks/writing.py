"""What all sinks share while they write: errors as one line, and notes on what has no place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import av

from codec.errors import OutputError
from codec.files import output_error
from codec.video.info import VideoInfo


@contextmanager
def reporting_errors(path: str) -> Iterator[None]:
    """Turn whatever the operating system or FFmpeg says against a write into one :class:`OutputError`."""
    try:
        yield
    except OSError as error:
        raise output_error(path, error) from error
    except (av.FFmpegError, ValueError, OverflowError) as error:
        raise OutputError(f"cannot write {path}: {' '.join(str(error).split())}") from error


def notes_of_bare_pictures(info: VideoInfo, kind: str) -> list[str]:
    """What is lost in an output that holds pictures and nothing else."""
    notes = []
    if info.copy_streams:
        names = ", ".join(f"{stream.kind} ({stream.codec})" for stream in info.copy_streams)
        notes.append(f"{kind} holds pictures only: {names} left out; an .mkv output keeps it")
    if info.chapters:
        notes.append(f"{kind} has no place for chapters: {len(info.chapters)} left out")
    if info.display_matrix is not None:
        notes.append(f"{kind} has no place for the display rotation: pictures are written as they are stored")
    return notes
