"""Atomic output: a file is written under a temporary name in the same folder, synced, and then renamed."""

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
    """Check, before any work is done, that the output can be written.

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
    """Make the error for an operating system's refusal to write ``path``. Its message is one line."""
    if isinstance(error, BrokenPipeError):
        return ClosedPipeError(f"cannot write {path}: the program that reads this pipe has stopped")
    return OutputError(f"cannot write {path}: {error.strerror or error}")


def _neighbor(target: Path) -> Path:
    """A new hidden path in the folder of ``target``. The name is cut to a length that file systems allow."""
    return target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")


class PendingFile:
    """A file that is written under a temporary name and gets its own name in :meth:`commit`.

    The path ``-`` is standard output. Devices and named pipes are written to directly, since they cannot be renamed.

    Attributes:
        stream: the open binary file to write to.
        working_path: the temporary path, for libraries that open the file themselves. None for standard output, devices
            and named pipes, and after :meth:`commit`.

    Raises:
        OutputError: the file cannot be opened, or standard output is closed.
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
        """Sync the file to the disk and give it its name.

        Raises:
            OutputError: the disk is full, or the file cannot be renamed. The temporary file is then removed.
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
        """Remove the temporary file. This method never raises an error, and does nothing after :meth:`commit`."""
        if self.path == PIPE:
            return
        with contextlib.suppress(OSError, ValueError):
            self.stream.close()
        if self.working_path is not None:
            with contextlib.suppress(OSError):
                self.working_path.unlink()
            self.working_path = None


class PendingFolder:
    """A folder that is written under a temporary name and gets its own name in :meth:`commit`.

    Attributes:
        path: the path as given.
        working_path: the temporary folder to write files into.

    Raises:
        OutputError: the folder cannot be made.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._final = Path(path).resolve()
        self.working_path = _neighbor(self._final)
        try:
            self.working_path.mkdir()
        except OSError as error:
            raise output_error(path, error) from error

    def commit(self) -> None:
        """Give the folder its name. An existing folder of that name is replaced.

        Raises:
            OutputError: the old folder cannot be removed, or the new one cannot be renamed. The temporary folder is
                then removed.
        """
        try:
            if self._final.is_dir():
                shutil.rmtree(self._final)
            self.working_path.replace(self._final)
        except OSError as error:
            self.abort()
            raise output_error(self.path, error) from error

    def abort(self) -> None:
        """Remove the temporary folder. This method never raises an error, and does nothing after :meth:`commit`."""
        shutil.rmtree(self.working_path, ignore_errors=True)
