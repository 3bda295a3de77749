"""A source that notices when its files change while it is read.

A sender reads its source several times. What it has decided after one pass must hold for the next, or the stream would
be a mixture of two videos. So the size and the time of each file are taken when it is opened, and compared before and
after every frame of every pass.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from codec.errors import InputError
from codec.video.info import CopyPacket
from codec.video.picture import Frame
from codec.video.source import Source, WrappedSource, frames_from

_Item = TypeVar("_Item", bound=Frame | CopyPacket)
_State = tuple[int, int]
"""Size in bytes, and time of the last change in nanoseconds."""


def states_of(files: Sequence[Path]) -> list[_State]:
    """What is to be compared later; taken before the files are opened.

    Args:
        files: of the source: one, or one for each frame.

    Raises:
        OSError: a file cannot be found.
    """
    return [_state(file) for file in files]


class UnchangedSource(WrappedSource):
    """Another source, as long as its files stay as they are.

    Args:
        source: over the files.
        files: one, or one for each frame.
        states: of the files, from :func:`states_of`.
    """

    def __init__(self, source: Source, files: Sequence[Path], states: Sequence[_State]) -> None:
        super().__init__(source)
        self._files = files
        self._states = states

    @property
    def files(self) -> tuple[Path, ...]:
        """The files: one, or one for each frame."""
        return tuple(self._files)

    def frames(self) -> Iterator[Frame]:
        """See :class:`Source`.

        Raises:
            InputError: also if a file has changed.
        """
        return self._checked(self.inner.frames())

    def frames_from(self, first: int) -> Iterator[Frame]:
        """See :class:`codec.video.source.SeekableSource`.

        Raises:
            InputError: also if a file has changed.
        """
        return self._checked(frames_from(self.inner, first), first)

    def read(self) -> Iterator[Frame | CopyPacket]:
        """See :class:`Source`.

        Raises:
            InputError: also if a file has changed.
        """
        return self._checked(self.inner.read())

    def _checked(self, items: Iterator[_Item], number: int = 0) -> Generator[_Item, None, None]:
        self._check(number)
        try:
            for item in items:
                self._check(number)
                yield item
                number += isinstance(item, Frame)
        except InputError as error:
            self._check(number, error)  # a file that was cut is no damaged one
            raise
        self._check(number)

    def _check(self, number: int, cause: InputError | None = None) -> None:
        """Compare the file of a frame with what it was.

        Raises:
            InputError: it has changed.
        """
        index = min(number, len(self._files) - 1)
        file, before = self._files[index], self._states[index]
        try:
            now = _state(file)
        except OSError as error:
            raise InputError(f"{file} changed while it was read: {error.strerror or error}") from (cause or error)
        if now != before:
            what = f"from {before[0]:,} to {now[0]:,} bytes" if now[0] != before[0] else "without changing its size"
            raise InputError(f"{file} changed while it was read, {what}") from cause


def _state(file: Path) -> _State:
    status = file.stat()
    return status.st_size, status.st_mtime_ns
