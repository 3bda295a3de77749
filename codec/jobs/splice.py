"""From streams to a stream: a part of one, or several as one, without decoding."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from codec.errors import InputError, OutputError
from codec.files import PIPE, check_destination, pending_file
from codec.jobs.paths import check_distinct, open_stream
from codec.progress import Progress
from codec.splice_report import SpliceReport
from codec.splicing.cut import cut
from codec.splicing.join import Input, join
from codec.splicing.writing import Spliced
from codec.video.selection import Selection
from codec.video.sinks.declarations import extensions


def cut_file(
    source: str | Input,
    output_path: str,
    selection: Selection,
    *,
    exact: bool = False,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> SpliceReport:
    """Write the segments of a ``.gvc`` stream that hold a part of it.

    Args:
        source: the stream: the path of a file, or what can be opened.
        output_path: a ``.gvc`` file or ``-``.
        selection: adjacent frames.
        exact: refuse a part that does not begin and end at borders of segments.
        overwrite: replace an output that exists.
        progress: is told the segments done.

    Raises:
        InputError: the input cannot be opened, has none of the frames, or has no such borders.
        StreamError: the stream is damaged, truncated, foreign, or needs a newer version.
        OutputError: the stream cannot be written.
    """

    def work(output: BinaryIO) -> Spliced:
        with _opened(source).open() as stream:
            return cut(stream, output, selection, exact=exact, progress=progress)

    return _spliced("cut", [source], output_path, work, overwrite=overwrite)


def join_files(
    sources: Sequence[str | Input], output_path: str, *, overwrite: bool = False, progress: Progress | None = None
) -> SpliceReport:
    """Write several ``.gvc`` streams as one.

    Args:
        sources: the streams in order, two or more: paths of files, or what can be opened.
        output_path: a ``.gvc`` file or ``-``.
        overwrite: replace an output that exists.
        progress: is told the segments done.

    Raises:
        InputError: an input cannot be opened, or two differ in what a stream says once.
        StreamError: a stream is damaged, truncated, foreign, or needs a newer version.
        OutputError: the stream cannot be written.
    """
    inputs = [_opened(source) for source in sources]
    if len(inputs) < 2:
        raise InputError(
            f"expected two streams or more to join. Received: {', '.join(one.name for one in inputs) or 'none'}"
        )
    return _spliced(
        "joined", sources, output_path, lambda output: join(inputs, output, progress=progress), overwrite=overwrite
    )


def _opened(source: str | Input) -> Input:
    return Input(source, functools.partial(open_stream, source)) if isinstance(source, str) else source


def _spliced(
    event: str,
    sources: Sequence[str | Input],
    output_path: str,
    work: Callable[[BinaryIO], Spliced],
    *,
    overwrite: bool,
) -> SpliceReport:
    """Do work that writes a stream, which appears whole or not at all."""
    started = time.monotonic()
    if Path(output_path).suffix.lower() in extensions():
        raise OutputError(f"expected an output for a .gvc stream, such as out.gvc. Received: {output_path}")
    check_destination(output_path, overwrite=overwrite)
    for path in sources:
        if isinstance(path, str):
            _check_file(path)
            check_distinct(path, output_path)
    with pending_file(output_path, overwrite=overwrite) as pending:
        done = work(pending.stream)
    return SpliceReport(
        event=event,
        inputs=tuple(_opened(source).name for source in sources),
        output=output_path,
        frames=done.num_frames,
        segments=done.num_segments,
        first_frame=done.first_frame,
        total_bytes=done.num_bytes,
        seconds=round(time.monotonic() - started, 3),
        notes=done.notes,
    )


def _check_file(path: str) -> None:
    """Refuse what cannot be read twice, since borders and ends are looked up first."""
    if path == PIPE or (Path(path).exists() and not Path(path).is_file()):
        raise InputError(f"expected a .gvc file, since a pipe or a folder has no index to read first. Received: {path}")
