"""What each kind of output can do, declared once: names, and where its code is. Light to import.

Help, errors and the choice of a sink derive from these declarations. A new kind is a module with a class that has the
methods of :class:`codec.video.sink.Sink`, and one entry here.
"""

from __future__ import annotations

from dataclasses import dataclass

from codec.video.depths import DEPTHS


@dataclass(frozen=True, kw_only=True)
class SinkDeclaration:
    """One kind of output.

    Attributes:
        kind: as ``--format`` names it.
        summary: one line.
        module, attribute: where its class is; imported when it is asked for.
        extensions: of paths that mean it.
        is_folder: it is a folder; the path ends in ``/``, or is a folder that exists.
        has_codec: pictures go through a video codec, which may be chosen.
        depths: bits of a sample that it takes.
        extra: optional dependencies of gvc that it needs; None for none.
    """

    kind: str
    summary: str
    module: str
    attribute: str
    extensions: tuple[str, ...] = ()
    is_folder: bool = False
    has_codec: bool = False
    depths: tuple[int, ...] = DEPTHS
    extra: str | None = None


def _container(kind: str, *more: str) -> SinkDeclaration:
    return SinkDeclaration(
        kind=kind,
        summary="video and sound for players",
        module="codec.video.sinks.container",
        attribute="ContainerSink",
        extensions=(f".{kind}", *more),
        has_codec=True,
    )


SINKS: tuple[SinkDeclaration, ...] = (
    _container("mp4", ".m4v"),
    _container("mkv"),
    _container("mov"),
    _container("webm"),
    SinkDeclaration(
        kind="y4m",
        summary="YUV4MPEG2, uncompressed",
        module="codec.video.sinks.y4m",
        attribute="Y4mSink",
        extensions=(".y4m",),
    ),
    SinkDeclaration(
        kind="raw",
        summary="samples and nothing else",
        module="codec.video.sinks.raw",
        attribute="RawSink",
        extensions=(".raw", ".rgb", ".bgr", ".yuv", ".gray", ".y", ".nv12"),
    ),
    SinkDeclaration(
        kind="png",
        summary="a folder of numbered PNG files",
        module="codec.video.sinks.images",
        attribute="ImagesSink",
        is_folder=True,
    ),
)


RESTORED_FILES = SinkDeclaration(
    kind="files",
    summary="the files that the video came from",
    module="codec.kept_files.sink",
    attribute="RestoredFilesSink",
    is_folder=True,
)
"""Not among the kinds: a stream has these files or not, and they are what its source was."""


def kinds() -> tuple[str, ...]:
    """Names of all kinds."""
    return tuple(sink.kind for sink in SINKS)


def sink_of_kind(kind: str) -> SinkDeclaration | None:
    """The sink of that kind; None if there is none."""
    return next((sink for sink in SINKS if sink.kind == kind), None)


def sink_of_extension(extension: str) -> SinkDeclaration | None:
    """The sink of paths that end like this, in lower case with the dot; None if there is none."""
    return next((sink for sink in SINKS if extension in sink.extensions), None)


def extensions() -> tuple[str, ...]:
    """All extensions that mean a kind of output."""
    return tuple(extension for sink in SINKS for extension in sink.extensions)


def outputs_help() -> str:
    """What an output may be, for the help."""
    names = [sink.extensions[0] for sink in SINKS if sink.extensions]
    folders = [f"a folder ({sink.kind})" for sink in SINKS if sink.is_folder]
    return f"{' '.join(names)}, {' or '.join(folders)}, or - for a pipe"
