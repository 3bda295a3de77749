"""A source that gives what restores its files, in packets before its frames."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from codec.errors import InputError
from codec.kept_files.keeping import Experience, is_whole, kept_record
from codec.kept_files.names import is_plain
from codec.kept_files.restoring import most_record_bytes
from codec.kept_files.whole_file import FilesKind, WholeFileReader
from codec.video.info import FILES, CopyPacket, CopyStream, VideoInfo
from codec.video.picture import Frame
from codec.video.source import Source, WrappedSource
from codec.video.sources.images import ImageSource
from codec.video.sources.raw import RawSource
from codec.video.sources.unchanged import UnchangedSource
from codec.video.sources.y4m import Y4mSource
from container_format.kept_files import (
    KEPT_FILES_VERSION,
    MAX_DICTIONARY_BYTES,
    KeptFileRecord,
    KeptFilesRecord,
    pack_kept,
)

_MOST_FIELD_BYTES = 2**20  # of a record without the bytes that depend on the file's size
_KINDS = {ImageSource: FilesKind.IMAGES, Y4mSource: FilesKind.Y4M, RawSource: FilesKind.RAW}


@dataclass
class KeptCounts:
    """What was kept, in the last reading.

    Attributes:
        files: that can be restored.
        file_bytes: of these files.
        record_bytes: what is kept of them beside their pictures, compressed.
        whole_files: of these, files that could not be made from their pictures and are kept as they are.
        whole_bytes: what is kept of these, compressed.
    """

    files: int = 0
    file_bytes: int = 0
    record_bytes: int = 0
    whole_files: int = 0
    whole_bytes: int = 0


class KeptFilesSource(WrappedSource):
    """Another source, with one more stream to copy: what restores its files.

    Args:
        source: images, a y4m file or raw video, as :func:`codec.video.sources.open_source` opened it.

    Attributes:
        counts: of what was kept; complete after a whole reading by :meth:`read`.

    Raises:
        InputError: the source is no sequence of images and no y4m or raw file, a name cannot be kept, or the first
            image cannot be read.
    """

    def __init__(self, source: Source) -> None:
        kind = _KINDS.get(type(source.inner)) if isinstance(source, UnchangedSource) else None
        if kind is None or not isinstance(source, UnchangedSource):
            raise InputError(
                "expected images, or a y4m or raw file that is no pipe, for --keep-files. Received: another input"
            )
        super().__init__(source)
        self._kind = kind
        self._files = source.files
        self.counts = KeptCounts()
        for file in self._files:
            _check_name(file)
        self._dictionary = b""
        name = ""
        if kind is FilesKind.IMAGES:
            self._dictionary = self._first_record()
        else:
            name = self._files[0].name
        info = source.info
        common = KeptFilesRecord(version=KEPT_FILES_VERSION, kind=kind.value, name=name, dictionary=self._dictionary)
        stream = CopyStream(FILES, kind.value, info.time_base, pack_kept(common))
        self._stream = len(info.copy_streams)
        self._info = replace(info, copy_streams=(*info.copy_streams, stream))

    @property
    def info(self) -> VideoInfo:
        """The description, with the stream of kept files."""
        return self._info

    def read(self) -> Iterator[Frame | CopyPacket]:
        """All frames, and before each what is kept of its file.

        Raises:
            InputError: also if a file cannot be read, or has too much beside its picture.
        """
        self.counts = KeptCounts()
        return self._read_images() if self._kind is FilesKind.IMAGES else self._read_whole_file()

    def _read_images(self) -> Iterator[Frame | CopyPacket]:
        experience = Experience()
        for number, item in enumerate(self.inner.frames()):
            file = self._files[number]
            data = _contents(file)
            record = kept_record(file.name, data, item.picture, self._info.pixel_format, experience)
            packet = self._packet(record, item.pts)
            self.counts.files += 1
            self.counts.file_bytes += len(data)
            if is_whole(record):
                self.counts.whole_files += 1
                self.counts.whole_bytes += len(packet.data)
            yield packet
            yield item

    def _read_whole_file(self) -> Iterator[Frame | CopyPacket]:
        (file,) = self._files
        try:
            stream = file.open("rb")
        except OSError as error:
            raise InputError(f"cannot read {file}: {error.strerror}") from error
        with closing(stream):
            reader = WholeFileReader(stream, self._kind, self._info)
            end = 0
            for item in self.inner.frames():
                record = reader.record(item.picture)
                if record is not None:
                    yield self._packet(record, item.pts)
                yield item
                end = item.pts + 1
            self.counts.files, self.counts.file_bytes = 1, stream.tell()
            yield self._packet(reader.last(), end)

    def _packet(self, record: KeptFileRecord, pts: int) -> CopyPacket:
        most = most_record_bytes(self._info.raw_frame_bytes) - _MOST_FIELD_BYTES
        if len(record.rest) + len(record.changed_values) * 5 > most:
            raise InputError(
                f"expected at most {most:,} bytes beside the picture of a file for --keep-files. "
                f"Received: {record.name or self._files[0].name}"
            )
        data = pack_kept(record, self._dictionary)
        self.counts.record_bytes += len(data)
        return CopyPacket(self._stream, pts, pts, 1, True, data)

    def _first_record(self) -> bytes:
        """The first file's record, which those of the others resemble; empty if it is large."""
        first = next(iter(self.inner.frames()), None)
        if first is None:
            return b""
        file = self._files[0]
        record = kept_record(file.name, _contents(file), first.picture, self.inner.info.pixel_format)
        content = record.rest + record.changed_places + record.changed_values
        return b"" if is_whole(record) or len(content) > MAX_DICTIONARY_BYTES else content


def _contents(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {file}: {error.strerror}") from error


def _check_name(file: Path) -> None:
    if not is_plain(file.name, on_windows=False):
        raise InputError(
            f"expected names of files in UTF-8, of at most 255 bytes, without control characters and backslashes, "
            f"for --keep-files. Received: {file.name!r}"
        )
