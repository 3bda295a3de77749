"""An output by its name."""

from __future__ import annotations

import importlib
from typing import cast

from codec.errors import OutputError
from codec.extras import needing
from codec.files import check_destination
from codec.video.convert import gray_info
from codec.video.info import VideoInfo
from codec.video.sink import Sink
from codec.video.sinks.options import SinkOptions, chosen_sink, refuse_codec_options


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
    sink = chosen_sink(path, info, options)
    check_destination(path, overwrite=options.overwrite)
    refuse_codec_options(options, sink)
    with needing(sink.kind, sink.extra):
        module = importlib.import_module(sink.module)
    return cast(Sink, getattr(module, sink.attribute)(path, info, options, sink))
