"""Several streams as one: the segments of one after those of another, with their packets."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import BinaryIO

from codec.errors import InputError, StreamError
from codec.kept_files.whole_file import FilesKind
from codec.progress import Progress, Silent
from codec.splicing.agreement import UNTIMED, check_agreement
from codec.splicing.kept_names import name_that_is_twice
from codec.splicing.writing import Spliced, SplicedWriter, check_known, end_pts, keyframes_of, with_info
from codec.stream_header import unpack_header, unpack_packet
from codec.video.cut import Cut
from codec.video.info import FILES, Chapter, CopyPacket, CopyStream, VideoInfo
from codec.video.marks import ContentLight
from container_format import UNLIMITED, HeaderRecord, NetworkRecord, SeekingReader
from container_format.records import MAX_CHAPTERS, MAX_KEYFRAMES


@dataclass(frozen=True)
class Input:
    """A stream whose segments are taken.

    Attributes:
        name: for messages.
        open: opens it, as a binary file that can seek; called twice.
    """

    name: str
    open: Callable[[], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True)
class _Piece:
    """What is known of a stream before the join is written.

    Attributes:
        first_pts, end_pts: when its frames begin and end, in its own time.
        begin_pts: when they begin in the join, which is the same of the first stream.
    """

    source: Input
    header: HeaderRecord
    networks: tuple[NetworkRecord, ...]
    info: VideoInfo
    num_frames: int
    num_segments: int
    first_pts: int
    end_pts: int
    has_md5: bool
    begin_pts: int = 0

    def part(self, *, is_first: bool, is_last: bool, keeps_files: bool) -> Cut:
        """The stream without packets that are outside of the time of its frames, where another stream is there."""
        return Cut(
            self.info,
            None if is_first else self.first_pts,
            end_pts=None if is_last else self.end_pts,
            keeps_files=keeps_files,
        )

    def reader(self, stream: BinaryIO) -> SeekingReader:
        """Opened again.

        Raises:
            InputError: it is not the same stream any more.
        """
        reader = SeekingReader(stream, limits=UNLIMITED)
        if (reader.header, reader.num_frames, len(reader.segments)) != (
            self.header,
            self.num_frames,
            self.num_segments,
        ):
            raise InputError(f"{self.source.name} has changed while it was read")
        return reader


def join(inputs: Sequence[Input], output: BinaryIO, *, progress: Progress | None = None) -> Spliced:
    """Write the segments of several streams as one stream. Nothing is decoded.

    The times of the first stream stay; each other one begins where the frames before it end. A packet is kept if it
    begins in the time of its stream's frames, or where no other stream is: before the first frame and behind the last.

    Args:
        inputs: two or more.
        output: a binary file or pipe; written front to back, left open.
        progress: is told the segments done.

    Raises:
        InputError: two streams differ in what a stream says once, or a stream cannot be opened.
        StreamError: a stream is damaged, or needs a newer version.
        OSError: the output cannot be written.
    """
    pieces = _in_time(_pieces(inputs))
    files_note = _why_no_files(pieces)
    parts = [
        piece.part(is_first=number == 0, is_last=number == len(pieces) - 1, keeps_files=files_note is None)
        for number, piece in enumerate(pieces)
    ]
    header, header_notes = _joined_header(pieces, parts)
    writer = SplicedWriter(output, header, pieces[0].networks)
    progress = progress or Silent()
    progress.start("joining", sum(piece.num_segments for piece in pieces), "segments")
    for piece, part in zip(pieces, parts, strict=True):
        numbers = _numbers(part.info, parts[0].info)
        shift = Fraction(0) if part is parts[0] else piece.begin_pts * piece.info.time_base
        with piece.source.open() as stream, _named(piece.source.name):
            reader = piece.reader(stream)
            writer.begin_stream()
            for index in range(piece.num_segments + 1):
                for record in reader.packets(index):
                    packets = map(unpack_packet, record.packets)
                    writer.write_packets(list(_moved(packets, part, numbers, shift)))
                if index < piece.num_segments:
                    writer.write_segment(reader, index, piece.begin_pts - piece.first_pts)
                    progress.advance(writer.num_segments)
    notes = list(header_notes)
    if any(piece.has_md5 for piece in pieces):
        notes.append("the MD5 of the sources' frames is left out, since there is none of all of them")
    if files_note:
        notes.append(f"what restores the sources' files is left out: {files_note}")
    return writer.finish(first_frame=0, source_md5=None, notes=notes)


def _pieces(inputs: Iterable[Input]) -> list[_Piece]:
    """All streams, which agree."""
    pieces: list[_Piece] = []
    for source in inputs:
        with source.open() as stream, _named(source.name):
            pieces.append(_piece(source, stream))
        first, last = pieces[0], pieces[-1]
        check_agreement((first.source.name, source.name), (first.header, last.header), (first.networks, last.networks))
        pieces[-1] = replace(last, networks=first.networks)  # equal, and not in memory twice
    return pieces


def _piece(source: Input, stream: BinaryIO) -> _Piece:
    reader = SeekingReader(stream, limits=UNLIMITED)
    check_known(reader)
    info = unpack_header(reader.header).info
    return _Piece(
        source,
        reader.header,
        reader.networks,
        info,
        reader.num_frames,
        len(reader.segments),
        reader.read(0).pts,
        end_pts(reader.read(len(reader.segments) - 1), info),
        reader.source_md5 is not None,
    )


def _in_time(pieces: Sequence[_Piece]) -> list[_Piece]:
    """The pieces, each with its time in the join."""
    placed, begin = [], pieces[0].first_pts
    for piece in pieces:
        placed.append(replace(piece, begin_pts=begin))
        begin += piece.end_pts - piece.first_pts
    return placed


def _why_no_files(pieces: Sequence[_Piece]) -> str | None:
    """Why what restores files cannot be kept, for a person; empty if there is none, None if it can be kept."""
    streams = [[stream for stream in piece.info.copy_streams if stream.kind == FILES] for piece in pieces]
    if not any(streams):
        return ""
    if any(stream != streams[0] for stream in streams) or streams[0][0].codec != FilesKind.IMAGES:
        return "it is not of the same kind in all of them, a file a frame"
    twice = name_that_is_twice(piece.source.open for piece in pieces)
    return None if twice is None else f"two files have the name {twice}"


def _joined_header(pieces: Sequence[_Piece], parts: Sequence[Cut]) -> tuple[HeaderRecord, list[str]]:
    """The first stream's header, with what comes from the others; and what is left out."""
    notes: list[str] = []
    first = pieces[0]
    chapters = [chapter for piece, part in zip(pieces, parts, strict=True) for chapter in _chapters(piece, part, first)]
    if len(chapters) > MAX_CHAPTERS:
        notes.append(f"{len(chapters) - MAX_CHAPTERS} chapters are left out: a stream has {MAX_CHAPTERS} at most")
    keyframes: list[int] = []
    num_before = 0
    for piece in pieces:
        keyframes += [num_before + frame for frame in keyframes_of(piece.header)]
        num_before += piece.num_frames
    if len(keyframes) > MAX_KEYFRAMES:
        notes.append("the list of the frames that the network was trained on is left out: it is too long")
        keyframes = []
    if any(piece.header.tags != first.header.tags for piece in pieces):
        notes.append(f"tags are those of {first.source.name}")
    if any(_untimed(part.info) != _untimed(parts[0].info) for part in parts):
        notes.append(f"attached files and covers are those of {first.source.name}")
    info = replace(
        parts[0].info,
        start_pts=first.info.start_pts,
        chapters=tuple(chapters),
        marks=replace(first.info.marks, content_light=_light(pieces)),
    )
    return with_info(first.header, info, keyframes), notes


