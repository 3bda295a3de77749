"""What a user can choose about an output, and which kinds of output there are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from codec.errors import InputError, OutputError
from codec.files import PIPE
from codec.video.info import FILES, VideoInfo
from codec.video.pixel_formats import ColorModel, PixelFormat, pixel_format
from codec.video.sinks.declarations import (
    RESTORED_FILES,
    SINKS,
    SinkDeclaration,
    extensions,
    kinds,
    sink_of_extension,
    sink_of_kind,
)


class ContainerKind(StrEnum):
    """Kinds of output that hold coded video and sound."""

    MP4 = "mp4"
    MKV = "mkv"
    MOV = "mov"
    WEBM = "webm"


@dataclass(frozen=True)
class SinkOptions:
    """A user's wishes about an output.

    Attributes:
        kind: a kind of :mod:`codec.video.sinks.declarations`, in place of the one that the path's extension says.
        pixel_format: FFmpeg's name of the format to write; None for the kind's own choice.
        codec: video codec of a container: ``h264``, ``h265``, ``vp9``, ``av1``, ``ffv1`` or ``x264rgb``.
        crf: the codec's constant quality; None for its default.
        preset: the codec's speed; None for its default.
        overwrite: replace an output that exists.
        gray_only: write the gray plane alone.
        restore_files: write the files that the video came from. A folder gets them anyway, where the stream has them
            and nothing else is wished.
    """

    kind: str | None = None
    pixel_format: str | None = None
    codec: str | None = None
    crf: float | None = None
    preset: str | None = None
    overwrite: bool = False
    gray_only: bool = False
    restore_files: bool = False

    @property
    def changes_pixels(self) -> bool:
        """Whether other samples than the source's are wished."""
        return self.gray_only or self.pixel_format is not None


def chosen_sink(path: str, info: VideoInfo, options: SinkOptions) -> SinkDeclaration:
    """The kind of output that a path and the options ask for.

    Raises:
        OutputError: neither says a kind that exists.
    """
    if options.restore_files and options.kind is not None:
        raise OutputError(f"expected no kind of output beside --restore-files. Received: {options.kind}")
    if options.restore_files:
        return RESTORED_FILES
    if options.kind is not None:
        named = sink_of_kind(options.kind)
        if named is None:
            raise OutputError(f"expected one of the kinds {', '.join(kinds())}. Received: {options.kind}")
        return named
    if path == PIPE:
        return _known("raw" if info.pixel_format.model is ColorModel.RGB else "y4m")
    if path.endswith("/") or Path(path).is_dir():
        if any(stream.kind == FILES for stream in info.copy_streams) and not options.changes_pixels:
            return RESTORED_FILES
        return next(sink for sink in SINKS if sink.is_folder)
    extension = Path(path).suffix.lower()
    if extension == ".png":
        raise OutputError(f"expected a folder for PNG files, such as frames/. Received: {path}")
    found = sink_of_extension(extension)
    if found is None:
        raise OutputError(
            f"expected an output that ends in {', '.join(extensions())}, or in / for a folder of PNG files. "
            f"Received: {path}"
        )
    return found


def _known(kind: str) -> SinkDeclaration:
    sink = sink_of_kind(kind)
    if sink is None:
        raise ValueError(f"expected a declared kind of output. Received: {kind}")
    return sink


def chosen_pixel_format(name: str) -> PixelFormat:
    """The pixel format that a user named for an output.

    Raises:
        OutputError: gvc does not write it.
    """
    try:
        return pixel_format(name)
    except InputError as error:
        raise OutputError(str(error)) from error


def refuse_codec_options(options: SinkOptions, sink: SinkDeclaration) -> None:
    """Refuse options about a codec for an output that has none.

    Raises:
        OutputError: a codec, quality or preset was given.
    """
    for name in ("codec", "crf", "preset"):
        value = getattr(options, name)
        if value is not None and not sink.has_codec:
            raise OutputError(
                f"{sink.kind} output is not compressed by a video codec. Received: --{name} {value}", option=f"--{name}"
            )
