"""Videos whose frames come in any order."""

from __future__ import annotations

import math
import operator
import os
import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from numbers import Rational
from typing import TYPE_CHECKING, Any, BinaryIO, Generic, SupportsIndex, TypeVar, overload

from codec.errors import FrameError, InputError
from gvc.files import Location, StreamFile
from gvc.frame import DataT, Frame, Gray, Metadata, Rgb, SourcePlanes, View

if TYPE_CHECKING:
    import numpy.typing as npt

    from codec.decoder.random_access import FrameAccess
    from gvc.frame import Planes

T = TypeVar("T")
Seconds = float | Fraction

_CACHE_BYTES = 2**28


@dataclass(frozen=True, kw_only=True)
class _Options:
    verify: bool
    vgg16: str | None
    max_pixels: int | None
    cache_bytes: int


class _Opened:
    """An open stream, which the views of a video share. A process that was forked opens it again.

    Raises:
        InputError: the file cannot be read.
        StreamError: it is no stream, or damaged where it says what is where.
    """

    def __init__(self, file: StreamFile, options: _Options) -> None:
        self.file = file
        self.options = options
        self._closed = False
        self.start()
        self.access(is_gray=True)
        _OPENED.add(self)

    def start(self) -> None:
        """Nothing is open, and nobody waits."""
        self._lock = threading.RLock()
        self._stream: BinaryIO | None = None
        self._closing: weakref.finalize[[], _Opened] | None = None
        self._reader: Any = None
        self._accesses: dict[bool, FrameAccess] = {}

    def leave(self) -> list[Any]:
        """What a parent process has opened; this process must neither use nor close it."""
        left = [self._stream, self._reader, self._accesses]
        if self._closing is not None:
            self._closing.detach()
        self.start()
        return left

    def access(self, *, is_gray: bool) -> FrameAccess:
        """The frames, or their gray alone."""
        from codec.decoder import DecodeOptions
        from codec.decoder.random_access import FrameAccess
        from container_format import DEFAULT_LIMITS, Limits, SeekingReader

        with self._lock:
            if self._closed:
                raise InputError(f"expected an open video. Received: {self.file.text}, which was closed")
            if self._reader is None:
                self._stream = self.file.open()
                if self._stream is not self.file.file:  # a file object is its owner's
                    self._closing = weakref.finalize(self, self._stream.close)
                limits = DEFAULT_LIMITS if self.options.max_pixels is None else Limits(self.options.max_pixels)
                try:
                    self._reader = self._reading(lambda: SeekingReader(self._stream, limits=limits))  # type: ignore[arg-type]
                except BaseException:
                    self._close_stream()
                    raise
            if is_gray not in self._accesses:
                options = DecodeOptions(gray=is_gray, verify=self.options.verify, vgg16=self.options.vgg16)
                self._accesses[is_gray] = FrameAccess(self._reader, options, cache_bytes=self.options.cache_bytes)
            return self._accesses[is_gray]

    def read(self, work: Callable[[FrameAccess], T], *, is_gray: bool) -> T:
        """Call a function with the frames.

        Raises:
            InputError: the file cannot be read, or the video was closed.
            StreamError: the stream is damaged.
        """
        access = self.access(is_gray=is_gray)
        return self._reading(lambda: work(access))

    def metadata(self) -> Metadata:
        """Of the video."""
        access = self.access(is_gray=True)
        return Metadata.of(self._reader.header, access.info, access.num_frames)

    def close(self) -> None:
        """Give up everything; harmless if it was done before."""
        with self._lock:
            self._closed = True
            for access in self._accesses.values():
                access.clear()
            self._accesses, self._reader = {}, None
            self._close_stream()

    def _reading(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except OSError as error:
            raise InputError(f"cannot read {self.file.text}: {error.strerror or error}") from error
        except ValueError as error:
            if not self._closed and (self._stream is None or not self._stream.closed):
                raise
            raise InputError(f"expected an open file. Received: {self.file.text}, which was closed") from error

    def _close_stream(self) -> None:
        self._stream = None
        if self._closing is not None:
            self._closing()


_OPENED: weakref.WeakSet[_Opened] = weakref.WeakSet()
_OF_THE_PARENT: list[Any] = []


def _after_fork() -> None:
    """In a new process: a place in a file is the parent's too, and decoders' threads are not here."""
    for opened in list(_OPENED):
        _OF_THE_PARENT.append(opened.leave())


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class Video(Generic[DataT]):
    """A video whose frames come in any order, decoded as they are asked for.

    ``len(video)``, ``video[i]`` (also from the end: ``video[-1]``), ``video[10:50:5]`` (a list) and iteration work as
    with any sequence. A frame costs at most its segment, and decoding stops at the frame that is wanted; the pictures
    on the way are kept for a while, so that one frame after another costs each one once. Threads may share a video. A
    process that gets one, by fork or pickled, opens the stream by itself.

    Attributes:
        metadata: see :class:`Metadata`.
    """

    def __init__(self, opened: _Opened, view: View[DataT]) -> None:
        self._opened = opened
        self._view = view
        self.metadata = opened.metadata()

    def __len__(self) -> int:
        return self.metadata.num_frames

    @overload
    def __getitem__(self, index: SupportsIndex) -> Frame[DataT]: ...

    @overload
    def __getitem__(self, index: slice) -> list[Frame[DataT]]: ...

    def __getitem__(self, index: SupportsIndex | slice) -> Frame[DataT] | list[Frame[DataT]]:
        """A frame, or those of a slice.

        Raises:
            FrameError: there is no such frame; it is an ``IndexError``, too.
            InputError: the file cannot be read, or a network asks for weights that are not here.
            StreamError: the frame's segment is damaged.
        """
        if isinstance(index, slice):
            return [self._frame(number) for number in range(*index.indices(len(self)))]
        number = operator.index(index)
        if not -len(self) <= number < len(self):
            raise FrameError(f"expected a frame from {-len(self)} to {len(self) - 1}. Received: {number}")
        return self._frame(number % len(self))

    def __iter__(self) -> Iterator[Frame[DataT]]:
        return map(self._frame, range(len(self)))

    def __reversed__(self) -> Iterator[Frame[DataT]]:
        return map(self._frame, reversed(range(len(self))))

    @cached_property
    def gray(self) -> Video[npt.NDArray[Any]]:
        """The same video in gray: color is not decoded, and no network is loaded. It closes with this one."""
        return Video(self._opened, Gray())

    @cached_property
    def rgb(self) -> Video[npt.NDArray[Any]]:
        """The same video as R, G and B of full range. It closes with this one."""
        return Video(self._opened, Rgb())

    @property
    def begin_seconds(self) -> float:
        """When the first frame is shown."""
        return self._opened.read(lambda access: float(access.times_of(0)[0]), is_gray=True)

    @property
    def end_seconds(self) -> float | None:
        """When the last frame is no longer shown; None if neither its duration nor a frame rate is known."""
        last = len(self) - 1
        return self._opened.read(lambda access: _float(access.times_of(last)[1]), is_gray=True)

    def frame_at(self, seconds: Seconds) -> Frame[DataT]:
        """The frame that is on display at a moment.

        Args:
            seconds: of the video's own clock, as :attr:`Frame.pts_seconds`.

        Raises:
            FrameError: the video has no frame then; it is an ``IndexError``, too.
            InputError, StreamError: as for ``video[i]``.
        """
        index = self._index_at(seconds)
        end = self.end_seconds if index == len(self) - 1 else None
        if index < 0 or (end is not None and seconds >= end):
            raise FrameError(
                f"expected a moment from {self.begin_seconds} to {self.end_seconds} seconds. Received: {seconds}"
            )
        return self._frame(index)

    def frames(
        self, start_seconds: Seconds | None = None, end_seconds: Seconds | None = None
    ) -> Iterator[Frame[DataT]]:
        """The frames on display in a span of time: from the one that is shown at its start on, one after another.

        Args:
            start_seconds: None for the first frame's time.
            end_seconds: frames that begin then or later are not given; None for all.

        Raises:
            InputError: the span ends before it starts; and as for ``video[i]``.
            StreamError: as for ``video[i]``.
        """
        if start_seconds is not None and end_seconds is not None and end_seconds < start_seconds:
            raise InputError(f"expected a span that ends after its start. Received: {start_seconds} to {end_seconds}")
        first = 0 if start_seconds is None else max(0, self._index_at(start_seconds))
        if start_seconds is not None and first == len(self) - 1:
            end = self.end_seconds
            first += end is not None and start_seconds >= end
        stop = len(self)
        if end_seconds is not None:
            last = self._index_at(end_seconds)
            stop = last + (last >= 0 and self._begin_of(last) < end_seconds)
        return map(self._frame, range(first, stop))

    def close(self) -> None:
        """Close the stream, also for :attr:`gray` and :attr:`rgb`. A file object that was given stays open."""
        self._opened.close()

    def __enter__(self) -> Video[DataT]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        about = self.metadata
        return (
            f"<gvc.Video {self._opened.file.text}: {about.num_frames} frames, {about.width}x{about.height}, "
            f"{about.pixel_format}, color {about.color}>"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        file = self._opened.file
        if file.name is None:
            raise InputError(
                f"expected a video that was opened by path or URL, to send it to another process. Received: {file.text}"
            )
        return _open_again, (file.name, self._opened.options, self._view)

    def _frame(self, index: int) -> Frame[DataT]:
        def read(access: FrameAccess) -> Frame[DataT]:
            picture = access.frame(index).picture
            begin, end = access.times_of(index)
            duration = None if end is None else float(end - begin)
            return Frame(self._view.data(picture, access.info), float(begin), duration, index)

        return self._opened.read(read, is_gray=self._view.is_gray)

    def _index_at(self, seconds: Seconds) -> int:
        if not math.isfinite(seconds):
            raise InputError(f"expected a number of seconds. Received: {seconds}")
        # Floats of NumPy are no fractions, and some are no floats either.
        moment = Fraction(seconds) if isinstance(seconds, Rational) else float(seconds)
        return self._opened.read(lambda access: access.index_at(moment), is_gray=True)

    def _begin_of(self, index: int) -> float:
        return self._opened.read(lambda access: float(access.times_of(index)[0]), is_gray=True)


def open(
    source: Location,
    *,
    verify: bool = True,
    vgg16: str | None = None,
    max_pixels: int | None = None,
    cache_bytes: int = _CACHE_BYTES,
) -> Video[Planes]:
    """Open a ``.gvc`` stream, to read its frames in any order.

    The index at the end of the stream says where the segments are. A stream without one is read once first, and one
    that cannot seek, such as a pipe, is kept in a temporary file.

    Args:
        source: a path, a URL that fsspec opens (with the extra ``remote``), or a binary file, which stays open when the
            video is closed.
        verify: compare the decoded color with the sender's checksums.
        vgg16: where this machine has the weights of VGG16, ``imagenet`` or a path, for streams that ask for them.
        max_pixels: the largest area of a picture, as ``gvc-decode --max-pixels``; None for its default.
        cache_bytes: decoded pictures that are kept.

    Raises:
        InputError: the file cannot be read.
        StreamError: it is no stream, needs a newer gvc, or is damaged where it says what is where. Damage inside a
            segment is found when a frame of it is asked for.
    """
    options = _Options(verify=verify, vgg16=vgg16, max_pixels=max_pixels, cache_bytes=cache_bytes)
    return Video(_Opened(StreamFile.of(source), options), SourcePlanes())


def _open_again(name: str, options: _Options, view: View[DataT]) -> Video[DataT]:
    return Video(_Opened(StreamFile(name), options), view)


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
