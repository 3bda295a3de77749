"""One file of all frames, y4m or raw: its samples are the raw frames, its rest is what stands between them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from enum import StrEnum
from typing import BinaryIO

from codec.errors import InputError
from codec.kept_files.keeping import with_changes
from codec.kept_files.restoring import changed
from codec.video.info import VideoInfo
from codec.video.picture import Picture
from codec.video.source import CHANGED_FRAME
from container_format.kept_files import KeptFileRecord

MAX_LINE_BYTES = 4096
_COPY_BYTES = 2**20


class FilesKind(StrEnum):
    """What the files of a video are. The names are those on disk."""

    IMAGES = "images"
    Y4M = "y4m"
    RAW = "raw"


USUAL_LINES = {FilesKind.Y4M: b"FRAME\n", FilesKind.RAW: b""}
"""What stands before a frame that has no record."""


class WholeFileReader:
    """Reads a file beside its source, and says what is to be kept of it.

    Args:
        stream: the file, at its start.
        kind: of file.
        info: of its video.
    """

    def __init__(self, stream: BinaryIO, kind: FilesKind, info: VideoInfo) -> None:
        self._stream = stream
        self._kind = kind
        self._info = info
        self._hash = hashlib.sha256()
        self._before = self._line() if kind is FilesKind.Y4M else b""

    def record(self, picture: Picture) -> KeptFileRecord | None:
        """What is kept before the next frame; None if all is as usual.

        Raises:
            InputError: the file has another frame.
        """
        line = self._line() if self._kind is FilesKind.Y4M else b""
        data = self._read(self._info.raw_frame_bytes)
        record = with_changes(KeptFileRecord(rest=self._before + line), self._info.pixel_format.pack(picture), data)
        if record is None:
            raise InputError(CHANGED_FRAME)
        is_usual = record == KeptFileRecord(rest=USUAL_LINES[self._kind])
        self._before = b""
        return None if is_usual else record

    def last(self) -> KeptFileRecord:
        """What is kept of the end."""
        rest = b"".join(self._blocks())
        return KeptFileRecord(rest=rest, sha256=self._hash.digest())

    def _blocks(self) -> Iterator[bytes]:
        while block := self._read(_COPY_BYTES):
            yield block

    def _line(self) -> bytes:
        line = self._stream.readline(MAX_LINE_BYTES)
        self._hash.update(line)
        return line

    def _read(self, num_bytes: int) -> bytes:
        data = self._stream.read(num_bytes)
        self._hash.update(data)
        return data


class WholeFileMaker:
    """Makes the bytes of a file again.

    Args:
        kind: of file.
        info: of its video.
    """

    def __init__(self, kind: FilesKind, info: VideoInfo) -> None:
        self._kind = kind
        self._info = info
        self._hash = hashlib.sha256()

    def frame(self, picture: Picture, record: KeptFileRecord | None) -> bytes:
        """The bytes before and of the next frame.

        Raises:
            StreamError: the record does not fit.
        """
        record = record or KeptFileRecord(rest=USUAL_LINES[self._kind])
        data = record.rest + changed(self._info.pixel_format.pack(picture), record)
        self._hash.update(data)
        return data

    def is_as_it_was(self, last: KeptFileRecord) -> bool:
        """Whether the file with this end, which is still to be written, is the source's."""
        self._hash.update(last.rest)
        return self._hash.digest() == last.sha256