def _chapters(piece: _Piece, part: Cut, first: _Piece) -> Iterator[Chapter]:
    for chapter in part.info.chapters:
        shift = 0 if piece is first else round(piece.begin_pts * piece.info.time_base / chapter.time_base)
        yield replace(chapter, start=chapter.start + shift, end=chapter.end + shift)


def _untimed(info: VideoInfo) -> list[CopyStream]:
    return [stream for stream in info.copy_streams if stream.kind in UNTIMED and stream.kind != FILES]


def _light(pieces: Sequence[_Piece]) -> ContentLight | None:
    """The highest values of all, which are those of the join; None if one of them is not known."""
    lights = [light for piece in pieces if (light := piece.info.marks.content_light) is not None]
    if len(lights) < len(pieces):
        return None
    return ContentLight(max(light.max_content for light in lights), max(light.max_average for light in lights))


def _numbers(part: VideoInfo, first: VideoInfo) -> dict[int, int]:
    """The copied streams of a part as they are numbered in the join, whose streams are the first part's."""
    if part is first:
        return {number: number for number in range(len(first.copy_streams))}
    numbers: dict[int, int] = {}
    for kinds in ((FILES,), None):
        both = (_places(info, kinds) for info in (part, first))
        numbers |= dict(zip(*both, strict=True))
    return numbers


def _places(info: VideoInfo, kinds: tuple[str, ...] | None) -> list[int]:
    """Numbers of the streams of some kinds, or of those that have times."""
    return [
        number
        for number, stream in enumerate(info.copy_streams)
        if (stream.kind in kinds if kinds is not None else stream.kind not in UNTIMED)
    ]


def _moved(packets: Iterable[CopyPacket], part: Cut, numbers: dict[int, int], shift: Fraction) -> Iterator[CopyPacket]:
    """Packets of a stream as they are in the join.

    Args:
        packets: of the stream.
        part: the stream, as a part of the join.
        numbers: of its copied streams in the join.
        shift: what its times are moved by, in seconds.
    """
    for packet in packets:
        for moved in part.moved(packet):
            if moved.stream not in numbers:
                continue
            units = round(shift / part.info.copy_streams[moved.stream].time_base)
            yield replace(
                moved,
                stream=numbers[moved.stream],
                pts=None if moved.pts is None else moved.pts + units,
                dts=None if moved.dts is None else moved.dts + units,
            )


@contextlib.contextmanager
def _named(name: str) -> Iterator[None]:
    """Say which of the streams an error is about."""
    try:
        yield
    except StreamError as error:
        raise error.with_message(f"{name}: {error}") from error
