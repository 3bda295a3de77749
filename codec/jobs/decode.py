"""From a stream to a video."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from codec.decoder import DecodeOptions, decode
from codec.errors import OutputError
from codec.files import check_destination
from codec.jobs.paths import check_distinct, open_stream
from codec.progress import Progress
from codec.report import DecodeReport
from codec.video.info import VideoInfo
from codec.video.sink import Sink
from codec.video.sinks.opening import open_sink
from codec.video.sinks.options import SinkOptions

if TYPE_CHECKING:
    from codec.cluster.connection import Cluster


def decode_file(
    input_path: str,
    output_path: str,
    options: DecodeOptions,
    *,
    sink_options: SinkOptions | None = None,
    cluster: Cluster | None = None,
    on_notes: Callable[[tuple[str, ...]], None] | None = None,
    progress: Progress | None = None,
) -> DecodeReport:
    """Decode a ``.gvc`` file or ``-`` into a video file, folder or ``-``.

    Args:
        input_path: the stream.
        output_path: the video; its kind follows from its name.
        options: gray only, recovery, which frames.
        sink_options: how to write the output.
        cluster: decodes the segments in place of workers here; left open.
        on_notes: is told, before anything is decoded, what the output does not keep.
        progress: is told the frames done.

    Raises:
        InputError: the input cannot be opened, or has none of the frames that are selected.
        StreamError: the stream is damaged, truncated, foreign, or needs a newer version.
        OutputError: the video cannot be written.
        WorkerError: a worker process has died, or the cluster is gone.
    """
    wishes = sink_options or SinkOptions()
    if wishes.restore_files and not options.selection.is_everything:
        raise OutputError("expected the whole video with --restore-files. Received: a part of it")
    check_destination(output_path, overwrite=wishes.overwrite)
    check_distinct(input_path, output_path)

    def open_output(info: VideoInfo) -> Sink:
        sink = open_sink(output_path, info, wishes)
        if on_notes is not None:
            try:
                on_notes(sink.notes)
            except BaseException:
                sink.abort()
                raise
        return sink

    with open_stream(input_path) as stream:
        result = decode(stream, open_output, options, cluster=cluster, progress=progress)
    return DecodeReport(
        input=input_path,
        output=output_path,
        frames=result.num_frames,
        segments=result.num_segments,
        lost=result.lost,
        seconds=round(result.seconds, 3),
        notes=result.notes,
    )
