"""From a video that comes to a stream that goes, at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from codec.encoder.live.capture import Capture
from codec.encoder.live.encode import check_live, encode_live
from codec.encoder.live.options import LiveOptions
from codec.encoder.live.outputs import StreamOutput
from codec.encoder.modes import Mode
from codec.errors import InputError, OutputError
from codec.files import PendingFile, check_destination, output_error
from codec.jobs.paths import check_distinct
from codec.jobs.receivers import ReceiversOutput
from codec.live_report import LiveReport
from codec.progress import Progress
from codec.report import Job
from codec.transport import Address, connected, parse_address
from codec.video.sinks.declarations import extensions
from codec.video.sources.live import LiveSource, open_live
from codec.video.sources.options import SourceOptions


def encode_live_source(
    input_path: str,
    output_path: str,
    mode: Mode,
    options: LiveOptions,
    *,
    source_options: SourceOptions | None = None,
    overwrite: bool = False,
    on_start: Callable[[Capture], None] | None = None,
    on_notes: Callable[[tuple[str, ...]], None] | None = None,
    progress: Progress | None = None,
) -> LiveReport:
    """Encode a video while it comes.

    Args:
        input_path: ``-``, a pipe, a device, an URL that FFmpeg opens, or a file, which is played at its own speed.
        output_path: a file, ``-``, or an address of :mod:`codec.transport`.
        mode: with its options.
        options: of the live stream.
        source_options: what the input does not say.
        overwrite: replace an output that exists.
        on_start: is given the capture, whose ``stop`` ends the stream in good order.
        on_notes: is told what changes on the way.
        progress: is told the frames.

    Raises:
        InputError: the input cannot be opened, an option does not fit it, or it has ended with an error: then what came
            before was sent, and the output is whole.
        OutputError: the stream cannot be written.
    """
    address = parse_address(output_path, OutputError)
    if address is None:
        if Path(output_path).suffix.lower() in extensions():
            raise OutputError(f"expected an output for a .gvc stream, such as out.gvc. Received: {output_path}")
        check_destination(output_path, overwrite=overwrite)
        check_distinct(input_path, output_path)
    with closing(open_live(input_path, source_options or SourceOptions())) as source:
        check_live(mode, source.info)
        if on_notes is not None:
            on_notes(source.notes)
        sender = _Sending(source, mode, options, Job(input_path, output_path), on_start, on_notes, progress)
        try:
            report = sender.to_address(address) if address is not None else sender.to_file(output_path, overwrite)
        except OSError as error:
            raise output_error(output_path, error) from error
    if sender.error is not None:
        raise InputError(f"{sender.error}; the {report.frames} frames that came before were sent")
    return report


class _Sending:
    """A source and how it is sent, wherever that is."""

    def __init__(
        self,
        source: LiveSource,
        mode: Mode,
        options: LiveOptions,
        job: Job,
        on_start: Callable[[Capture], None] | None,
        on_notes: Callable[[tuple[str, ...]], None] | None,
        progress: Progress | None,
    ) -> None:
        self._source, self._mode, self._options, self._job = source, mode, options, job
        self._on_start, self._on_notes, self._progress = on_start, on_notes, progress
        self._capture: Capture | None = None

    @property
    def error(self) -> Exception | None:
        """Why the source has ended, if it has not just ended."""
        return None if self._capture is None else self._capture.error

    def to_file(self, path: str, overwrite: bool) -> LiveReport:
        pending = PendingFile(path, overwrite=overwrite)
        try:
            report = self._send(StreamOutput(pending.stream, self._options.repeat_seconds))
            pending.commit()
        except BaseException:
            pending.abort()
            raise
        return report

    def to_address(self, address: Address) -> LiveReport:
        if not address.listens:
            with connected(address, OutputError) as link, link.makefile("wb") as stream:
                return self._send(StreamOutput(stream, self._options.repeat_seconds))
        output = ReceiversOutput(address, self._on_notes)
        try:
            report = self._send(output)
        finally:
            output.close()
        return replace(report, receivers=output.num_receivers, missed_items=output.num_missed)

    def _send(self, output: StreamOutput | ReceiversOutput) -> LiveReport:
        return encode_live(
            self._source,
            output,
            self._mode,
            self._options,
            job=self._job,
            on_start=self._start,
            on_notes=self._on_notes,
            progress=self._progress,
        )

    def _start(self, capture: Capture) -> None:
        self._capture = capture
        if self._on_start is not None:
            self._on_start(capture)
