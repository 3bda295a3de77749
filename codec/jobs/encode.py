"""From a video to a stream."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from codec.encoder.encode import encode
from codec.encoder.modes import Mode
from codec.errors import InputError, OutputError, StreamError
from codec.files import PIPE, PendingFile, check_destination, output_error
from codec.jobs.kept_files import kept_files_of, with_kept_files
from codec.jobs.paths import check_distinct, file_bytes
from codec.jobs.sources import limited
from codec.progress import Progress, Silent
from codec.report import EncodeReport, Job
from codec.verification import VerifyOptions, verify
from codec.video.selection import EVERYTHING, Selection
from codec.video.sinks.declarations import extensions
from codec.video.sources import SourceOptions, open_source


def encode_file(
    input_path: str,
    output_path: str,
    mode: Mode,
    *,
    source_options: SourceOptions | None = None,
    max_frames: int | None = None,
    selection: Selection = EVERYTHING,
    overwrite: bool = False,
    verify: bool = False,
    source_md5: bool = False,
    keep_files: bool = False,
    workers: int = 1,
    on_notes: Callable[[tuple[str, ...]], None] | None = None,
    progress: Progress | None = None,
) -> EncodeReport:
    """Encode a video file, folder, pattern or ``-`` into a ``.gvc`` file or ``-``.

    Args:
        input_path: the video.
        output_path: the stream.
        mode: the mode, with its options.
        source_options: how to read the input, for raw video above all.
        max_frames: encode the first frames only, of those that are selected.
        selection: encode these frames only.
        overwrite: replace an output that exists.
        verify: decode the finished file before it gets its name.
        source_md5: put the MD5 of the source's frames at the end of the stream.
        keep_files: keep what restores the input's files, byte for byte.
        workers: the most processes that code, and verify, segments; 1 works in this process.
        on_notes: is told, before the work begins, what of the input is not kept.
        progress: is told the stages.

    Raises:
        InputError: the video cannot be read, or an option does not fit it.
        TrainingError: a network could not be trained.
        OutputError: the stream cannot be written, or failed its verification.
        WorkerError: a worker process has died.
    """
    progress = progress or Silent()
    if Path(output_path).suffix.lower() in extensions():
        raise OutputError(f"expected an output for a .gvc stream, such as out.gvc. Received: {output_path}")
    check_destination(output_path, overwrite=overwrite)
    check_distinct(input_path, output_path)
    if verify and (output_path == PIPE or (Path(output_path).exists() and not Path(output_path).is_file())):
        raise OutputError(f"expected a file for --verify, since a pipe cannot be read again. Received: {output_path}")
    opened = open_source(input_path, source_options or SourceOptions())
    with contextlib.closing(opened):
        kept = kept_files_of(opened, mode, max_frames) if keep_files else None
        if keep_files and not selection.is_everything:
            raise InputError("expected --keep-files for whole inputs. Received: a part of one", option="--keep-files")
        source = limited(kept or opened, max_frames, selection)
        if on_notes is not None:
            on_notes(source.notes)
        pending = PendingFile(output_path, overwrite=overwrite)
        try:
            report = encode(
                source,
                pending.stream,
                mode,
                job=Job(input_path, output_path, file_bytes(input_path)),
                workers=workers,
                source_md5=source_md5,
                progress=progress,
            )
            if kept is not None:
                report = with_kept_files(report, kept.counts)
            if verify and pending.working_path is not None:
                _verify(pending.working_path, report.frames, workers, progress)
            pending.commit()
        except OSError as error:
            pending.abort()
            raise output_error(output_path, error) from error
        except BaseException:
            pending.abort()
            raise
    return report


def _verify(path: Path, num_frames: int, workers: int, progress: Progress) -> None:
    """Decode what was written, every checksum and every frame of it."""
    try:
        with path.open("rb") as stream:
            found = verify(stream, VerifyOptions(workers=workers), progress=progress)
    except StreamError as error:
        raise OutputError(f"the encoded file failed its verification and was removed: {error}") from error
    if found.num_frames != num_frames:
        raise OutputError(
            f"the encoded file failed its verification and was removed: expected {num_frames} frames. "
            f"Received: {found.num_frames}"
        )
