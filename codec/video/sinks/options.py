"""What a user can choose about an output, and which kinds of output there are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from codec.errors import OutputError
from codec.files import PIPE
from codec.video.info import VideoInfo
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel, PixelFormat


class SinkKind(Enum):
    """Every kind of output."""

    RAW = "raw"
    Y4M = "y4m"
    PNG = "png"
    MP4 = "mp4"
    MKV = "mkv"
    MOV = "mov"
    WEBM = "webm"


KIND_OF_EXTENSION: dict[str, SinkKind] = {
    ".mp4": SinkKind.MP4,
    ".m4v": SinkKind.MP4,
    ".mkv": SinkKind.MKV,
    ".mov": SinkKind.MOV,
    ".webm": SinkKind.WEBM,
    ".y4m": SinkKind.Y4M,
    ".raw": SinkKind.RAW,
    ".rgb": SinkKind.RAW,
    ".bgr": SinkKind.RAW,
    ".yuv": SinkKind.RAW,
    ".gray": SinkKind.RAW,
    ".y": SinkKind.RAW,
    ".nv12": SinkKind.RAW,
}


@dataclass(frozen=True)
class SinkOptions:
    """A user's wishes about an output.

    Attributes:
        kind: a value of :class:`SinkKind`, in place of the one that the path's extension says.
        pixel_format: FFmpeg's name of the format to write; None for the kind's own choice.
        codec: video codec of a container: ``h264``, ``h265``, ``vp9``, ``av1``, ``ffv1`` or ``x264rgb``.
        crf: the codec's constant quality; None for its default.
        preset: the codec's speed; None for its default.
        overwrite: replace an output that exists.
        gray_only: write the gray plane alone.
    """

    kind: str | None = None
    pixel_format: str | None = None
    codec: str | None = None
    crf: float | None = None
    preset: str | None = None
    overwrite: bool = False
    gray_only: bool = False


def sink_kind(path: str, info: VideoInfo, options: SinkOptions) -> SinkKind:
    """The kind of output that a path and the options ask for.

    Raises:
        OutputError: neither says a kind that exists.
    """
    if options.kind is not None:
        kinds = {kind.value: kind for kind in SinkKind}
        if options.kind not in kinds:
            raise OutputError(f"expected one of the kinds {', '.join(kinds)}. Received: {options.kind}")
        return kinds[options.kind]
    if path == PIPE:
        return SinkKind.RAW if info.pixel_format.model is ColorModel.RGB else SinkKind.Y4M
    if path.endswith("/") or Path(path).is_dir():
        return SinkKind.PNG
    extension = Path(path).suffix.lower()
    if extension == ".png":
        raise OutputError(f"expected a folder for PNG files, such as frames/. Received: {path}")
    if extension not in KIND_OF_EXTENSION:
        raise OutputError(
            f"expected an output that ends in {', '.join(KIND_OF_EXTENSION)}, or in / for a folder of PNG files. "
            f"Received: {path}"
        )
    return KIND_OF_EXTENSION[extension]


def chosen_pixel_format(name: str) -> PixelFormat:
    """The pixel format that a user named for an output.

    Raises:
        OutputError: gvc does not write it.
    """
    if name not in PIXEL_FORMATS:
        raise OutputError(f"expected one of the pixel formats {', '.join(PIXEL_FORMATS)}. Received: {name}")
    return PIXEL_FORMATS[name]


def refuse_codec_options(options: SinkOptions, kind: SinkKind) -> None:
    """Refuse options about a codec for an output that has none.

    Raises:
        OutputError: a codec, quality or preset was given.
    """
    for name in ("codec", "crf", "preset"):
        value = getattr(options, name)
        if value is not None:
            raise OutputError(f"{kind.value} output is not compressed by a video codec. Received: --{name} {value}")
