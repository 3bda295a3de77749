"""Input that can be read only once: it is kept in a temporary file, because a codec makes several passes."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from codec.errors import InputError
from codec.video.info import CopyPacket, VideoInfo
from codec.video.picture import Frame
from codec.video.source import Source


class SpooledSource:
    """A source over a temporary copy of a stream, which is removed in :meth:`close` or when the program ends.

    Args:
        stream: what to read, to its end.
        name: what to call it in errors.
        open_file: opens the copy as a source.

    Raises:
        InputError: the stream cannot be read or kept, is empty, or is refused by ``open_file``.
    """

    def __init__(self, stream: BinaryIO, *, name: str, open_file: Callable[[Path], Source]) -> None:
        path = _spool(stream, name)
        self._remove = weakref.finalize(self, _unlink, path)
        try:
            if path.stat().st_size == 0:
                raise InputError(f"expected a video on {name}. Received: nothing")
            self._source = open_file(path)
        except BaseException:
            self._remove()
            raise

    @property
    def info(self) -> VideoInfo:
        """The description."""
        return self._source.info

    @property
    def notes(self) -> tuple[str, ...]:
        """What was assumed, and what cannot be kept."""
        return self._source.notes

    def frames(self) -> Iterator[Frame]:
        """All frames, from the first."""
        return self._source.frames()

    def read(self) -> Iterator[Frame | CopyPacket]:
        """All frames, and between them the packets to copy."""
        return self._source.read()

    def close(self) -> None:
        """Remove the temporary file."""
        self._source.close()
        self._remove()


def _spool(stream: BinaryIO, name: str) -> Path:
    path: Path | None = None
    try:
        # Not removed on close: PyAV opens the file by its name, once for each pass.
        with tempfile.NamedTemporaryFile(prefix="gvc-input-", delete=False) as file:
            path = Path(file.name)
            shutil.copyfileobj(stream, file, 1 << 20)
    except BaseException as error:
        if path is not None:
            _unlink(path)
        if isinstance(error, OSError):
            raise InputError(
                f"cannot keep {name} in a temporary file in {tempfile.gettempdir()}: {error.strerror}"
            ) from error
        raise
    return path


def _unlink(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
