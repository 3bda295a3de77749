"""A part of a stream as a stream of its own: the segments that hold it, with the packets of their time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from codec.errors import InputError
from codec.kept_files.whole_file import FilesKind
from codec.progress import Progress, Silent
from codec.splicing.span import Span, check_exact, span_of
from codec.splicing.writing import Spliced, SplicedWriter, check_known, keyframes_of, with_info
from codec.stream_header import unpack_header, unpack_packet
from codec.video.cut import TIMECODE, Cut
from codec.video.info import FILES, VideoInfo
from codec.video.selection import Selection
from container_format import UNLIMITED, SeekingReader


def cut(
    stream: BinaryIO, output: BinaryIO, selection: Selection, *, exact: bool = False, progress: Progress | None = None
) -> Spliced:
    """Write the segments that hold a part of a stream. Nothing is decoded.

    Times begin at 0, unless the part begins with the stream. Chapters and packets are those of the segments' time.

    Args:
        stream: a binary file that can seek, at its start.
        output: a binary file or pipe; written front to back, left open.
        selection: the part: adjacent frames.
        exact: take no frames besides.
        progress: is told the segments done.

    Raises:
        InputError: the stream has no such frames, or the part does not begin and end at borders of segments and
            ``exact`` is set.
        StreamError: the stream is damaged where it was read, or needs a newer version.
        OSError: the output cannot be written.
    """
    if selection.every != 1:
        raise InputError(
            f"expected adjacent frames, since segments stay as they are. Received: every {selection.every}, which "
            "gvc-decode takes",
            option="--every",
        )
    reader = SeekingReader(stream, limits=UNLIMITED)
    check_known(reader)
    span = span_of(reader, selection)
    if exact:
        check_exact(reader, span)
    is_whole = span.stop_frame - span.first_frame == reader.num_frames
    info = unpack_header(reader.header).info
    begin = reader.read(span.first_segment).pts if span.first_segment else None
    ends_inside = span.stop_segment < len(reader.segments)
    part = Cut(
        info,
        begin,
        end_pts=reader.read(span.stop_segment).pts if ends_inside else None,
        keeps_files=is_whole or _has_file_a_frame(info),
    )
    keyframes = keyframes_of(reader.header)
    within = [frame - span.first_frame for frame in keyframes if span.first_frame <= frame < span.stop_frame]
    header = reader.header if is_whole else with_info(reader.header, part.info, within)
    writer = SplicedWriter(output, header, reader.networks)
    progress = progress or Silent()
    progress.start("cutting", span.stop_segment - span.first_segment, "segments")
    for number in _gaps(span, reader):
        for record in reader.packets(number):
            writer.write_packets([moved for packet in record.packets for moved in part.moved(unpack_packet(packet))])
        if span.first_segment <= number < span.stop_segment:
            writer.write_segment(reader, number, -(begin or 0))
            progress.advance(writer.num_segments)
    notes = [] if is_whole else list(_left_out(reader, info, part.info, num_keyframes=len(within)))
    return writer.finish(
        first_frame=span.first_frame,
        source_md5=reader.source_md5 if is_whole else None,
        notes=([] if span.is_exact else [_extended(span)]) + notes,
    )


def _gaps(span: Span, reader: SeekingReader) -> range:
    """The segments before which packets of the part may stand: with sound, all of them, and the end."""
    if reader.header.copy_streams:
        return range(len(reader.segments) + 1)
    return range(span.first_segment, span.stop_segment)


def _has_file_a_frame(info: VideoInfo) -> bool:
    return any(stream.kind == FILES and stream.codec == FilesKind.IMAGES for stream in info.copy_streams)


def _extended(span: Span) -> str:
    return (
        f"kept frames {span.first_frame} to {span.stop_frame - 1}: the segments that hold {span.wanted_first} to "
        f"{span.wanted_stop - 1}"
    )


def _left_out(reader: SeekingReader, info: VideoInfo, part: VideoInfo, *, num_keyframes: int) -> Iterator[str]:
    """What is true of the whole alone, a line each."""
    if reader.source_md5 is not None:
        yield "the MD5 of the source's frames is left out, since it is that of the whole video"
    if len(part.copy_streams) < len(info.copy_streams):
        yield "what restores the source's file is left out, since that file has all frames"
    if TIMECODE in info.marks.tags and TIMECODE not in part.marks.tags:
        yield "the timecode is left out, since it is that of the first frame"
    total = len(reader.header.keyframe_deltas)
    if num_keyframes < total:
        yield f"{num_keyframes} of the {total} frames that the network was trained on are in the part"
