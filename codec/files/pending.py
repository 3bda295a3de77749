"""Atomic output: written under a temporary name in the same folder, synced, and then renamed."""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar

from codec.errors import ClosedPipeError, OutputError
from codec.files.claims import Claim, claimed_file, claimed_folder, clear_leftovers, neighbor, remove
from codec.files.renaming import name_folder, name_new_file, sync_folder
from codec.unfinished import add_removal, discard_removal, settling

PIPE = "-"
OVERWRITE = "-y"
"""The option of commands that replaces an output; errors about an output that exists carry it."""

Made = TypeVar("Made")


def check_destination(path: str, *, overwrite: bool) -> None:
    """Check, before any work is done, that the output can be written.

    Raises:
        OutputError: the folder is missing, or the path exists and ``overwrite`` is off.
    """
    if path == PIPE:
        return
    with _reporting(path):
        target = followed(path)
        if not target.parent.is_dir():
            raise OutputError(
                f"expected an existing folder for the output. Received: {path} (no folder {target.parent})"
            )
        clear_leftovers(target)
        if (target.is_file() or (target.is_dir() and any(target.iterdir()))) and not overwrite:
            raise _exists(path)


def output_error(path: str, error: OSError) -> OutputError:
    """Make the error for an operating system's refusal to write ``path``. Its message is one line."""
    if isinstance(error, BrokenPipeError):
        return ClosedPipeError(f"cannot write {path}: the program that reads this pipe has stopped")
    return OutputError(f"cannot write {path}: {error.strerror or error}")


def _exists(path: str) -> OutputError:
    return OutputError(f"{path} exists. Give {OVERWRITE} to replace it", option=OVERWRITE)


@contextlib.contextmanager
def _reporting(path: str) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        raise _exists(path) from error
    except OSError as error:
        raise output_error(path, error) from error


def followed(path: str) -> Path:
    """The file or folder that a path means, behind all symbolic links.

    Raises:
        OSError: the links lead in a circle, or the path has a null byte.
    """
    if "\0" in path:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return target


def _made_beside(target: Path, make: Callable[[Path], Made | None]) -> tuple[Path, int, Made]:
    """Make something under a temporary name beside an output.

    Args:
        target: the output.
        make: makes and claims it; None if another run has removed it at once.

    Returns:
        Its path, the number of its removal, and what was made.

    Raises:
        OSError: it cannot be made.
    """
    while True:
        path = neighbor(target)
        # Registered first, so that it is removed if the process is told to end before the next line.
        number = add_removal(functools.partial(remove, path))
        try:
            made = make(path)
        except OSError:
            discard_removal(number)
            raise
        if made is not None:
            return path, number, made
        discard_removal(number)


class PendingFile:
    """A file that is written under a temporary name and gets its own name in :meth:`commit`.

    The path ``-`` is standard output. Devices and named pipes are written to directly, since they cannot be renamed.

    Args:
        path: of the file.
        overwrite: replace a file of that name. Otherwise :meth:`commit` fails if there is one by then.

    Attributes:
        stream: the open binary file to write to.
        working_path: the temporary path, for libraries that open the file themselves. None for standard output, devices
            and named pipes, and after :meth:`commit`.

    Raises:
        OutputError: the file cannot be opened, or standard output is closed.
    """

    def __init__(self, path: str, *, overwrite: bool) -> None:
        self.path = path
        self.working_path: Path | None = None
        self._overwrite = overwrite
        self._final: Path | None = None
        self._claim = Claim(None)
        self._number = -1
        self.stream: BinaryIO
        if path == PIPE:
            if sys.stdout is None:
                raise OutputError("expected an open standard output for -. Received: a closed one")
            self.stream = sys.stdout.buffer
            return
        try:
            target = followed(path)
            if target.exists() and not stat.S_ISREG(target.stat().st_mode):
                self.stream = Path(path).open("wb")  # noqa: SIM115
                return
            clear_leftovers(target)
            self.working_path, self._number, (self.stream, self._claim) = _made_beside(target, claimed_file)
            self._final = target
        except OSError as error:
            raise output_error(path, error) from error

    def show(self) -> None:
        """Let whoever reads a pipe have what was written so far; of a file nothing is seen before its end.

        Raises:
            OSError: it cannot be written.
        """
        if self.working_path is None:
            self.stream.flush()

    def commit(self) -> None:
        """Sync the file to the disk and give it its name.

        Raises:
            OutputError: the disk is full, the file cannot be renamed, or there is another of its name that shall not
                be replaced. The temporary file is then removed.
        """
        try:
            with _reporting(self.path):
                self._commit()
        except OutputError:
            self.abort()
            raise

    def _commit(self) -> None:
        self.stream.flush()
        if self._final is None or self.working_path is None:
            if self.path != PIPE:
                self.stream.close()
            return
        os.fsync(self.stream.fileno())
        self.stream.close()
        with settling():
            if self._overwrite:
                self.working_path.replace(self._final)
            else:
                name_new_file(self.working_path, self._final)
        sync_folder(self._final.parent)
        self.working_path = None
        self._forget()

    def abort(self) -> None:
        """Remove the temporary file. This method never raises an error, and does nothing after :meth:`commit`."""
        if self.path == PIPE:
            return
        with contextlib.suppress(OSError, ValueError):
            self.stream.close()
        if self.working_path is not None:
            remove(self.working_path)
            self.working_path = None
        self._forget()

    def _forget(self) -> None:
        self._claim.release()
        discard_removal(self._number)


@contextlib.contextmanager
def pending_file(path: str, *, overwrite: bool) -> Iterator[PendingFile]:
    """A :class:`PendingFile` that gets its name if the body succeeds, and is removed if not.

    Raises:
        OutputError: it cannot be written.
    """
    pending = PendingFile(path, overwrite=overwrite)
    try:
        yield pending
        pending.commit()
    except OSError as error:
        pending.abort()
        raise output_error(path, error) from error
    except BaseException:
        pending.abort()
        raise


class PendingFolder:
    """A folder that is written under a temporary name and gets its own name in :meth:`commit`.

    Args:
        path: of the folder.
        overwrite: replace a folder of that name. Otherwise :meth:`commit` fails if there is one by then with anything
            in it.

    Attributes:
        path: the path as given.
        working_path: the temporary folder to write files into.

    Raises:
        OutputError: the folder cannot be made.
    """

    def __init__(self, path: str, *, overwrite: bool) -> None:
        self.path = path
        self._overwrite = overwrite
        try:
            self._final = followed(path)
            clear_leftovers(self._final)
            self.working_path, self._number, self._claim = _made_beside(self._final, claimed_folder)
        except OSError as error:
            raise output_error(path, error) from error

    def commit(self) -> None:
        """Give the folder its name.

        Raises:
            OutputError: it cannot be renamed, or there is another of its name that shall not be replaced. The temporary
                folder is then removed.
        """
        try:
            with _reporting(self.path):
                with settling():
                    name_folder(self.working_path, self._final, overwrite=self._overwrite)
                sync_folder(self._final.parent)
        finally:
            self.abort()  # after an exchange, the folder of this name is the old one

    def abort(self) -> None:
        """Remove the temporary folder. This method never raises an error, and does nothing after :meth:`commit`."""
        remove(self.working_path)
        self._claim.release()
        discard_removal(self._number)
