"""A folder, or one file, that is filled with the files that a video came from."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from codec.errors import OutputError, StreamError
from codec.files import PIPE, PendingFile, PendingFolder
from codec.kept_files.names import is_plain
from codec.kept_files.restoring import most_record_bytes, restored
from codec.kept_files.whole_file import FilesKind, WholeFileMaker
from codec.video.info import FILES, CopyPacket, VideoInfo
from codec.video.picture import Frame
from codec.video.sinks.declarations import SinkDeclaration
from codec.video.sinks.options import SinkOptions
from codec.video.sinks.writing import reporting_errors
from container_format.kept_files import KeptFileRecord, KeptFilesRecord, unpack_kept

_MOST_COMMON_BYTES = 2**19


class RestoredFilesSink:
    """Writes the source's files, byte for byte; they appear when all are written.

    Args:
        path: a new or empty folder, ending in ``/`` or there already; or, for a source of one file, that file.
        info: of the video, with the stream of kept files.
        options: none but ``overwrite`` apply.
        sink: declaration; not used.

    Raises:
        OutputError: the stream keeps no files, an option does not fit, or the output cannot be made.
        StreamError: what is kept is damaged.
    """

    notes: tuple[str, ...] = ()

    def __init__(self, path: str, info: VideoInfo, options: SinkOptions, sink: SinkDeclaration) -> None:
        del sink
        _check_options(path, options)
        self._path = path
        self._info = info
        self._stream, common = _common_record(info)
        self._dictionary = common.dictionary
        self._waiting: dict[int, bytes] = {}
        self._names: set[str] = set()
        self._whole: WholeFileMaker | None = None
        self._end = 0
        if common.kind not in tuple(FilesKind):
            raise StreamError(f"the stream needs a newer gvc: unknown kind of kept files {common.kind!r:.60}")
        if common.kind != FilesKind.IMAGES:
            self._whole = WholeFileMaker(FilesKind(common.kind), info)
            _check_name(common.name)
        self._folder: PendingFolder | None = None
        self._file: PendingFile | None = None
        self._output: BinaryIO | None = None
        if _is_folder(path):
            self._folder = _new_folder(path, options)
            if self._whole is not None:
                try:
                    self._output = self._opened(common.name)
                except OutputError:
                    self._folder.abort()
                    raise
        else:
            self._file = PendingFile(path, overwrite=options.overwrite)
            self._output = self._file.stream

    def write_packet(self, packet: CopyPacket) -> None:
        """Take what restores a file, which comes before its frame."""
        if packet.stream == self._stream and packet.pts is not None:
            self._waiting[packet.pts] = packet.data

    def write(self, frame: Frame) -> None:
        """Write the frame's file, or its part of the one file.

        Raises:
            StreamError: nothing is kept for this frame, or it makes another file.
        """
        record = self._record(frame.pts)
        self._end = frame.pts + 1
        if self._whole is not None:
            self._append(self._whole.frame(frame.picture, record))
            return
        if record is None:
            raise StreamError(
                f"the stream lacks what restores the file of the frame at {frame.pts}; --format png writes its picture"
            )
        data = restored(record, frame.picture, self._info.pixel_format)
        _check_name(record.name)
        if record.name in self._names or (self._folder is None and self._names):
            raise self._too_many(record.name)
        self._names.add(record.name)
        if self._folder is None:
            self._append(data)
            return
        with self._opened(record.name) as stream, reporting_errors(self._path):
            stream.write(data)

    def close(self) -> None:
        """Give the folder or file its name.

        Raises:
            StreamError: the one file is not the source's.
        """
        if self._whole is not None:
            last = self._record(self._end)
            if last is None or not self._whole.is_as_it_was(last):
                raise StreamError("the file was not restored: its SHA-256 is not that of the source's file")
            self._append(last.rest)
        if self._file is not None:
            self._file.commit()
        elif self._folder is not None:
            if self._output is not None:
                with reporting_errors(self._path):
                    self._output.close()
            self._folder.commit()

    def abort(self) -> None:
        """Remove what was written."""
        if self._file is not None:
            self._file.abort()
        if self._folder is not None:
            if self._output is not None:
                self._output.close()
            self._folder.abort()

    def _record(self, pts: int) -> KeptFileRecord | None:
        data = self._waiting.pop(pts, None)
        if data is None:
            return None
        most = most_record_bytes(self._info.raw_frame_bytes)
        return unpack_kept(KeptFileRecord, data, self._dictionary, max_bytes=most)

    def _append(self, data: bytes) -> None:
        if self._output is not None:
            with reporting_errors(self._path):
                self._output.write(data)

    def _opened(self, name: str) -> BinaryIO:
        if self._folder is None:
            raise ValueError("expected a folder")
        with reporting_errors(self._path):
            return (self._folder.working_path / name).open("xb")

    def _too_many(self, name: str) -> OutputError | StreamError:
        if self._folder is None:
            return OutputError(f"expected a folder for the stream's files, such as scan/. Received: {self._path}")
        return StreamError(f"the stream has two files of the name {name!r}")


def _common_record(info: VideoInfo) -> tuple[int, KeptFilesRecord]:
    """The number of the stream of kept files, and what it says of all of them."""
    for number, stream in enumerate(info.copy_streams):
        if stream.kind == FILES:
            return number, unpack_kept(KeptFilesRecord, stream.extradata, max_bytes=_MOST_COMMON_BYTES)
    raise OutputError(
        "expected a stream that keeps the source's files, from gvc-encode --keep-files. Received: one without them",
        option="--restore-files",
    )


def _check_options(path: str, options: SinkOptions) -> None:
    if path == PIPE:
        raise OutputError("expected a folder or a file to restore files. Received: -")
    if options.gray_only or options.pixel_format is not None:
        given = "--gray" if options.gray_only else f"--pix-fmt {options.pixel_format}"
        raise OutputError(f"expected no other pixels than the stream's to restore files. Received: {given}")


def _is_folder(path: str) -> bool:
    return path.endswith("/") or Path(path).is_dir()


def _new_folder(path: str, options: SinkOptions) -> PendingFolder:
    """Refuse a folder with anything in it, whatever the options say: it may be that of the originals."""
    folder = Path(path)
    if folder.is_dir() and any(folder.iterdir()):
        raise OutputError(f"expected a new or empty folder to restore files. Received: {path}, which is not empty")
    return PendingFolder(path, overwrite=options.overwrite)


def _check_name(name: str) -> None:
    if not is_plain(name):
        raise StreamError(f"expected a plain name of a file, without folders. Received: {name!r:.80}")
