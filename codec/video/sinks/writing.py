"""What all sinks share while they write: errors as one line, and notes on what has no place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from codec.errors import OutputError
from codec.files import output_error
from codec.video.convert import PictureConverter
from codec.video.info import FILES, VideoInfo
from codec.video.picture import Picture


@contextmanager
def reporting_errors(path: str) -> Iterator[None]:
    """Turn whatever the operating system or FFmpeg says against a write into one :class:`OutputError`."""
    try:
        yield
    except OSError as error:
        raise output_error(path, error) from error
    except Exception as error:
        import av  # who writes without FFmpeg does not wait for it

        if not isinstance(error, av.FFmpegError | ValueError | OverflowError):
            raise
        raise OutputError(f"cannot write {path}: {' '.join(str(error).split())}") from error


def notes_of_bare_pictures(info: VideoInfo, kind: str) -> list[str]:
    """What is lost in an output that holds pictures and nothing else."""
    notes = []
    notes += notes_of_files(info)
    copied = [stream for stream in info.copy_streams if stream.kind != FILES]
    if copied:
        names = ", ".join(f"{stream.kind} ({stream.codec})" for stream in copied)
        notes.append(f"{kind} holds pictures only: {names} left out; an .mkv output keeps it")
    if info.chapters:
        notes.append(f"{kind} has no place for chapters: {len(info.chapters)} left out")
    if info.display_matrix is not None:
        notes.append(f"{kind} has no place for the display rotation: pictures are written as they are stored")
    return notes


def notes_of_files(info: VideoInfo) -> list[str]:
    """What an output leaves out of a stream that keeps the source's files."""
    if not any(stream.kind == FILES for stream in info.copy_streams):
        return []
    return ["the files that the video came from are not restored here: a folder with --restore-files gets them"]


class AlphaNote:
    """Notes that alpha was left out, once a picture comes that is not opaque.

    Args:
        converter: of the sink.
        kind: of output, for the note.
    """

    def __init__(self, converter: PictureConverter, kind: str) -> None:
        self._kind = kind
        self._peak = converter.peak
        self._watches = converter.loses_alpha
        self.notes: tuple[str, ...] = ()

    def see(self, picture: Picture) -> None:
        """Look at the next picture, as it comes."""
        if self._watches and picture.alpha is not None and picture.alpha.min() != self._peak:
            self._watches = False
            self.notes = (f"{self._kind} has no alpha: the alpha channel was left out; {_ALPHA_KEEPERS}",)


_ALPHA_KEEPERS = ".mkv with --codec ffv1, .mov with --codec prores, PNG and raw video keep it"
