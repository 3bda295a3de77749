"""Whole jobs, from path to path: what the commands call, and what a Python program may call too.

An output appears whole or not at all, whatever goes wrong.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from codec.colorization import ColorizeOptions, colorize
from codec.decoder import DecodeOptions, decode
from codec.encoder import encode
from codec.encoder.plan import analyze
from codec.errors import InputError, OutputError
from codec.files import PIPE, PendingFile, check_destination, output_error
from codec.options import EncodeOptions
from codec.progress import Progress, Silent
from codec.references import check_new_folder, export_frames
from codec.report import ColorizeReport, DecodeReport, EncodeReport, Job
from codec.video.color import ColorConversion
from codec.video.info import CopyPacket, VideoInfo
from codec.video.picture import Frame
from codec.video.sink import Sink
from codec.video.sinks import SinkOptions, open_sink
from codec.video.sinks.options import KIND_OF_EXTENSION
from codec.video.sinks.still import StillSink
from codec.video.source import Source
from codec.video.sources import SourceOptions, open_source
from codec.video.sources.limited import LimitedSource
from container_format import StreamError
from container_format.records import COLOR_NONE


def encode_file(
    input_path: str,
    output_path: str,
    options: EncodeOptions,
    *,
    source_options: SourceOptions | None = None,
    max_frames: int | None = None,
    overwrite: bool = False,
    verify: bool = False,
    progress: Progress | None = None,
) -> EncodeReport:
    """Encode a video file, folder, pattern or ``-`` into a ``.gvc`` file or ``-``.

    Args:
        input_path: the video.
        output_path: the stream.
        options: the sender's choices.
        source_options: how to read the input, for raw video above all.
        max_frames: encode the first frames only.
        overwrite: replace an output that exists.
        verify: decode the finished file before it gets its name.
        progress: is told the stages.

    Raises:
        InputError, TrainingError, OutputError: see there.
    """
    progress = progress or Silent()
    if Path(output_path).suffix.lower() in KIND_OF_EXTENSION:
        raise OutputError(f"expected an output for a .gvc stream, such as out.gvc. Received: {output_path}")
    check_destination(output_path, overwrite=overwrite)
    _check_distinct(input_path, output_path)
    if verify and (output_path == PIPE or (Path(output_path).exists() and not Path(output_path).is_file())):
        raise OutputError(f"expected a file for --verify, since a pipe cannot be read again. Received: {output_path}")
    with contextlib.closing(_limited(open_source(input_path, source_options or SourceOptions()), max_frames)) as source:
        pending = PendingFile(output_path)
        try:
            report = encode(
                source,
                pending.stream,
                options,
                job=Job(input_path, output_path, _file_bytes(input_path)),
                progress=progress,
            )
            if verify and pending.working_path is not None:
                _verify(pending.working_path, report.frames, progress)
            pending.commit()
        except OSError as error:
            pending.abort()
            raise output_error(output_path, error) from error
        except BaseException:
            pending.abort()
            raise
    return report


def decode_file(
    input_path: str,
    output_path: str,
    options: DecodeOptions,
    *,
    sink_options: SinkOptions | None = None,
    progress: Progress | None = None,
) -> DecodeReport:
    """Decode a ``.gvc`` file or ``-`` into a video file, folder or ``-``.

    Args:
        input_path: the stream.
        output_path: the video; its kind follows from its name.
        options: gray only, recovery.
        sink_options: how to write the output.
        progress: is told the frames done.

    Raises:
        InputError: the input cannot be opened.
        StreamError, OutputError: see there.
    """
    wishes = sink_options or SinkOptions()
    check_destination(output_path, overwrite=wishes.overwrite)
    _check_distinct(input_path, output_path)

    with _open_stream(input_path) as stream:
        result = decode(stream, lambda info: open_sink(output_path, info, wishes), options, progress=progress)
    return DecodeReport(
        input=input_path,
        output=output_path,
        frames=result.num_frames,
        segments=result.num_segments,
        lost=result.lost,
        seconds=round(result.seconds, 3),
        notes=result.notes,
    )


def colorize_file(
    input_path: str,
    output_path: str,
    options: ColorizeOptions,
    *,
    source_options: SourceOptions | None = None,
    sink_options: SinkOptions | None = None,
    max_frames: int | None = None,
    progress: Progress | None = None,
) -> ColorizeReport:
    """Color a gray video or picture, or make one gray.

    Args:
        input_path: a video file, folder, pattern, picture or ``-``.
        output_path: a video file, folder or ``-``; for a picture also ``NAME.png``.
        options: which network, and how.
        source_options: how to read the input.
        sink_options: how to write the output.
        max_frames: the first frames only.
        progress: is told the stages.

    Raises:
        InputError, StreamError, TrainingError, OutputError: see there.
    """
    wishes = sink_options or SinkOptions()
    check_destination(output_path, overwrite=wishes.overwrite)
    _check_distinct(input_path, output_path)

    def open_output(info: VideoInfo) -> Sink:
        if Path(output_path).suffix.lower() == ".png" and not Path(output_path).is_dir():
            return StillSink(output_path, info)
        return open_sink(output_path, info, wishes)

    with contextlib.closing(_limited(open_source(input_path, source_options or SourceOptions()), max_frames)) as source:
        result = colorize(source, open_output, options, progress=progress)
    network = "stream" if options.is_stream else options.architecture
    return ColorizeReport(
        input=input_path,
        output=output_path,
        frames=result.num_frames,
        shots=result.num_shots,
        network=None if options.to_gray else network,
        seconds=round(result.seconds, 3),
        notes=result.notes,
    )


def export_keyframes(
    input_path: str,
    folder: str,
    *,
    every: int,
    source_options: SourceOptions | None = None,
    max_frames: int | None = None,
    progress: Progress | None = None,
) -> int:
    """Write the keyframes of a video as PNG files, to be colored by a person and given back as references.

    Args:
        input_path: as for :func:`colorize_file`.
        folder: is made; must not exist yet, or be empty.
        every: take every so-many-th frame of each cluster (papers 000 and 001: 30).
        source_options: how to read the input.
        max_frames: of the first frames only.
        progress: is told the stages.

    Returns:
        How many there are.

    Raises:
        InputError: the video cannot be read, or has no frames.
        OutputError: the folder cannot be made, or has something in it.
    """
    progress = progress or Silent()
    check_new_folder(folder)
    with contextlib.closing(_limited(open_source(input_path, source_options or SourceOptions()), max_frames)) as source:
        plan = analyze(
            source, ColorConversion.of(source.info), EncodeOptions(color=COLOR_NONE, keyframe_every=every), progress
        )
        export_frames(source, plan.keyframes.indices, folder, progress)
    return len(plan.keyframes.indices)


def _limited(source: Source, max_frames: int | None) -> Source:
    return source if max_frames is None else LimitedSource(source, max_frames)


class _Nowhere:
    """A sink that only counts."""

    notes: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.num_frames = 0

    def write(self, frame: Frame) -> None:  # noqa: ARG002
        self.num_frames += 1

    def write_packet(self, packet: CopyPacket) -> None:
        pass

    def close(self) -> None:
        pass

    def abort(self) -> None:
        pass


def _verify(path: Path, num_frames: int, progress: Progress) -> None:
    """Decode what was written, every checksum and every frame of it."""
    sink = _Nowhere()

    def open_nowhere(info: VideoInfo) -> _Nowhere:  # noqa: ARG001
        return sink

    try:
        with path.open("rb") as stream:
            decode(stream, open_nowhere, DecodeOptions(), progress=progress)
    except StreamError as error:
        raise OutputError(f"the encoded file failed its verification and was removed: {error}") from error
    if sink.num_frames != num_frames:
        raise OutputError(
            f"the encoded file failed its verification and was removed: expected {num_frames} frames. "
            f"Received: {sink.num_frames}"
        )


@contextlib.contextmanager
def _open_stream(path: str) -> Iterator[BinaryIO]:
    if path == PIPE:
        if sys.stdin is None:
            raise InputError("expected an open standard input for -. Received: a closed one")
        yield sys.stdin.buffer
        return
    try:
        stream = Path(path).open("rb")  # noqa: SIM115
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    with stream:
        yield stream


def _file_bytes(path: str) -> int | None:
    target = Path(path)
    return target.stat().st_size if path != PIPE and target.is_file() else None


def _check_distinct(input_path: str, output_path: str) -> None:
    if PIPE in (input_path, output_path):
        return
    with contextlib.suppress(OSError):
        if Path(input_path).samefile(output_path):
            raise OutputError(f"expected an output other than the input. Received: {output_path} for both")
