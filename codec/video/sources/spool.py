"""Input that can be read only once: it is kept in a temporary file, because a codec makes several passes."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import IO, BinaryIO, cast

from codec.errors import InputError
from codec.unfinished import add_removal, discard_removal
from codec.video.source import Source, WrappedSource

_DESCRIPTORS = "/proc/self/fd"  # of Linux, where each opening is one of its own; elsewhere they share a place


class SpooledSource(WrappedSource):
    """A source over a temporary copy of a stream, which is gone after :meth:`close` or when the program ends.

    On Linux the copy has no name, so that it is gone however the program ends.

    Args:
        stream: what to read, to its end.
        name: what to call it in errors.
        open_file: opens the copy as a source.

    Raises:
        InputError: the stream cannot be read or kept, is empty, or is refused by ``open_file``.
    """

    def __init__(self, stream: BinaryIO, *, name: str, open_file: Callable[[Path], Source]) -> None:
        file = _spool(stream, name)
        self._remove = weakref.finalize(self, file.close)
        path = _path_of(file)
        try:
            if path.stat().st_size == 0:
                raise InputError(f"expected a video on {name}. Received: nothing")
            super().__init__(open_file(path))
        except BaseException:
            self._remove()
            raise

    def close(self) -> None:
        """Remove the temporary file."""
        super().close()
        self._remove()


def _spool(stream: BinaryIO, name: str) -> IO[bytes]:
    """A temporary file with all that a stream holds."""
    file: IO[bytes] | None = None
    try:
        file = _temporary_file()
        shutil.copyfileobj(stream, file, 1 << 20)
        file.flush()
    except BaseException as error:
        if file is not None:
            file.close()
        if isinstance(error, OSError):
            raise InputError(
                f"cannot keep {name} in a temporary file in {tempfile.gettempdir()}: {error.strerror}"
            ) from error
        raise
    return file


def _temporary_file() -> IO[bytes]:
    if Path(_DESCRIPTORS).is_dir():
        return tempfile.TemporaryFile()
    return _named_file()


def _named_file() -> IO[bytes]:
    """A file for systems where one without a name cannot be opened again."""
    file = tempfile.NamedTemporaryFile(prefix="gvc-input-")  # noqa: SIM115
    path = Path(file.name)
    number = add_removal(lambda: path.unlink(missing_ok=True))
    weakref.finalize(file, discard_removal, number)
    return cast(IO[bytes], file)


def _path_of(file: IO[bytes]) -> Path:
    """A path that PyAV can open, once for each pass. Behind it, every pass has a place of its own in the file."""
    return Path(file.name) if isinstance(file.name, str) else Path(_DESCRIPTORS) / str(file.fileno())
