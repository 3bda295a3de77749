"""The videos that may be encoded: uploads, which lie in the work folder, and files of folders that were opened."""

from __future__ import annotations

import itertools
import os
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codec.errors import InputError

MAX_VIDEOS = 500
MAX_LISTED = 2000
"""Files of all folders that a page is shown."""
_UNSAFE = re.compile(r"[^\w.() +-]+")
_MAX_NAME = 120


@dataclass(frozen=True)
class Video:
    """A video.

    Attributes:
        number: its name in the page.
        label: the file's name.
        path: of the file.
        num_bytes: its size.
        is_upload: it is removed with its entry.
    """

    number: int
    label: str
    path: Path
    num_bytes: int
    is_upload: bool

    @property
    def stem(self) -> str:
        """Of the names of what is made from it."""
        return Path(self.label).stem or "video"

    def as_json(self) -> dict[str, Any]:
        """For the page."""
        return {"number": self.number, "label": self.label, "bytes": self.num_bytes, "is_upload": self.is_upload}


class Videos:
    """The videos of a studio. Threads may share it.

    Args:
        folder: for uploads.
        opened: folders whose files may be taken where they are.
    """

    def __init__(self, folder: Path, opened: Sequence[Path]) -> None:
        self._folder = folder
        self._opened = [path.resolve() for path in opened]
        self._videos: dict[int, Video] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def new_upload(self, name: str) -> tuple[int, Path]:
        """A number, and a path for the upload's file, in a new folder.

        Args:
            name: that the page gives; what is no part of a plain name is left out of it.

        Raises:
            InputError: there are too many videos.
        """
        with self._lock:
            if len(self._videos) >= MAX_VIDEOS:
                raise InputError(f"expected at most {MAX_VIDEOS} videos. Received: one more; remove some")
            number = next(self._numbers)
        folder = self._folder / str(number)
        folder.mkdir()
        return number, folder / safe_name(name)

    def add_upload(self, number: int, path: Path, num_bytes: int) -> Video:
        """An upload is complete."""
        return self._keep(Video(number, path.name, path, num_bytes, is_upload=True))

    def add_local(self, folder: int, name: str) -> Video:
        """A file of an opened folder.

        Args:
            folder: its place in the list.
            name: the file's path in it.

        Raises:
            InputError: it is no file in that folder.
        """
        refusal = InputError(f"expected a file in a folder of --folder. Received: {name[:200]!r}")
        if not 0 <= folder < len(self._opened) or "\0" in name:
            raise refusal
        root = self._opened[folder]
        path = (root / name).resolve()  # behind symbolic links
        if not path.is_relative_to(root) or not path.is_file():
            raise refusal
        with self._lock:
            number = next(self._numbers)
        return self._keep(Video(number, path.name, path, path.stat().st_size, is_upload=False))

    def local_files(self) -> list[dict[str, Any]]:
        """The files of the opened folders: ``folder`` and ``name`` for :meth:`add_local`. Hidden ones are left out."""
        found: list[dict[str, Any]] = []
        for index, root in enumerate(self._opened):
            for parent, folders, files in os.walk(root):
                folders[:] = sorted(name for name in folders if not name.startswith("."))
                for name in sorted(files):
                    if not name.startswith("."):
                        path = Path(parent, name).relative_to(root)
                        found.append({"folder": index, "root": root.name, "name": path.as_posix()})
                if len(found) >= MAX_LISTED:
                    return found[:MAX_LISTED]
        return found

    def get(self, number: object) -> Video:
        """A video by its number.

        Raises:
            InputError: there is none.
        """
        with self._lock:
            video = self._videos.get(number) if type(number) is int else None  # True is an int, too
        if video is None:
            raise InputError(f"expected a video of the list. Received: {str(number)[:20]}")
        return video

    def remove(self, number: int) -> None:
        """Forget a video; an upload's file is removed."""
        with self._lock:
            video = self._videos.pop(number, None)
        if video is not None and video.is_upload:
            video.path.unlink(missing_ok=True)
            video.path.parent.rmdir()

    def as_json(self) -> list[dict[str, Any]]:
        """For the page."""
        with self._lock:
            return [video.as_json() for video in self._videos.values()]

    def _keep(self, video: Video) -> Video:
        with self._lock:
            self._videos[video.number] = video
        return video


def safe_name(name: str) -> str:
    """The last part of a path as a name that every system takes, and no command for an option."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = _UNSAFE.sub("_", last).lstrip(".-_ ").rstrip(" .")
    stem, suffix = os.path.splitext(plain)  # noqa: PTH122 - a name, not a path
    return (stem[:_MAX_NAME] + suffix[:16]) or "video"
