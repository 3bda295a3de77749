"""Where decoded video goes: one class for each kind of output, all behind :class:`codec.video.sink.Sink`."""

from __future__ import annotations

from codec.errors import OutputError
from codec.files import check_destination
from codec.video.convert import gray_info
from codec.video.info import VideoInfo
from codec.video.sink import Sink
from codec.video.sinks.container import ContainerSink
from codec.video.sinks.images import ImagesSink
from codec.video.sinks.options import SinkKind, SinkOptions, sink_kind
from codec.video.sinks.raw import RawSink
from codec.video.sinks.y4m import Y4mSink

__all__ = ["SinkKind", "SinkOptions", "open_sink"]


def open_sink(path: str, info: VideoInfo, options: SinkOptions) -> Sink:
    """Open an output by its name; nothing of that name appears before it is closed.

    Args:
        path: a file whose extension says its kind, a folder for PNG files (``frames/``), or ``-`` for standard
            output: raw video for RGB and y4m otherwise, unless the options name a kind.
        info: the video that will be written.
        options: what the user chose.

    Raises:
        OutputError: the kind is unknown, an option does not fit it, or the output cannot be made.
    """
    if options.gray_only and options.pixel_format not in (None, "gray"):
        raise OutputError(f"expected no pixel format beside gray-only output. Received: {options.pixel_format}")
    if options.gray_only:
        info = gray_info(info)
    kind = sink_kind(path, info, options)
    check_destination(path, overwrite=options.overwrite)
    if kind is SinkKind.RAW:
        return RawSink(path, info, options)
    if kind is SinkKind.Y4M:
        return Y4mSink(path, info, options)
    if kind is SinkKind.PNG:
        return ImagesSink(path, info, options)
    return ContainerSink(path, info, options, kind)
