"""Color for gray video from elsewhere, as a video or as a stream, and keyframes for a person to color."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from pathlib import Path

from codec.colorization import ColorizeOptions, colorize
from codec.colorization.sent import ColoredSource, check_sent, train_sent
from codec.encoder.encode import check_mode, encode
from codec.encoder.keyframe_training import DEFAULT_MAX_LOSS_DB
from codec.encoder.modes import Shared
from codec.encoder.modes.reference_model import ReferenceModel
from codec.encoder.survey import survey
from codec.files import check_destination, pending_file
from codec.jobs.paths import check_distinct, file_bytes
from codec.progress import Progress, Silent
from codec.references import check_new_folder, export_frames, read_references
from codec.report import ColorizeReport, EncodeReport, Job
from codec.video.color import ColorConversion
from codec.video.info import VideoInfo
from codec.video.sink import Sink
from codec.video.sinks.opening import open_sink
from codec.video.sinks.options import SinkOptions
from codec.video.sinks.still import StillSink
from codec.video.sources import SourceOptions, open_source
from codec.video.sources.limited import limited


def colorize_file(
    input_path: str,
    output_path: str,
    options: ColorizeOptions,
    *,
    source_options: SourceOptions | None = None,
    sink_options: SinkOptions | None = None,
    max_frames: int | None = None,
    on_notes: Callable[[tuple[str, ...]], None] | None = None,
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
        on_notes: is told, before the work begins, what is not kept.
        progress: is told the stages.

    Raises:
        InputError: the input cannot be read, or an option does not fit it.
        StreamError: the stream whose network is to be used is damaged.
        TrainingError: the network could not be trained.
        OutputError: the video cannot be written.
    """
    wishes = sink_options or SinkOptions()
    check_destination(output_path, overwrite=wishes.overwrite)
    check_distinct(input_path, output_path)

    def open_output(info: VideoInfo) -> Sink:
        if Path(output_path).suffix.lower() == ".png" and not Path(output_path).is_dir():
            return StillSink(output_path, info, overwrite=wishes.overwrite)
        sink = open_sink(output_path, info, wishes)
        if on_notes is not None:
            try:
                on_notes((*source.notes, *sink.notes))
            except BaseException:
                sink.abort()
                raise
        return sink

    with contextlib.closing(limited(open_source(input_path, source_options or SourceOptions()), max_frames)) as source:
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


def send_colored(
    input_path: str,
    output_path: str,
    options: ColorizeOptions,
    *,
    source_options: SourceOptions | None = None,
    max_frames: int | None = None,
    overwrite: bool = False,
    on_notes: Callable[[tuple[str, ...]], None] | None = None,
    progress: Progress | None = None,
) -> EncodeReport:
    """Send a gray video with its exact gray and a network that has learned its color from references.

    The network is trained as :func:`colorize_file` trains it. Then its weights are rounded to take few bytes.

    Args:
        input_path: a video file, folder, pattern, picture or ``-``.
        output_path: a ``.gvc`` file or ``-``.
        options: which network, and the references.
        source_options: how to read the input.
        max_frames: the first frames only.
        overwrite: replace an output that exists.
        on_notes: is told, before the work begins, what is not kept.
        progress: is told the stages.

    Raises:
        InputError: the input cannot be read, or a stream cannot carry what the options say.
        TrainingError: the network could not be trained.
        OutputError: the stream cannot be written.
    """
    check_sent(options)
    check_destination(output_path, overwrite=overwrite)
    check_distinct(input_path, output_path)
    read_references(options.references)  # what is missing is found before the video is read
    with contextlib.closing(limited(open_source(input_path, source_options or SourceOptions()), max_frames)) as source:
        colored = ColoredSource(source)
        mode = ReferenceModel(train=functools.partial(train_sent, source, options, DEFAULT_MAX_LOSS_DB))
        check_mode(mode, colored.info)
        if on_notes is not None:
            on_notes(colored.notes)
        job = Job(input_path, output_path, file_bytes(input_path) if max_frames is None else None)
        with pending_file(output_path, overwrite=overwrite) as pending:
            report = encode(colored, pending.stream, mode, job=job, is_checked=True, progress=progress)
    return report


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
    with contextlib.closing(limited(open_source(input_path, source_options or SourceOptions()), max_frames)) as source:
        found = survey(source, ColorConversion.of(source.info), Shared(), progress, keyframe_every=every)
        export_frames(source, found.keyframes.indices, folder, progress)
    return len(found.keyframes.indices)
