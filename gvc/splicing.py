"""Streams cut and joined without coding anything again."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from codec.errors import InputError
from codec.progress import Progress
from codec.splice_report import SpliceReport
from gvc.files import Location, StreamFile, local_output, local_path

if TYPE_CHECKING:
    from codec.splicing.join import Input
    from codec.video.selection import Selection


def cut(
    source: Location,
    target: Location,
    selection: Selection,
    *,
    exact: bool = False,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> SpliceReport:
    """Write the segments that hold a part of a ``.gvc`` stream, with their networks and the sound of their time.

    Nothing is decoded, and segments outside of the part are not read.

    Args:
        source: the stream: a path, URL or binary file.
        target: the part: a path, or a URL or binary file, into which it is copied at the end.
        selection: the part: adjacent frames, or a span of time. It grows to borders of segments, and the report's
            ``first_frame``, ``frames`` and ``notes`` say to which.
        exact: refuse a part that does not begin and end at borders of segments.
        overwrite: replace a stream that exists.
        progress: is told the segments done.

    Raises:
        InputError: the stream cannot be opened, has none of the frames, or (``exact``) no such borders.
        StreamError: it is damaged, truncated, foreign, or needs a newer version.
        OutputError: the part cannot be written, or exists.
    """
    from codec.jobs.splice import cut_file

    with _input_of(source) as (given, name), local_output(target, overwrite=overwrite) as (output, output_name):
        report = cut_file(given, output, selection, exact=exact, overwrite=overwrite, progress=progress)
    return replace(report, inputs=(name,), output=output_name)


def join(
    sources: Sequence[Location], target: Location, *, overwrite: bool = False, progress: Progress | None = None
) -> SpliceReport:
    """Write the segments of several ``.gvc`` streams as one stream. Nothing is decoded.

    Args:
        sources: the streams in order, two or more: paths, URLs or binary files. They must agree in all that a stream
            says once, such as size, format, rate, mode and networks.
        target: the stream: a path, or a URL or binary file, into which it is copied at the end.
        overwrite: replace a stream that exists.
        progress: is told the segments done.

    Raises:
        InputError: there are fewer than two streams, one cannot be opened, or two differ; the message says in what.
        StreamError: one is damaged, truncated, foreign, or needs a newer version.
        OutputError: the stream cannot be written, or exists.
    """
    from codec.jobs.splice import join_files

    if isinstance(sources, (str, os.PathLike)):  # a text is a sequence, too
        raise InputError(f"expected a list of streams to join. Received: {os.fspath(sources)!r}")
    with contextlib.ExitStack() as opened:
        given = [opened.enter_context(_input_of(source)) for source in sources]
        output, output_name = opened.enter_context(local_output(target, overwrite=overwrite))
        report = join_files([one for one, _ in given], output, overwrite=overwrite, progress=progress)
    return replace(report, inputs=tuple(name for _, name in given), output=output_name)


@contextlib.contextmanager
def _input_of(source: Location) -> Iterator[tuple[str | Input, str]]:
    """What a job takes for a stream, and what to call it."""
    from codec.splicing.join import Input

    path = local_path(source)
    if path is not None:
        yield path, path
        return
    file = StreamFile.of(source)
    stream = file.open()  # what cannot seek is copied once, although a stream is read twice

    @contextlib.contextmanager
    def again() -> Iterator[BinaryIO]:
        yield stream

    try:
        yield Input(file.text, again), file.text
    finally:
        if stream is not file.file:
            stream.close()
