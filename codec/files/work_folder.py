"""A work folder: pieces of a long job that outlive the process, beside the output that they are for.

Each piece is a file that appears whole or not at all, with a checksum of its bytes. A power loss leaves what was kept
before, since each piece is synced to the disk before it gets its name, and its name after that. One run at a time has
the folder; the system gives it up when the run ends, however it ends.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from codec.errors import OutputError
from codec.files.claims import Claim, claimed_existing
from codec.files.pending import followed
from codec.files.renaming import sync_folder

WORK = ".work"
_MAGIC = b"\x89GVCWRK1"
_PIECE = re.compile(r"[a-z]+(-[0-9]{6,})?")
_UNFINISHED = ".new"


class WorkFolder:
    """The work folder of an output, which is made if it is not there; this process alone has it until :meth:`close`.

    Args:
        output: the output's path.

    Attributes:
        path: of the folder.

    Raises:
        OutputError: the folder cannot be made, is another run's at the moment, or has files that are none of gvc's.
    """

    def __init__(self, output: str) -> None:
        self.path = work_path(output)
        with self._reporting():
            if self.path.is_symlink():
                raise FileExistsError
            self.path.mkdir(exist_ok=True)
            sync_folder(self.path.parent)
            self._claim = _claimed(self.path)
            foreign = _foreign_names(self.path)
            if foreign:
                self.close()
                raise OutputError(
                    f"expected a folder of unfinished work at {self.path}. Received: one with {foreign[0]}, "
                    "which is none of gvc's; move it away"
                )
            for path in self.path.glob(f"*{_UNFINISHED}"):
                path.unlink()

    def names(self) -> list[str]:
        """The names of the pieces."""
        return sorted(path.name for path in self.path.iterdir() if _PIECE.fullmatch(path.name))

    def read(self, name: str) -> bytes | None:
        """A piece; None if it is not there, or if its checksum does not hold.

        Raises:
            OutputError: it cannot be read.
        """
        try:
            with (self.path / name).open("rb") as stream:
                head = stream.read(len(_MAGIC) + hashlib.sha256().digest_size)
                data = stream.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise OutputError(f"cannot read {self.path / name}: {error.strerror or error}") from error
        return data if head == _MAGIC + hashlib.sha256(data).digest() else None

    def write(self, name: str, data: bytes) -> None:
        """Keep a piece, in place of one of the same name. It is on the disk when this returns.

        Raises:
            OutputError: it cannot be written.
        """
        if not _PIECE.fullmatch(name):
            raise ValueError(f"expected the name of a piece. Received: {name}")
        unfinished = self.path / f"{name}{_UNFINISHED}"
        try:
            with self._reporting():
                with unfinished.open("wb") as stream:
                    stream.write(_MAGIC + hashlib.sha256(data).digest())
                    stream.write(data)
                    stream.flush()
                    os.fsync(stream.fileno())
                unfinished.replace(self.path / name)
                sync_folder(self.path)
        except OutputError:
            with contextlib.suppress(OSError):
                unfinished.unlink()
            raise

    def discard(self, name: str) -> None:
        """Remove a piece, if it is there.

        Raises:
            OutputError: it cannot be removed.
        """
        with self._reporting():
            (self.path / name).unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove the pieces and the folder, and give it up.

        Raises:
            OutputError: it cannot be removed.
        """
        with self._reporting():
            for name in self.names():
                (self.path / name).unlink()
            self.path.rmdir()
        self.close()

    def close(self) -> None:
        """Give the folder up, for the next run; may be called again."""
        self._claim.release()

    @contextlib.contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except FileExistsError as error:
            raise OutputError(
                f"expected a folder for unfinished work at {self.path}. Received: a file or a link"
            ) from error
        except OSError as error:
            raise OutputError(f"cannot write {self.path}: {error.strerror or error}") from error


def work_path(output: str) -> Path:
    """Where the work folder of an output is. It need not be there.

    Raises:
        OutputError: there is no such path.
    """
    try:
        target = followed(output)
    except OSError as error:
        raise OutputError(f"cannot write {output}: {error.strerror or error}") from error
    return target.with_name(target.name + WORK)


def _claimed(path: Path) -> Claim:
    claim = claimed_existing(path)
    if claim is None:
        raise OutputError(
            f"expected an output that no other run is writing. Received: one whose unfinished work, {path}, is in use"
        )
    return claim


def _foreign_names(path: Path) -> list[str]:
    """What in a folder is no piece."""
    names = sorted(entry.name for entry in path.iterdir())
    return [name for name in names if not _PIECE.fullmatch(name.removesuffix(_UNFINISHED))]
