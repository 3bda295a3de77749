"""Any segment is found from the end of the stream; what the index leads to is not trusted."""

from __future__ import annotations

import io
import random
from dataclasses import replace

import pytest

from container_format import (
    DamagedError,
    EndRecord,
    IndexRecord,
    LimitError,
    Limits,
    NetworkRecord,
    SeekingReader,
    SegmentRecord,
    StreamError,
    StreamReader,
    StreamWriter,
    TruncatedError,
)
from container_format.chunks import ChunkFlag, frame_chunk, pack_chunk
from tests.conftest import Counted, make_header, make_segment, make_stream


def places_of(data: bytes) -> list[tuple[str, int, int]]:
    reader = StreamReader(io.BytesIO(data))
    list(reader.records())
    return [(place.chunk_id, place.offset, place.num_bytes) for place in reader.places]


def with_tail(data: bytes, *chunks: bytes) -> bytes:
    """The stream with other chunks in the place of index and end."""
    start = next(offset for kind, offset, _ in places_of(data) if kind in ("INDX", "TEND"))
    return data[:start] + b"".join(chunks)


def with_index(data: bytes, offsets: tuple[int, ...], first_frames: tuple[int, ...] = (0, 3, 6)) -> bytes:
    index = IndexRecord(offsets=offsets, first_frames=first_frames)
    return with_tail(data, pack_chunk(index), pack_chunk(EndRecord(num_segments=3, num_frames=9, num_copy_packets=3)))


def read_all(data: bytes) -> list[SegmentRecord]:
    reader = SeekingReader(io.BytesIO(data))
    return [reader.read(index) for index in range(len(reader.segments))]


def offsets_of(data: bytes) -> tuple[int, ...]:
    return tuple(offset for kind, offset, _ in places_of(data) if kind == "SEGM")


@pytest.mark.parametrize("num_segments", [0, 1, 2, 3, 40])
def test_every_segment_in_any_order(num_segments: int) -> None:
    reader = SeekingReader(io.BytesIO(make_stream(num_segments)))
    assert reader.num_frames == 3 * num_segments
    assert len(reader.segments) == num_segments
    assert [network.architecture for network in reader.networks] == ["test"]
    for index in random.Random(1).sample(range(num_segments), num_segments):
        assert reader.read(index) == make_segment(index)


def test_little_is_read() -> None:
    target = io.BytesIO()
    writer = StreamWriter(target, make_header(color="none"))
    segments = [replace(make_segment(index), luma_packets=(bytes(9000),) * 3) for index in range(100)]
    for segment in segments:
        writer.write_segment(segment)
    writer.finish()
    file = Counted(target.getvalue())
    reader = SeekingReader(file)
    opened = file.num_bytes
    assert opened < 2 * 2**16 + 1000 < len(target.getvalue()) / 10
    assert reader.read(70) == segments[70]
    assert file.num_bytes - opened == reader.segments[70].limit - reader.segments[70].offset


def test_an_index_longer_than_the_tail() -> None:
    data = make_stream(3)
    # Offsets and first frames that cannot be: found all the same, and refused for what they say.
    many = tuple(random.Random(2).sample(range(2**40), 30_000))
    hostile = with_tail(
        data,
        pack_chunk(IndexRecord(offsets=many, first_frames=many)),
        pack_chunk(EndRecord(num_segments=30_000, num_frames=2**41)),
    )
    with pytest.raises(DamagedError, match="index does not say"):
        SeekingReader(io.BytesIO(hostile))


@pytest.mark.parametrize("between", [b"", frame_chunk(b"WHAT", ChunkFlag.MAY_SKIP, b"later")], ids=["none", "other"])
def test_a_stream_without_an_index_is_read_once(between: bytes) -> None:
    data = with_tail(make_stream(3), between, pack_chunk(EndRecord(num_segments=3, num_frames=9, num_copy_packets=3)))
    reader = SeekingReader(io.BytesIO(data))
    assert reader.num_frames == 9
    assert [reader.read(index) for index in (2, 0, 1)] == [make_segment(index) for index in (2, 0, 1)]
    assert len(reader.networks) == 1


@pytest.mark.parametrize("num_segments", [1, 3])
def test_every_cut_is_noticed(num_segments: int) -> None:
    data = make_stream(num_segments)
    for length in range(len(data)):
        with pytest.raises(StreamError):
            SeekingReader(io.BytesIO(data[:length]))
    with pytest.raises(DamagedError, match="follow the end"):
        SeekingReader(io.BytesIO(data + b"\0"))


