"""What the commands do, as functions: encode, decode, info."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from codec.encoder.modes import Lossless, Mode
from codec.errors import InputError
from codec.progress import Progress
from codec.report import DecodeReport, EncodeReport
from gvc.cluster import Cluster, connected
from gvc.files import Location, StreamFile, check_path, local_input, local_output

if TYPE_CHECKING:
    from codec.video.selection import Selection
    from codec.video.sinks.options import SinkOptions
    from codec.video.sources.options import SourceOptions


def chosen_mode(mode: Mode | None) -> Mode:
    """A mode that was given, or the one without needs.

    Raises:
        InputError: it is none, such as a class or a name.
    """
    if mode is not None and not isinstance(mode, Mode):
        raise InputError(f"expected a mode, such as gvc.Lossless() or gvc.Coded(). Received: {mode!r}")
    return mode or Lossless()


def encode(
    source: Location,
    target: Location,
    mode: Mode | None = None,
    *,
    source_options: SourceOptions | None = None,
    max_frames: int | None = None,
    selection: Selection | None = None,
    overwrite: bool = False,
    verify: bool = False,
    source_md5: bool = False,
    keep_files: bool = False,
    max_bytes: int | None = None,
    must_save: bool = False,
    workers: int = 1,
    resume: bool = False,
    cluster: Cluster | str | None = None,
    shared_path: bool = False,
    progress: Progress | None = None,
) -> EncodeReport:
    """Encode a video into a ``.gvc`` stream, which appears whole or not at all.

    Args:
        source: a video file, a folder or pattern of images, raw video; or a URL or binary file, which is copied first.
        target: the stream: a path, or a URL or binary file, into which it is copied at the end.
        mode: one of the modes with its options; None for :class:`Lossless`, which needs no extra.
        source_options: how to read the source, for raw video above all.
        max_frames: encode the first frames only, of those that are selected.
        selection: encode these frames only; None for all.
        overwrite: replace a stream that exists.
        verify: decode the finished stream before it gets its name.
        source_md5: put the MD5 of the source's frames at the end of the stream.
        keep_files: keep what restores the source's files, byte for byte.
        max_bytes: the most bytes that the stream may have.
        must_save: the stream must be smaller than the source, which is a file.
        workers: the most processes that code segments; 1 codes in this process. The bytes are the same.
        resume: keep unfinished work in ``TARGET.work`` until the stream is whole, and go on from what an earlier call
            has kept. Source and target must be paths.
        cluster: codes the segments in place of workers here: a :class:`gvc.Cluster`, or the address of one for this
            call alone. The bytes are the same.
        shared_path: the cluster's machines read the source themselves, by the path that it has here.
        progress: is told the stages and how far they are.

    Raises:
        InputError: the video cannot be read, has no frame that is selected, or an option does not fit it.
        TrainingError: a network could not be trained.
        OutputError: the stream cannot be written, exists, became too large, or failed its verification.
        WorkerError: a worker process has died, or the cluster is gone.
    """
    from codec.jobs.encode import encode_file
    from codec.video.selection import EVERYTHING

    if resume:
        check_path(source, "source", "resume")
        check_path(target, "target", "resume")
    if shared_path:
        check_path(source, "source", "shared_path")
    mode = chosen_mode(mode)
    with (
        local_input(source) as (path, name),
        local_output(target, overwrite=overwrite) as (output, output_name),
        connected(cluster) as connection,
    ):
        report = encode_file(
            path,
            output,
            mode,
            source_options=source_options,
            max_frames=max_frames,
            selection=selection or EVERYTHING,
            overwrite=overwrite,
            verify=verify,
            source_md5=source_md5,
            keep_files=keep_files,
            max_bytes=max_bytes,
            must_save=must_save,
            workers=workers,
            resume=resume,
            cluster=connection,
            shared_path=shared_path,
            progress=progress,
        )
    return replace(report, input=name, output=output_name)


def decode(
    source: Location,
    target: Location,
    *,
    selection: Selection | None = None,
    gray: bool = False,
    recover: bool = False,
    verify: bool = True,
    vgg16: str | None = None,
    overwrite: bool = False,
    sink_options: SinkOptions | None = None,
    workers: int = 1,
    cluster: Cluster | str | None = None,
    progress: Progress | None = None,
) -> DecodeReport:
    """Decode a ``.gvc`` stream into a video file or a folder, which appears whole or not at all.

    Args:
        source: the stream: a path, URL or binary file.
        target: the video, whose kind follows from its name; a URL or a binary file gets it at the end. A binary file
            without a name needs ``sink_options`` with a kind.
        selection: write these frames only, and the sound and subtitles of their time; None for all.
        gray: write the gray alone; no network is loaded.
        recover: decode the intact segments of a damaged stream; the report says what was lost.
        verify: compare the decoded color with the sender's checksums.
        vgg16: where this machine has the weights of VGG16, ``imagenet`` or a path, for streams that ask for them.
        overwrite: replace an output that exists.
        sink_options: how to write the output.
        workers: the most processes that decode segments; 1 decodes in this process.
        cluster: decodes the segments in place of workers here: a :class:`gvc.Cluster`, or the address of one for this
            call alone.
        progress: is told the frames done.

    Raises:
        InputError: the stream cannot be opened, or has no frame that is selected.
        StreamError: it is damaged, truncated, foreign, or needs a newer version.
        OutputError: the video cannot be written, or exists.
        WorkerError: a worker process has died, or the cluster is gone.
    """
    from codec.decoder import DecodeOptions
    from codec.jobs.decode import decode_file
    from codec.video.selection import EVERYTHING
    from codec.video.sinks.options import SinkOptions

    wishes = sink_options or SinkOptions()
    wishes = replace(wishes, overwrite=overwrite or wishes.overwrite, gray_only=gray or wishes.gray_only)
    with (
        local_input(source) as (path, name),
        local_output(target, overwrite=overwrite) as (output, output_name),
        connected(cluster) as connection,
    ):
        report = decode_file(
            path,
            output,
            DecodeOptions(
                gray=wishes.gray_only,
                recover=recover,
                verify=verify,
                vgg16=vgg16,
                workers=workers,
                selection=selection or EVERYTHING,
            ),
            sink_options=wishes,
            cluster=connection,
            progress=progress,
        )
    return replace(report, input=name, output=output_name)


def info(source: Location) -> dict[str, Any]:
    """What is in a ``.gvc`` stream, as ``gvc-info --json`` prints it. Every checksum is compared; nothing is decoded.

    Args:
        source: the stream: a path, URL or binary file.

    Raises:
        InputError: it cannot be read.
        StreamError: it is damaged, truncated, foreign, or needs a newer version.
    """
    from codec.errors import InputError
    from container_format.describe import describe

    file = StreamFile.of(source)
    stream = file.open()
    try:
        return describe(stream)
    except OSError as error:
        raise InputError(f"cannot read {file.text}: {error.strerror or error}") from error
    finally:
        if stream is not file.file:
            stream.close()
