"""Temporary names, and locks that say whether the run that made them still lives.

A run holds a lock (``flock``) on each unfinished output. The system releases it when the run ends, however it ends. So
an output that nobody holds is left over from a run that was killed, and may be removed. Where the system or the file
system has no such locks, nothing is taken for left over.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

PART = ".part"
ASIDE = ".old"
_MAX_NAME_BYTES = 200  # file systems allow 255, and the temporary name is longer by 15
_REMOVE_ATTEMPTS = 3


class Claim:
    """A lock on an unfinished output of this process.

    Args:
        descriptor: an open file that holds the lock; None where there are no locks.
    """

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        """Give it up; may be called again."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def neighbor(target: Path, ending: str = PART) -> Path:
    """A new hidden path in the folder of ``target``. The name is cut to a length that file systems allow."""
    return target.with_name(f".{_stem(target)}.{secrets.token_hex(4)}{ending}")


def claimed_file(path: Path) -> tuple[BinaryIO, Claim] | None:
    """Make a file and claim it; None if another run has taken it for a left-over and removed it.

    Raises:
        OSError: it cannot be made.
    """
    stream = path.open("xb")
    claim = _claim(path)
    if claim is None:
        stream.close()
        return None
    return stream, claim


def claimed_folder(path: Path) -> Claim | None:
    """Make a folder and claim it; None if another run has taken it for a left-over and removed it.

    Raises:
        OSError: it cannot be made.
    """
    path.mkdir()
    return _claim(path)


def claimed_existing(path: Path) -> Claim | None:
    """Claim a file or a folder that is there; None if another run has it, or has removed it."""
    return _claim(path)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there. Never raises an error."""
    if not path.is_dir() or path.is_symlink():
        with contextlib.suppress(OSError):
            path.unlink()
        return
    for _ in range(_REMOVE_ATTEMPTS):  # another thread may still write into it
        shutil.rmtree(path, ignore_errors=True)
        if not path.exists():
            return


def settle_aside(aside: Path, target: Path) -> None:
    """End the replacement of a folder: remove the old one, or give it its name back if nothing took its place.

    Args:
        aside: the old folder.
        target: its name.
    """
    if os.path.lexists(target):
        remove(aside)
        return
    with contextlib.suppress(OSError):
        aside.rename(target)


def clear_leftovers(target: Path) -> None:
    """Remove what runs that were killed have left of an output. Never raises an error.

    Args:
        target: the output.
    """
    name = re.compile(re.escape(f".{_stem(target)}.") + f"[0-9a-f]{{8}}({re.escape(PART)}|{re.escape(ASIDE)})")
    try:
        found = [entry for entry in target.parent.iterdir() if name.fullmatch(entry.name)]
    except OSError:
        return
    for path in found:
        claim = _claim(path, only_if_locks=True)
        if claim is None:
            continue
        if path.suffix == ASIDE:
            settle_aside(path, target)
        else:
            remove(path)
        claim.release()


def _stem(target: Path) -> str:
    stem = target.name
    while len(os.fsencode(stem)) > _MAX_NAME_BYTES:
        stem = stem[:-1]
    return stem


def _claim(path: Path, *, only_if_locks: bool = False) -> Claim | None:
    """A lock on a path; None if somebody else has it or has removed the path, or if it is wanted and there are none."""
    if fcntl is None:
        return None if only_if_locks else Claim(None)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Between making and locking, another run may have removed it.
        if os.path.samestat(os.fstat(descriptor), path.stat()):
            return Claim(descriptor)
    except (BlockingIOError, FileNotFoundError):
        pass
    except OSError:
        if not only_if_locks:
            os.close(descriptor)
            return Claim(None)
    os.close(descriptor)
    return None
