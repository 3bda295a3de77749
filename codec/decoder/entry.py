"""Where a decode begins: at the start of the stream, or near the first frame that is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from codec.decoder.segment_times import SegmentTimes
from codec.stream_header import unpack_header
from codec.video.selection import Selection
from container_format import (
    CopyRecord,
    Damage,
    EndRecord,
    HeaderRecord,
    JoinRecord,
    Limits,
    NetworkRecord,
    SeekingReader,
    SegmentRecord,
    StreamReader,
    UpdateRecord,
)

Item = NetworkRecord | SegmentRecord | CopyRecord | UpdateRecord | JoinRecord | Damage
"""What stands behind the header of a stream."""


class Records(Protocol):
    """A stream's header, and what follows it."""

    @property
    def header(self) -> HeaderRecord:
        """The stream's header."""

    @property
    def end(self) -> EndRecord | None:
        """The end of the stream, once it was read."""

    def records(self) -> Iterator[Item]:
        """What is behind the header, in order."""


@dataclass(frozen=True)
class Entry:
    """Where a decode begins.

    Attributes:
        records: of the stream, from there on.
        first_frame: number of the first frame that they bring.
        origin_pts: time of the video's first frame; None if it is among them.
    """

    records: Records
    first_frame: int = 0
    origin_pts: int | None = None


@dataclass(frozen=True)
class _Part:
    """A stream from one of its segments on; its end is not read."""

    reader: SeekingReader
    segment: int
    end: EndRecord | None = None

    @property
    def header(self) -> HeaderRecord:
        return self.reader.header

    def records(self) -> Iterator[Item]:
        return self.reader.records_from(self.segment)


def entry_of(stream: BinaryIO, selection: Selection, *, recover: bool, limits: Limits, join: bool = False) -> Entry:
    """Begin at the segment before the first one that is wanted, where sound of its time may stand.

    A stream that cannot seek, has no index, or is damaged and to be recovered, is read from its start on.

    Args:
        stream: a binary file or pipe.
        selection: the frames that are wanted.
        recover: continue after damage.
        limits: of the pictures.
        join: begin in the middle of a live stream, where the bytes begin there.

    Raises:
        StreamError: the stream cannot be read.
    """
    if (selection.first or selection.start_seconds) and not (recover or join) and _can_seek(stream):
        reader = SeekingReader(stream, limits=limits)
        may_seek = reader.has_index and not reader.header.is_live  # networks on the way are needed, too
        segment = _first_segment(reader, selection) - 1 if may_seek else 0
        if segment > 0:
            first_frame = reader.segments[segment].first_frame
            return Entry(_Part(reader, segment), first_frame, reader.read(0).pts)
        stream.seek(0)
    read = StreamReader(stream, recover=recover, join=join, keeps_places=False, limits=limits)
    return Entry(read, read.joined.frame if read.joined is not None else 0)


def _first_segment(reader: SeekingReader, selection: Selection) -> int:
    """The segment of the first frame that is wanted; the last one if there is no such frame."""
    info = unpack_header(reader.header).info
    times = SegmentTimes(reader, info)
    found = min(selection.first, reader.num_frames - 1)
    if selection.start_seconds:
        origin = times.times_of(0)[0]
        found = max(found, times.index_at(origin + selection.start_seconds))
    return times.place_of(found)[0]


def _can_seek(stream: BinaryIO) -> bool:
    return stream.seekable() and stream.tell() == 0
