"""Segments whose frames a worker reads itself, from an input that all machines share.

A worker keeps its place in the input, so that of a source that cannot seek it decodes each frame about once. The sender
reads the frames, too, for their times, sound and subtitles; both count a checksum of them, which the sender compares.
"""

from __future__ import annotations

import contextlib
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from codec.cluster.remote import UnfitError
from codec.encoder.recipe import Recipe
from codec.encoder.segment import CodedSegment, SegmentInput, encode_segment
from codec.encoder.survey import next_frame
from codec.encoder.tracks.color import ColorInput
from codec.errors import InputError
from codec.video.picture import Frame
from codec.video.source import Source, frames_from
from codec.video.sources.shared import SharedInput
from codec.video.views import source_without_alpha

_IDLE_SECONDS = 60.0  # an input is closed where no segment of it was coded for so long


@dataclass(frozen=True, eq=False)
class SharedRecipe:
    """What all segments of a video have in common.

    Attributes:
        recipe: of the video.
        source: of the video.
        drops_alpha: the video is coded without its alpha.
    """

    recipe: Recipe
    source: SharedInput
    drops_alpha: bool

    def open(self) -> Source:
        """The source of what is coded.

        Raises:
            InputError: it is not there, cannot be read, or is another one.
        """
        opened = self.source.open()
        source = source_without_alpha(opened) if self.drops_alpha else opened
        recoding = self.recipe.description.recoding
        return source if recoding is None else recoding.coded_source(source)


@dataclass(frozen=True)
class SharedSegment:
    """As :class:`codec.encoder.segment.SegmentInput`, with the number of the frames in their place."""

    index: int
    first_frame: int
    num_frames: int
    color: ColorInput


@dataclass(frozen=True)
class CodedShared:
    """A segment, and the checksum of the frames that it was coded from."""

    coded: CodedSegment
    frames_crc32: int


class FramesChecksum:
    """CRC-32 of all samples and the times of frames that are added one by one.

    Attributes:
        crc32: of those so far.
    """

    def __init__(self) -> None:
        self.crc32 = 0

    def add(self, frame: Frame) -> None:
        """Count in the next frame."""
        self.crc32 = zlib.crc32(f"{frame.pts} {frame.duration}".encode(), self.crc32)
        for plane in frame.picture.planes():
            self.crc32 = zlib.crc32(np.ascontiguousarray(plane).data, self.crc32)


def encode_shared(context: SharedRecipe, segment: SharedSegment) -> CodedShared:
    """In a worker: read and code a segment.

    Raises:
        UnfitError: this machine cannot read the frames.
        Otherwise as :func:`codec.encoder.segment.encode_segment`.
    """
    reader, checksum = _idle.taken(context, segment.first_frame), FramesChecksum()
    with contextlib.ExitStack() as resources:
        resources.callback(reader.close)
        frames = reader.frames(segment.first_frame, segment.num_frames, checksum)
        whole = SegmentInput(segment.index, segment.first_frame, frames, segment.color)
        coded = encode_segment(context.recipe, whole)
        resources.pop_all()
    _idle.put(reader)
    return CodedShared(coded, checksum.crc32)


class _Reader:
    """Reads an input front to back, a segment at a time.

    Attributes:
        context: whose source it reads.
        place: number of the next frame.
    """

    def __init__(self, context: SharedRecipe, first_frame: int) -> None:
        self.context = context
        self.place = first_frame
        with _as_unfit():
            self._source = context.open()
            self._frames = frames_from(self._source, first_frame)

    def frames(self, first: int, count: int, checksum: FramesChecksum) -> Iterator[Frame]:
        """The frames of a segment, whose checksum is counted."""
        with _as_unfit():
            for _ in islice(self._frames, first - self.place):
                self.place += 1
        for _ in range(count):
            with _as_unfit():
                frame = next_frame(self._frames)
            self.place += 1
            checksum.add(frame)
            yield frame

    def close(self) -> None:
        """Give up the files."""
        self._frames = iter(())  # a pass over the source has it open until it ends
        self._source.close()


class _Idle:
    """Readers that wait for their next segments, at most as many as a worker has threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readers: list[_Reader] = []
        self._timer: threading.Timer | None = None

    def taken(self, context: SharedRecipe, first_frame: int) -> _Reader:
        """The reader that is nearest before a frame, or a new one, in place of any that is behind it."""
        with self._lock:
            own = [reader for reader in self._readers if reader.context is context]
            before = [reader for reader in own if reader.place <= first_frame]
            chosen = max(before or own, key=lambda reader: reader.place, default=None)
            if chosen is not None:
                self._readers.remove(chosen)
        if chosen is not None and chosen.place <= first_frame:
            return chosen
        if chosen is not None:
            chosen.close()
        return _Reader(context, first_frame)

    def put(self, reader: _Reader) -> None:
        """A reader's segment is coded. Readers of other videos are closed, and all of them after a while."""
        with self._lock:
            others = [one for one in self._readers if one.context is not reader.context]
            self._readers = [*(one for one in self._readers if one.context is reader.context), reader]
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(_IDLE_SECONDS, self._close)
            self._timer.daemon = True
            self._timer.start()
        for one in others:
            one.close()

    def _close(self) -> None:
        with self._lock:
            readers, self._readers = self._readers, []
        for reader in readers:
            reader.close()


@contextlib.contextmanager
def _as_unfit() -> Iterator[None]:
    """What is wrong with this machine's view of the input is no fault of the segment."""
    try:
        yield
    except InputError as error:
        raise UnfitError(str(error)) from error


_idle = _Idle()
