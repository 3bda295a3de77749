"""gvc: video as its exact gray and a small network for its color, or without any loss.

Encode, decode, cut and join whole files as the commands do, read any frame of a stream, write streams from arrays. All
of it is shown in ``docs/api.md``. What is not named here belongs to the packages behind it and may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codec.encoder.modes import Coded, Gop, GrayOnly, Guided, Lossless, Mode, Model, Shared
from codec.errors import (
    FrameError,
    GvcError,
    InputError,
    OutputError,
    StreamError,
    TrainingError,
    WorkerError,
)
from codec.progress import Progress
from codec.report import DecodeReport, EncodeReport
from codec.splice_report import SpliceReport
from codec.version import VERSION
from gvc.cluster import Cluster
from gvc.frame import Frame, Metadata
from gvc.jobs import decode, encode, info
from gvc.splicing import cut, join
from gvc.video import Video, open
from gvc.writer import Writer

if TYPE_CHECKING:  # imported when they are used: they bring NumPy along
    from codec.video.selection import Selection
    from codec.video.sinks.options import SinkOptions
    from codec.video.sources.options import SourceOptions

__all__ = [
    "Cluster",
    "Coded",
    "DecodeReport",
    "EncodeReport",
    "Frame",
    "FrameError",
    "Gop",
    "GrayOnly",
    "Guided",
    "GvcError",
    "InputError",
    "Lossless",
    "Metadata",
    "Mode",
    "Model",
    "OutputError",
    "Progress",
    "Selection",
    "Shared",
    "SinkOptions",
    "SourceOptions",
    "SpliceReport",
    "StreamError",
    "TrainingError",
    "Video",
    "WorkerError",
    "Writer",
    "__version__",
    "cut",
    "decode",
    "encode",
    "info",
    "join",
    "open",
]

__version__ = VERSION


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> Any:
    if name == "SourceOptions":
        from codec.video.sources.options import SourceOptions

        return SourceOptions
    if name == "Selection":
        from codec.video.selection import Selection

        return Selection
    if name == "SinkOptions":
        from codec.video.sinks.options import SinkOptions

        return SinkOptions
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
