"""From a video to a stream."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from codec.encoder.encode import check_mode, encode
from codec.encoder.modes import Mode
from codec.encoder.resume import KeptWork
from codec.errors import InputError, OutputError, StreamError
from codec.files import PIPE, check_destination, pending_file
from codec.jobs.kept_files import kept_files_of, with_kept_files
from codec.jobs.paths import check_distinct, file_bytes
from codec.jobs.resume import check_resumable, identity_of, notes_of_work, open_work
from codec.jobs.size_limit import LimitedOutput, check_projection, larger_than_input, limit_of, projected_gray_bytes
from codec.progress import Progress, Silent
from codec.report import EncodeReport, Job
from codec.video.info import VideoInfo
from codec.video.selection import EVERYTHING, Selection
from codec.video.sinks.declarations import extensions
from codec.video.source import Source
from codec.video.sources import SourceOptions, open_source
from codec.video.sources.limited import limited
from codec.video.sources.shared import OPTION as SHARED_PATH
from codec.video.sources.shared import SharedInput

if TYPE_CHECKING:
    from codec.cluster.connection import Cluster

_COMPRESSED = 0.5  # a file of fewer bytes than this share of its frames is compressed


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
    max_bytes: int | None = None,
    must_save: bool = False,
    workers: int = 1,
    resume: bool = False,
    cluster: Cluster | None = None,
    shared_path: bool = False,
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
        max_bytes: the most bytes that the stream may have.
        must_save: the stream must be smaller than the input, which is a file.
        workers: the most processes that code, and verify, segments; 1 works in this process.
        resume: keep unfinished work beside the output until that is whole, and go on from what an earlier run has kept.
        cluster: codes the segments in place of workers here; left open.
        shared_path: its machines read the input themselves, by the path that it has here.
        on_notes: is told, before the work begins, what of the input is not kept.
        progress: is told the stages.

    Raises:
        InputError: the video cannot be read, or an option does not fit it.
        TrainingError: a network could not be trained.
        OutputError: the stream cannot be written, became too large, or failed its verification.
        WorkerError: a worker process has died, or the cluster is gone.
    """
    progress = progress or Silent()
    if Path(output_path).suffix.lower() in extensions():
        raise OutputError(f"expected an output for a .gvc stream, such as out.gvc. Received: {output_path}")
    check_destination(output_path, overwrite=overwrite)
    check_distinct(input_path, output_path)
    if verify and (output_path == PIPE or (Path(output_path).exists() and not Path(output_path).is_file())):
        raise OutputError(f"expected a file for --verify, since a pipe cannot be read again. Received: {output_path}")
    if resume:
        check_resumable(input_path, output_path, mode)
    if shared_path and cluster is None:
        raise InputError(f"expected --cluster with {SHARED_PATH}, whose machines share it. Received: none")
    input_bytes = file_bytes(input_path)
    limit, limiting = limit_of(max_bytes, input_bytes, must_save=must_save)
    opened = open_source(input_path, source_options or SourceOptions())
    with contextlib.closing(opened):
        kept = kept_files_of(opened, mode, max_frames) if keep_files else None
        if keep_files and not selection.is_everything:
            raise InputError("expected --keep-files for whole inputs. Received: a part of one", option="--keep-files")
        source = limited(kept or opened, max_frames, selection)
        check_mode(mode, source.info)
        shared = None
        if shared_path and cluster is not None:
            from codec.encoder.on_cluster import check_shared

            shared = SharedInput.of(opened, input_path, source_options or SourceOptions(), max_frames, selection)
            check_shared(cluster, shared)
        num_frames = source.info.num_frames_from_header
        is_part = (max_frames is not None or not selection.is_everything) and (
            num_frames is None or num_frames != opened.info.num_frames_from_header
        )
        warnings = _warnings_of_size(
            source,
            mode,
            (f"a part of {input_path}" if is_part else input_path, output_path),
            _share_of(input_bytes, source.info, opened.info) if is_part else input_bytes,
            limit,
            limiting,
        )
        with contextlib.ExitStack() as resources:
            work, kept_work = None, None
            if resume:
                others = {"--frames": max_frames, "--source-md5": source_md5, "--keep-files": keep_files}
                identity = identity_of(opened, mode, source_options or SourceOptions(), selection, others)
                work = resources.enter_context(contextlib.closing(open_work(output_path, identity)))
                kept_work = KeptWork(work)
            if on_notes is not None:
                on_notes((*warnings, *source.notes, *notes_of_work(output_path, work)))
            with pending_file(output_path, overwrite=overwrite) as pending:
                report = encode(
                    source,
                    _limited_output(pending.stream, limit, limiting),
                    mode,
                    job=Job(input_path, output_path, None if is_part else input_bytes),
                    workers=workers,
                    source_md5=source_md5,
                    is_checked=True,
                    kept=kept_work,
                    cluster=cluster,
                    shared=shared,
                    progress=progress,
                )
                if kept is not None:
                    report = with_kept_files(report, kept.counts)
                if verify and pending.working_path is not None:
                    _verify(pending.working_path, report.frames, workers, progress)
            if work is not None:
                work.remove()
    return replace(
        report,
        resumed_segments=0 if kept_work is None else kept_work.num_taken,
        notes=(*warnings, *report.notes),
    )


def _limited_output(stream: BinaryIO, limit: int | None, limiting: str) -> BinaryIO:
    return stream if limit is None else cast("BinaryIO", LimitedOutput(stream, limit, limiting))


def _warnings_of_size(
    source: Source, mode: Mode, paths: tuple[str, str], input_bytes: int | None, limit: int | None, limiting: str
) -> tuple[str, ...]:
    """A line, if the stream will be larger than an input that is compressed already.

    Args:
        source: what is encoded, which may be a part of the input.
        mode: with its options.
        paths: what to call input and output.
        input_bytes: of the input, as far as it is encoded; None if that is not known.
        limit: the most bytes that the stream may have; None for any.
        limiting: the option that says so.

    Raises:
        InputError: the source cannot be read.
        OutputError: the stream will be far larger than it may be.
    """
    info = source.info
    num_frames = info.num_frames_from_header or 0
    is_compressed = input_bytes is not None and input_bytes < _COMPRESSED * num_frames * info.raw_frame_bytes
    if limit is None and not is_compressed:
        return ()
    projected_bytes = projected_gray_bytes(source, mode)
    check_projection(projected_bytes, limit, limiting)
    if input_bytes is None or projected_bytes is None or projected_bytes <= input_bytes or not is_compressed:
        return ()
    return (larger_than_input(*paths, input_bytes, projected_bytes),)


def _share_of(input_bytes: int | None, part: VideoInfo, whole: VideoInfo) -> int | None:
    """About how many bytes of an input a part of its frames takes; None if that is not known."""
    if input_bytes is None or not part.num_frames_from_header or not whole.num_frames_from_header:
        return None
    return round(input_bytes * part.num_frames_from_header / whole.num_frames_from_header)


def _verify(path: Path, num_frames: int, workers: int, progress: Progress) -> None:
    """Decode what was written, every checksum and every frame of it."""
    from codec.verification import VerifyOptions, verify  # the receiver, which other encodes do not load

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