@pytest.mark.parametrize("num_segments", [1, 3])
def test_a_flipped_bit_gives_an_error_or_what_was_written(num_segments: int) -> None:
    """What is read is checked; damage of what is not read (sound) is not seen."""
    data = make_stream(num_segments)
    unread = {
        position
        for kind, offset, size in places_of(data)
        if kind == "COPY"
        for position in range(offset + 20, offset + size)
    }
    # Behind the first segment, even the framing of sound is passed over.
    behind = {
        position
        for kind, offset, size in places_of(data)
        if kind == "COPY" and offset > offsets_of(data)[0]
        for position in range(offset, offset + size)
    }
    for position in range(len(data)):
        damaged = bytearray(data)
        damaged[position] ^= 1 << position % 8
        try:
            reader = SeekingReader(io.BytesIO(bytes(damaged)))
            found = [reader.read(index) for index in range(num_segments)]
        except StreamError:
            continue
        assert position in unread | behind
        assert found == [make_segment(index) for index in range(num_segments)]


@pytest.mark.parametrize(
    ("shift", "first_frames"),
    [
        ((0, 0, 1), (0, 3, 6)),
        ((1, 0, 0), (0, 3, 6)),
        ((0, 0, 10**6), (0, 3, 6)),
        ((-10, 0, 0), (0, 3, 6)),
        ((0, 0, 0), (0, 4, 6)),
        ((0, 0, 0), (1, 3, 6)),
        ((0, 0, 0), (0, 6, 3)),
        ((0, 0, 0), (0, 3, 9)),
        ((0, 0, 0), (0, 3)),
    ],
)
def test_a_wrong_index(shift: tuple[int, ...], first_frames: tuple[int, ...]) -> None:
    data = make_stream(3)
    offsets = tuple(offset + by for offset, by in zip(offsets_of(data), shift, strict=True))
    with pytest.raises(StreamError):
        read_all(with_index(data, offsets, first_frames))


def test_segments_in_another_order_than_the_index_says() -> None:
    data = make_stream(3)
    first, second, third = offsets_of(data)
    with pytest.raises(DamagedError, match="index does not say"):
        SeekingReader(io.BytesIO(with_index(data, (second, first, third))))
    shuffled = bytearray(data)
    size = third - second
    one, two = data[first : first + size], data[second:third]
    shuffled[first : first + size], shuffled[second:third] = two, one
    reader = SeekingReader(io.BytesIO(bytes(shuffled)))
    with pytest.raises(DamagedError, match="expected segment 0 with 3 frames from frame 0 on") as caught:
        reader.read(0)
    assert (caught.value.segment, caught.value.byte_offset) == (0, first)


def test_an_index_that_points_to_sound() -> None:
    data = make_stream(3)
    sound = [offset for kind, offset, _ in places_of(data) if kind == "COPY"]
    _, second, third = offsets_of(data)
    reader = SeekingReader(io.BytesIO(with_index(data, (sound[0], second, third))))
    with pytest.raises(DamagedError, match="index does not say"):
        reader.read(0)


def test_counts_that_the_end_of_one_segment_states() -> None:
    data = make_stream(1)
    for end in (
        EndRecord(num_segments=1, num_frames=0, num_copy_packets=1),
        EndRecord(num_segments=0, num_frames=3, num_copy_packets=1),
        EndRecord(num_segments=1, num_frames=4, num_copy_packets=1),
    ):
        with pytest.raises(DamagedError):
            SeekingReader(io.BytesIO(with_tail(data, pack_chunk(end)))).read(0)


def test_a_network_is_missing_or_one_too_many() -> None:
    data = make_stream(3)
    ((start, size),) = ((offset, size) for kind, offset, size in places_of(data) if kind == "NETW")
    offsets = offsets_of(data)
    without = with_index(data, tuple(offset - size for offset in offsets))
    without = without[:start] + without[start + size :]
    with pytest.raises(DamagedError, match="no network"):
        SeekingReader(io.BytesIO(without))
    twice = with_index(data, tuple(offset + size for offset in offsets))
    twice = twice[:start] + twice[start : start + size] + twice[start:]
    with pytest.raises(DamagedError, match="a network where none may stand"):
        SeekingReader(io.BytesIO(twice))


def test_limits_are_checked() -> None:
    with pytest.raises(LimitError):
        SeekingReader(io.BytesIO(make_stream(3)), limits=Limits(10))


def test_a_file_that_has_become_shorter() -> None:
    file = io.BytesIO(make_stream(3))
    reader = SeekingReader(file)
    file.truncate(offsets_of(make_stream(3))[1] + 30)
    assert isinstance(reader.read(0), SegmentRecord)
    with pytest.raises(TruncatedError):
        reader.read(1)
    with pytest.raises(DamagedError):
        reader.read(2)


def test_networks_are_those_of_the_stream() -> None:
    records = list(StreamReader(io.BytesIO(make_stream(2))).records())
    assert SeekingReader(io.BytesIO(make_stream(2))).networks == tuple(
        record for record in records if isinstance(record, NetworkRecord)
    )
