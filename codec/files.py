"""Output that appears whole or not at all: a temporary neighbor, fsync, rename."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
import sys
from pathlib import Path
from typing import BinaryIO

from codec.errors import ClosedPipeError, OutputError

PIPE = "-"


def check_destination(path: str, *, overwrite: bool) -> None:
    """Fail early on an output that could not be written at the end.

    Raises:
        OutputError: the folder is missing, or the path exists and ``overwrite`` is off.
    """
    if path == PIPE:
        return
    target = Path(path)
    if not target.parent.is_dir():
        raise OutputError(f"expected an existing folder for the output. Received: {path} (no folder {target.parent})")
    if (target.is_file() or (target.is_dir() and any(target.iterdir()))) and not overwrite:
        raise OutputError(f"{path} exists. Give -y to replace it")


def output_error(path: str, error: OSError) -> OutputError:
    """The one line for an operating system's refusal to write."""
    if isinstance(error, BrokenPipeError):
        return ClosedPipeError(f"cannot write {path}: the program that reads this pipe has stopped")
    return OutputError(f"cannot write {path}: {error.strerror or error}")


def _neighbor(target: Path) -> Path:
    """A hidden name beside ``target`` that nobody has, no longer than names may be."""
    return target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")


class PendingFile:
    """A file that is written beside its name and gets it in :meth:`commit`.

    ``-`` is standard output; a device or a named pipe is written to directly, since neither can be renamed.

    Attributes:
        stream: where to write.
        working_path: the path that is being written to, for libraries that open it themselves; None for a pipe.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.working_path: Path | None = None
        self._final: Path | None = None
        self.stream: BinaryIO
        if path == PIPE:
            if sys.stdout is None:
                raise OutputError("expected an open standard output for -. Received: a closed one")
            self.stream = sys.stdout.buffer
            return
        target = Path(path)
        try:
            if target.exists() and not stat.S_ISREG(target.stat().st_mode):
                self.stream = target.open("wb")
                return
            self._final = target
            self.working_path = _neighbor(target)
            self.stream = self.working_path.open("wb")
        except OSError as error:
            raise output_error(path, error) from error

    def commit(self) -> None:
        """Make sure that the bytes are on the disk, and give the file its name.

        Raises:
            OutputError: the disk is full, or the name cannot be taken.
        """
        try:
            self.stream.flush()
            if self._final is None or self.working_path is None:
                if self.path != PIPE:
                    self.stream.close()
                return
            os.fsync(self.stream.fileno())
            self.stream.close()
            self.working_path.replace(self._final)
        except OSError as error:
            self.abort()
            raise output_error(self.path, error) from error
        self.working_path = None

    def abort(self) -> None:
        """Remove what was written. Never raises; harmless after :meth:`commit`."""
        if self.path == PIPE:
            return
        with contextlib.suppress(OSError, ValueError):
            self.stream.close()
        if self.working_path is not None:
            with contextlib.suppress(OSError):
                self.working_path.unlink()
            self.working_path = None


class PendingFolder:
    """A folder of files that gets its name in :meth:`commit`, as :class:`PendingFile` does for one file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._final = Path(path).resolve()
        self.working_path = _neighbor(self._final)
        try:
            self.working_path.mkdir()
        except OSError as error:
            raise output_error(path, error) from error

    def commit(self) -> None:
        """Give the folder its name, in place of one that was there before.

        Raises:
            OutputError: the name cannot be taken.
        """
        try:
            if self._final.is_dir():
                shutil.rmtree(self._final)
            self.working_path.replace(self._final)
        except OSError as error:
            self.abort()
            raise output_error(self.path, error) from error

    def abort(self) -> None:
        """Remove what was written. Never raises; harmless after :meth:`commit`."""
        shutil.rmtree(self.working_path, ignore_errors=True)
