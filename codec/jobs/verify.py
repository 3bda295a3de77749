"""A stream, and the video that it was made from."""

from __future__ import annotations

from contextlib import ExitStack, closing

from codec.errors import MismatchError
from codec.jobs.paths import open_stream
from codec.progress import Progress
from codec.report import VerifyReport
from codec.verification import VerifyOptions, verify
from codec.video.source import Source
from codec.video.sources import SourceOptions, open_source
from codec.video.sources.limited import limited


def verify_file(
    input_path: str,
    source_path: str | None = None,
    options: VerifyOptions | None = None,
    *,
    source_options: SourceOptions | None = None,
    max_frames: int | None = None,
    progress: Progress | None = None,
) -> VerifyReport:
    """Verify a ``.gvc`` file or ``-``: every checksum, a full decode, and the source if it is given.

    Args:
        input_path: the stream.
        source_path: the video that it was made from; None if it is not there.
        options: hashes that are wanted, and worker processes.
        source_options: how to read the source.
        max_frames: the stream was made from the first frames only.
        progress: is told the frames done.

    Raises:
        InputError: the stream or the source cannot be opened or read.
        StreamError: the stream is damaged, truncated, foreign, or needs a newer version.
        MismatchError: the stream is whole, but is not what it was made from.
        WorkerError: a worker process has died.
    """
    with ExitStack() as resources:
        source: Source | None = None
        if source_path is not None:
            source = limited(open_source(source_path, source_options or SourceOptions()), max_frames)
            resources.enter_context(closing(source))
        stream = resources.enter_context(open_stream(input_path))
        try:
            found = verify(stream, options or VerifyOptions(), source=source, progress=progress)
        except MismatchError as error:
            raise error.with_message(f"{input_path} is not {source_path or 'its source'}: {error}") from None
        notes = () if source is None else source.notes
    measured = found.measured
    return VerifyReport(
        input=input_path,
        source=source_path,
        frames=found.num_frames,
        segments=found.num_segments,
        color=found.promise.color,
        luma_is_lossless=found.promise.luma_is_lossless,
        max_error=found.promise.max_error,
        psnr_luma_db=measured.psnr_luma_db if measured else None,
        psnr_chroma_db=measured.psnr_chroma_db if measured else None,
        md5=found.md5,
        source_md5=found.source_md5,
        source_md5_checked=found.is_source_md5_checked,
        seconds=round(found.seconds, 3),
        notes=notes,
    )
