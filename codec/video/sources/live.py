"""Video that comes while it is coded: read once, at its own speed, and never kept.

A pipe gives y4m, raw frames, or anything that FFmpeg reads as it comes. What FFmpeg opens itself (cameras, RTSP, UDP)
is in :mod:`codec.video.sources.live_container`. A regular file is played at the speed of its own times.
"""

from __future__ import annotations

import os
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from codec.errors import InputError
from codec.files import PIPE
from codec.video.info import ColorDescription, VideoInfo
from codec.video.picture import Frame
from codec.video.sources import open_source
from codec.video.sources.options import SourceKind, SourceOptions
from codec.video.sources.raw import DEFAULT_FRAME_RATE
from codec.video.sources.y4m import MAX_LINE_BYTES, Y4M_MAGIC, Y4mHeader, notes_about, y4m_frames

_BUFFER_BYTES = 2**20
_POLL_SECONDS = 0.1

LateFrame = Callable[[], Frame]
"""Makes a frame; for one that is not taken, that is saved."""


class LiveSource(Protocol):
    """A video that is read once, while it comes."""

    @property
    def info(self) -> VideoInfo:
        """The description, known before the first frame comes. Frames are counted from pts 0."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What cannot be kept: one line each, for a person."""

    def arrivals(self) -> Iterator[LateFrame]:
        """Each frame when it comes.

        Raises:
            InputError: the source cannot be read any more.
        """

    def close(self) -> None:
        """End the source, also while another thread waits for a frame."""


def open_live(path: str, options: SourceOptions) -> LiveSource:
    """Open a video that comes while it is coded.

    Args:
        path: ``-``, a pipe, a device, an URL that FFmpeg opens, or a file, which is played at its own speed.
        options: what the input does not say. A ``kind`` may also be a device of FFmpeg's, such as ``v4l2``.

    Raises:
        InputError: it cannot be opened, or is no video.
    """
    if path == PIPE:
        if sys.stdin is None:
            raise InputError("expected an open standard input for -. Received: a closed one")
        return _of_pipe(os.fdopen(sys.stdin.fileno(), "rb", _BUFFER_BYTES, closefd=False), "standard input", options)
    try:
        mode = Path(path).stat().st_mode
    except (OSError, ValueError):
        mode = 0
    if stat.S_ISFIFO(mode):
        return _of_pipe(Path(path).open("rb", _BUFFER_BYTES), path, options)
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return PlayedFile(path, options)
    from codec.video.sources.live_container import LiveContainer

    return LiveContainer(path, path, options)


def _of_pipe(stream: BinaryIO, name: str, options: SourceOptions) -> LiveSource:
    if stream.isatty():
        raise InputError(f"expected a video on {name}. Received: a terminal; pipe a video or name a source")
    if options.kind == SourceKind.RAW or (options.kind is None and options.size is not None):
        return LiveRaw(stream, name, options)
    peek = cast("Callable[[int], bytes]", stream.peek)  # type: ignore[attr-defined]
    start = peek(len(Y4M_MAGIC))[: len(Y4M_MAGIC)]
    if not start:
        raise InputError(f"expected a video on {name}. Received: nothing")
    if options.kind == SourceKind.Y4M or Y4M_MAGIC.startswith(start):
        return LiveY4m(stream, name, options)
    from codec.video.sources.live_container import LiveContainer

    return LiveContainer(stream, name, options)


class LiveY4m:
    """A y4m stream on a pipe.

    Raises:
        InputError: it does not begin as y4m does.
    """

    def __init__(self, stream: BinaryIO, name: str, options: SourceOptions) -> None:
        self._stream, self._name = stream, name
        header = Y4mHeader.parse(stream.readline(MAX_LINE_BYTES), name)
        self.notes = notes_about(header, name, options.frame_rate)
        self.info = header.info(options.frame_rate or header.frame_rate or DEFAULT_FRAME_RATE)

    def arrivals(self) -> Iterator[LateFrame]:
        """See :class:`LiveSource`."""
        with self._stream:
            yield from _late_frames(y4m_frames(self._stream, self.info.raw_frame_bytes, self._name), self.info)

    def close(self) -> None:
        """See :class:`LiveSource`. Whoever waits for the pipe is left to itself."""


class LiveRaw:
    """Raw frames on a pipe.

    Raises:
        InputError: their size or format is not given.
    """

    def __init__(self, stream: BinaryIO, name: str, options: SourceOptions) -> None:
        self._stream, self._name = stream, name
        if options.size is None or options.pixel_format is None:
            raise InputError(
                f"expected --size and --pix-fmt for raw video on {name}. Received: {options.size}", option="--size"
            )
        from codec.video.pixel_formats import pixel_format

        rate = options.frame_rate or DEFAULT_FRAME_RATE
        own = pixel_format(options.pixel_format)
        color = ColorDescription()
        self.info = VideoInfo(*options.size, own, time_base=1 / rate, frame_rate=rate, color=color)
        assumed = f"{name} states no frame rate: {DEFAULT_FRAME_RATE} is taken (--fps changes it)"
        self.notes = () if options.frame_rate else (assumed,)

    def arrivals(self) -> Iterator[LateFrame]:
        """See :class:`LiveSource`."""
        with self._stream:
            yield from _late_frames(self._samples(), self.info)

    def close(self) -> None:
        """See :class:`LiveSource`. Whoever waits for the pipe is left to itself."""

    def _samples(self) -> Iterator[bytes]:
        while data := self._stream.read(self.info.raw_frame_bytes):
            if len(data) != self.info.raw_frame_bytes:
                raise InputError(
                    f"expected whole frames of {self.info.raw_frame_bytes} bytes on {self._name}. "
                    f"Received: {len(data)} at its end"
                )
            yield data


class PlayedFile:
    """A file, played at the speed of its own times, as a camera would show it.

    Raises:
        InputError: as :func:`codec.video.sources.open_source`.
    """

    def __init__(self, path: str, options: SourceOptions) -> None:
        self._source = open_source(path, options)
        self._is_closed = threading.Event()
        info = self._source.info
        self.info = replace(info, copy_streams=(), chapters=(), num_frames_from_header=None, start_pts=0)
        left_out = ", ".join(sorted({stream.kind for stream in info.copy_streams}))
        self.notes = (*self._source.notes, *((f"live sends pictures alone: {left_out} left out",) if left_out else ()))

    def arrivals(self) -> Iterator[LateFrame]:
        """See :class:`LiveSource`."""
        begin, first_pts = time.monotonic(), None
        for frame in self._source.frames():
            first_pts = frame.pts if first_pts is None else first_pts
            due = begin + float((frame.pts - first_pts) * self.info.time_base)
            if self._is_closed.wait(max(0.0, due - time.monotonic())):
                return
            yield _made(replace(frame, pts=frame.pts - first_pts))

    def close(self) -> None:
        """See :class:`LiveSource`."""
        self._is_closed.set()


def _made(frame: Frame) -> LateFrame:
    return lambda: frame


def _late_frames(samples: Iterator[bytes], info: VideoInfo) -> Iterator[LateFrame]:
    for number, data in enumerate(samples):
        yield _unpacked(data, number, info)


def _unpacked(data: bytes, number: int, info: VideoInfo) -> LateFrame:
    return lambda: Frame(info.pixel_format.unpack(data, info.width, info.height), number, 1)


def seconds_of_frame(info: VideoInfo) -> Fraction:
    """From one frame to the next, nominally."""
    return 1 / info.frame_rate if info.frame_rate else Fraction(1, 25)
