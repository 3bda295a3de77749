"""Everything that yields frames, behind :func:`open_source`.

The kind of an input is chosen by what it is (a folder, a pattern, the first bytes), and by its extension only where
the bytes cannot tell: raw video and still images.
"""

from __future__ import annotations

import stat
import sys
from functools import partial
from pathlib import Path
from typing import BinaryIO

from codec.errors import InputError
from codec.files import PIPE
from codec.video.geometry import RAW_EXTENSIONS
from codec.video.source import Source
from codec.video.sources.container import ContainerSource
from codec.video.sources.images import IMAGE_EXTENSIONS, ImageList, ImageSource, find_images, is_pattern
from codec.video.sources.options import SourceKind, SourceOptions
from codec.video.sources.raw import RawSource
from codec.video.sources.spool import SpooledSource
from codec.video.sources.unchanged import UnchangedSource, states_of
from codec.video.sources.y4m import Y4M_MAGIC, Y4mSource

__all__ = ["SourceKind", "SourceOptions", "open_source"]

_NO_OPTIONS = SourceOptions()
_GVC_START = b"\x89GVC\r\n"
"""Of a stream's first bytes, as many as are read."""


def open_source(path: str, options: SourceOptions = _NO_OPTIONS) -> Source:
    """Open a video.

    Args:
        path: a file, a folder or pattern of images, or ``-`` for standard input.
        options: what the input itself does not say.

    Raises:
        InputError: the input is missing, unreadable, empty or no video; gvc does not handle its format; or an option
            does not apply to it.
    """
    kind = _forced_kind(options)
    try:
        if path == PIPE:
            if sys.stdin is None:
                raise InputError("expected an open standard input for -. Received: a closed one")
            return _spooled(sys.stdin.buffer, "standard input", options, kind)
        if not path:
            raise InputError("expected a video file. Received: an empty name")
        file = Path(path)
        if file.is_dir() or (not file.exists() and is_pattern(path)):
            if kind not in (None, SourceKind.IMAGES):
                raise InputError(f"expected one file to be read as {kind}. Received: {path}")
            _check_options(path, options, SourceKind.IMAGES)
            images = find_images(path)
            states = states_of(images.paths)
            source = ImageSource(images, frame_rate=options.frame_rate, name=path)
            return UnchangedSource(source, images.paths, states)
        mode = file.stat().st_mode
        if not stat.S_ISREG(mode):
            with file.open("rb") as stream:
                return _spooled(stream, path, options, kind)
        states = states_of([file])
        return UnchangedSource(_open_file(file, options, kind or _kind_of_file(file, path), name=path), [file], states)
    except FileNotFoundError as error:
        raise InputError(f"expected a video file. Received: {path}, which does not exist") from error
    except (OSError, ValueError) as error:
        # A name with a null byte is a ValueError.
        raise InputError(f"cannot read {path!r}: {getattr(error, 'strerror', None) or error}") from error


def _forced_kind(options: SourceOptions) -> SourceKind | None:
    if options.kind is None:
        return None
    try:
        return SourceKind(options.kind)
    except ValueError as error:
        raise InputError(f"expected a kind of input among {', '.join(SourceKind)}. Received: {options.kind}") from error


def _check_options(name: str, options: SourceOptions, kind: SourceKind) -> None:
    """Refuse options that would be ignored."""
    if kind is SourceKind.RAW:
        return
    if options.size is not None or options.pixel_format is not None:
        raise InputError(
            f"expected a size or pixel format for raw video only. Received: one for {name}, read as {kind}"
        )


def _kind_of_file(file: Path, name: str) -> SourceKind:
    with file.open("rb") as stream:
        start = stream.read(len(Y4M_MAGIC))
    if not start:
        raise InputError(f"expected a video. Received: {name}, which is empty")
    if start.startswith(_GVC_START):
        raise InputError(
            f"expected a video. Received: {name}, a .gvc stream. gvc-decode makes a video of it; gvc-cut and gvc-join "
            "take it as it is"
        )
    if start == Y4M_MAGIC:
        return SourceKind.Y4M
    extension = Path(name).suffix.lower()
    if extension in RAW_EXTENSIONS:
        return SourceKind.RAW
    return SourceKind.IMAGES if extension in IMAGE_EXTENSIONS else SourceKind.CONTAINER


def _open_file(file: Path, options: SourceOptions, kind: SourceKind, *, name: str) -> Source:
    _check_options(name, options, kind)
    if kind is SourceKind.RAW:
        return RawSource(file, options.geometry, name=name)
    if kind is SourceKind.Y4M:
        return Y4mSource(file, frame_rate=options.frame_rate, name=name)
    if kind is SourceKind.IMAGES:
        return ImageSource(ImageList((file,)), frame_rate=options.frame_rate, name=name)
    return ContainerSource(file, name=name, frame_rate=options.frame_rate, keep_damaged=options.keep_damaged)


def _spooled(stream: BinaryIO, name: str, options: SourceOptions, kind: SourceKind | None) -> Source:
    if stream.isatty():
        raise InputError(f"expected a video on {name}. Received: a terminal; pipe a video or name a file")
    return SpooledSource(stream, name=name, open_file=partial(_open_spooled, options=options, kind=kind, name=name))


def _open_spooled(file: Path, *, options: SourceOptions, kind: SourceKind | None, name: str) -> Source:
    if kind is None:
        kind = _kind_of_file(file, name)
        if kind is SourceKind.CONTAINER and (options.size is not None or options.pixel_format is not None):
            kind = SourceKind.RAW
    return _open_file(file, options, kind, name=name)
