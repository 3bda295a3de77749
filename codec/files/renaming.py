"""Names for finished outputs, given in one step: a name that nobody has, or one that somebody has."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path

from codec.files.claims import ASIDE, neighbor, settle_aside
from codec.unfinished import add_removal, discard_removal

_TAKEN = (errno.EEXIST, errno.ENOTEMPTY)
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)
# Of Linux' <fcntl.h> and <linux/fs.h>.
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def name_new_file(path: Path, target: Path) -> None:
    """Give a file a name that no other has: of two runs that want it, one gets it.

    Raises:
        FileExistsError: there is such a name by now.
        OSError: it cannot be renamed.
    """
    if os.name == "nt":
        path.rename(target)  # which fails there if the name is taken
        return
    try:
        os.link(path, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # A file system without hard links: an empty file takes the name, and is replaced.
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        path.replace(target)
        return
    path.unlink()


def name_folder(path: Path, target: Path, *, overwrite: bool) -> None:
    """Give a folder its name. Whenever the run is killed, the name is that of the old folder or of the new one.

    On Linux the two folders change places in one step. Where that is not possible, the old one is renamed first. If the
    run is killed just then, the next run that writes the name gives it back (:func:`codec.files.claims.settle_aside`).

    Args:
        path: the folder.
        target: its name.
        overwrite: replace a folder of that name; an empty one is replaced in any case.

    Raises:
        FileExistsError: there is such a folder, and ``overwrite`` is off.
        OSError: it cannot be renamed.
    """
    try:
        path.rename(target)
        return
    except OSError as error:
        if error.errno not in _TAKEN:
            raise
        if not overwrite and not (os.name == "nt" and target.is_dir() and not any(target.iterdir())):
            raise FileExistsError(error.errno, os.strerror(error.errno)) from error
    if _exchange(path, target):
        return  # what is at `path` now is the old folder
    aside = neighbor(target, ASIDE)
    number = add_removal(lambda: settle_aside(aside, target))
    try:
        target.rename(aside)
        path.rename(target)
    finally:
        settle_aside(aside, target)
        discard_removal(number)


def sync_folder(folder: Path) -> None:
    """Have the system write the names in a folder to the disk, where it can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)


def _exchange(first: Path, second: Path) -> bool:
    """Let two paths change places in one step. Returns whether the system could."""
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    code: int = rename(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE)
    return code == 0
