"""Streams of several segments, with sound, made from those that are kept for ever."""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from codec.decoder.random_access import FrameAccess
from container_format import (
    ChapterRecord,
    CopyPacketRecord,
    CopyRecord,
    CopyStreamRecord,
    HeaderRecord,
    NetworkRecord,
    SeekingReader,
    SegmentRecord,
    StreamReader,
    StreamWriter,
)

KEPT = Path(__file__).parents[2] / "conformance" / "v1" / "valid"
SOUND_RATE = 48_000
SOUND = CopyStreamRecord(
    kind="audio",
    codec="pcm_s16le",
    time_base=Fraction(1, SOUND_RATE),
    sample_rate=SOUND_RATE,
    channel_layout="mono",
    sample_format="s16",
)


def kept_parts(name: str) -> tuple[HeaderRecord, list[NetworkRecord], list[SegmentRecord]]:
    """Header, networks and segments of a kept stream."""
    reader = StreamReader(io.BytesIO((KEPT / f"{name}.gvc").read_bytes()))
    records = list(reader.records())
    networks = [record for record in records if isinstance(record, NetworkRecord)]
    return reader.header, networks, [record for record in records if isinstance(record, SegmentRecord)]


def long_stream(name: str, *, copies: int = 3, source_md5: str | None = None, **changes: object) -> bytes:
    """A kept stream's segments again and again, at a constant rate, with sound of one packet a frame.

    Args:
        name: of the kept stream.
        copies: of its segments.
        source_md5: for the stream's end.
        changes: fields of the header.
    """
    header, networks, segments = kept_parts(name)
    assert header.frame_rate is not None
    step = round(1 / (header.frame_rate * header.time_base))
    header = replace(header, **({"copy_streams": (SOUND,)} | changes))  # type: ignore[arg-type]
    target = io.BytesIO()
    writer = StreamWriter(target, header)
    for network in networks:
        writer.write_network(network)
    first = 0
    for index, segment in enumerate(segments * copies):
        count = segment.num_frames
        writer.write_copy(CopyRecord(packets=tuple(sound_packet(header, first + place) for place in range(count))))
        writer.write_segment(
            replace(
                segment,
                index=index,
                first_frame=first,
                pts=first * step,
                pts_steps=((step, count - 1),) if count > 1 else (),
                last_duration=step,
            )
        )
        first += count
    writer.finish(source_md5=source_md5)
    return target.getvalue()


def sound_packet(header: HeaderRecord, frame: int) -> CopyPacketRecord:
    """The sound of a frame: samples that are their own numbers."""
    assert header.frame_rate is not None
    begin, end = (round(SOUND_RATE * number / header.frame_rate) for number in (frame, frame + 1))
    samples = (np.arange(begin, end) % 2**15).astype("<i2")
    return CopyPacketRecord(stream=0, pts=begin, dts=begin, duration=end - begin, data=samples.tobytes())


def chapters_of(*spans: tuple[int, int]) -> tuple[ChapterRecord, ...]:
    """Chapters in milliseconds, named by their number."""
    unit = Fraction(1, 1000)
    return tuple(
        ChapterRecord(start=start, end=end, time_base=unit, tags={"title": str(number)})
        for number, (start, end) in enumerate(spans)
    )


def frames_of(data: bytes) -> list[bytes]:
    """The samples of all frames, by random access, last frame first."""
    access = FrameAccess(SeekingReader(io.BytesIO(data)))
    found = []
    for index in reversed(range(access.num_frames)):
        found.append(b"".join(plane.tobytes() for plane in access.frame(index).picture.planes()))
    return found[::-1]


def packets_of(data: bytes) -> list[CopyPacketRecord]:
    """All packets, in order."""
    records = StreamReader(io.BytesIO(data)).records()
    return [packet for record in records if isinstance(record, CopyRecord) for packet in record.packets]


def border_frames(data: bytes) -> list[int]:
    """The first frames of the segments, and the number of frames."""
    reader = SeekingReader(io.BytesIO(data))
    return [*(place.first_frame for place in reader.segments), reader.num_frames]
