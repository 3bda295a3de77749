"""Live streams: networks between segments, places where a reader may begin, and what is left out on purpose."""

from __future__ import annotations

import dataclasses
import io
from typing import Any

import pytest

from container_format import (
    Damage,
    DamagedError,
    EndRecord,
    JoinRecord,
    NetworkRecord,
    SeekingReader,
    SegmentRecord,
    StreamReader,
    StreamWriter,
    TruncatedError,
    UnsupportedError,
    UpdateRecord,
)
from container_format.chunks import PRELUDE, ChunkFlag, minor_of, pack_chunk, pack_prelude, unpack_chunk_header
from container_format.describe import describe, describe_text
from container_format.records import HintsRecord
from container_format.writer import join_record
from tests.conftest import WEIGHTS, make_header, make_segment

HEADER = make_header(
    color="coded",
    copy_streams=(),
    keyframe_deltas=(),
    hints=HintsRecord(codec="raw", scale=2, coded_width=4, coded_height=4),
    is_live=True,
)


def update(number: int, width: int = 4) -> UpdateRecord:
    return UpdateRecord(
        number=number, network=NetworkRecord(architecture="test", parameters={"width": width}, tensors=(WEIGHTS,))
    )


def segment(index: int, network: int = 0) -> SegmentRecord:
    return dataclasses.replace(make_segment(index), hint_packets=(b"hint",) * 3, network=network)


def live_stream() -> bytes:
    """Four segments; a network before the second, another before the fourth; joining is possible at 1 and 3."""
    target = io.BytesIO()
    writer = StreamWriter(target, HEADER)
    writer.write_segment(segment(0))
    writer.write_join()
    writer.write_update(update(1))
    writer.write_segment(segment(1, 1))
    writer.write_segment(segment(2, 1))
    writer.write_update(update(2))
    writer.write_join()
    writer.write_update(update(2))
    writer.write_segment(segment(3, 2))
    writer.finish()
    return target.getvalue()


def read(data: bytes, **options: Any) -> list[Any]:
    return list(StreamReader(io.BytesIO(data), **options).records())


def greeted(place: int, *records: Any) -> bytes:
    """What a receiver gets that comes late."""
    head = pack_prelude(minor_of(HEADER)) + pack_chunk(HEADER)
    join = join_record(HEADER, place, place * 3, 0, leaves_out=True)
    return head + b"".join(map(pack_chunk, (join, *records)))


def test_updates_and_segments_come_in_order() -> None:
    records = read(live_stream())
    kinds = [type(record) for record in records]
    one = [SegmentRecord, UpdateRecord, SegmentRecord, SegmentRecord, UpdateRecord, UpdateRecord, SegmentRecord]
    assert kinds == one
    assert records[1] == update(1)
    assert [record.network for record in records if isinstance(record, SegmentRecord)] == [0, 1, 1, 2]


def test_streams_that_are_not_live_have_the_bytes_of_before() -> None:
    assert pack_prelude()[9] == 4
    assert live_stream()[9] == 5


def test_old_readers_skip_places_to_join_and_refuse_networks() -> None:
    data = live_stream()
    reader = StreamReader(io.BytesIO(data))
    list(reader.records())
    flags = {
        place.chunk_id: unpack_chunk_header(data[place.offset : place.offset + 20]).flags for place in reader.places
    }
    assert flags["JOIN"] == ChunkFlag.MAY_SKIP
    assert flags["NETU"] == ChunkFlag(0)
    gap = pack_chunk(join_record(HEADER, 1, 3, 0, leaves_out=True))
    assert unpack_chunk_header(gap[:20]).flags == ChunkFlag(0)


def test_joins_at_the_next_place() -> None:
    data = live_stream()
    second = data.index(b"SEGM") + 1
    reader = StreamReader(io.BytesIO(data[second:]), join=True)
    assert reader.joined is not None
    assert (reader.joined.segment, reader.joined.frame) == (1, 3)
    assert [r.index for r in reader.records() if isinstance(r, SegmentRecord)] == [1, 2, 3]
    assert reader.end == EndRecord(num_segments=4, num_frames=12)


def test_a_place_in_the_middle_of_rubbish_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("container_format.reader._SCAN_BYTES", 7)
    data = live_stream()
    rubbish = b"JOIN" + bytes(40) + b"SEGM and so on JOI"
    reader = StreamReader(io.BytesIO(rubbish + data[data.index(b"JOIN") :]), join=True)
    assert [r.index for r in reader.records() if isinstance(r, SegmentRecord)] == [1, 2, 3]


def test_joining_reads_a_whole_stream_as_ever() -> None:
    reader = StreamReader(io.BytesIO(live_stream()), join=True)
    assert reader.joined is None
    assert len(list(reader.records())) == 7


def test_no_place_to_join_is_named() -> None:
    with pytest.raises(TruncatedError, match="place where a live stream may be joined"):
        StreamReader(io.BytesIO(b"nothing of the kind" * 100), join=True)


def test_a_late_receiver_begins_where_the_sender_says() -> None:
    end = EndRecord(num_segments=4, num_frames=12)
    reader = StreamReader(io.BytesIO(greeted(3, update(2), segment(3, 2), end)))
    records = list(reader.records())
    assert [type(record) for record in records] == [JoinRecord, UpdateRecord, SegmentRecord]
    assert reader.joined == records[0]


def test_segments_that_are_left_out_on_purpose_are_no_damage() -> None:
    gap = join_record(HEADER, 3, 9, 0, leaves_out=True)
    end = EndRecord(num_segments=4, num_frames=12)
    records = read(greeted(0, segment(0), gap, segment(3), end))
    assert [r.index for r in records if isinstance(r, SegmentRecord)] == [0, 3]


def test_a_segment_that_is_lost_is_damage_although_others_may_join_behind_it() -> None:
    plain = join_record(HEADER, 3, 9, 0)
    end = EndRecord(num_segments=4, num_frames=12)
    data = greeted(0, segment(0), plain, segment(3), end)
    with pytest.raises(DamagedError, match="expected segment 1, frame 3"):
        read(data)
    assert [r.index for r in read(data, recover=True) if isinstance(r, SegmentRecord)] == [0, 3]


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ((segment(0, 1),), "segment 0 needs network 1, which is not there"),
        ((update(1), segment(0, 2)), "segment 0 needs network 2"),
        ((update(2), update(1)), "expected network 2 again, or a later one"),
        ((update(2), update(2, width=5)), "expected network 2 again, or a later one"),
        ((dataclasses.replace(join_record(HEADER, 0, 0, 0), header=b"\1\0\0\0\x80"),), "HeaderRecord"),
        ((join_record(dataclasses.replace(HEADER, width=18), 0, 0, 0),), "another header"),
        ((segment(0), join_record(HEADER, 0, 0, 0, leaves_out=True)), "expected segment 1, frame 3"),
    ],
)
def test_what_does_not_fit_is_refused(records: tuple[Any, ...], message: str) -> None:
    with pytest.raises(DamagedError, match=message):
        read(greeted(0, *records))


def test_only_live_streams_have_networks_on_the_way() -> None:
    plain = dataclasses.replace(HEADER, is_live=False)
    data = pack_prelude() + pack_chunk(plain) + pack_chunk(update(1))
    with pytest.raises(DamagedError, match="network where none may stand"):
        read(data)
    with pytest.raises(ValueError, match="live stream"):
        StreamWriter(io.BytesIO(), plain).write_update(update(1))
    with pytest.raises(ValueError, match="header of a live stream"):
        StreamWriter(io.BytesIO(), plain).write_join()
    with pytest.raises(ValueError, match="expected network 3 before segment 0"):
        StreamWriter(io.BytesIO(), HEADER).write_segment(segment(0, 3))


def test_a_lost_network_is_found_again() -> None:
    data = bytearray(live_stream())
    place = bytes(data).index(b"NETU") + 24
    data[place] ^= 1
    found = read(bytes(data), recover=True)
    assert [r.index for r in found if isinstance(r, SegmentRecord)] == [0, 3]
    assert [r.segment for r in found if isinstance(r, Damage)][1:] == [1, 2]


def test_every_changed_byte_of_a_live_stream_is_noticed() -> None:
    data = live_stream()
    for position in range(PRELUDE.size, len(data)):
        damaged = bytearray(data)
        damaged[position] ^= 16
        with pytest.raises((DamagedError, UnsupportedError)):
            read(bytes(damaged))


def test_random_access_finds_the_network_of_a_segment() -> None:
    reader = SeekingReader(io.BytesIO(live_stream()))
    assert reader.has_index
    assert [reader.read(index).network for index in range(4)] == [0, 1, 1, 2]
    assert reader.update(2, 1) == update(1)
    assert reader.update(3, 2) == update(2)
    with pytest.raises(DamagedError, match="needs network 7"):
        reader.update(3, 7)


def test_random_access_in_what_a_late_receiver_has_kept() -> None:
    end = EndRecord(num_segments=5, num_frames=15)
    gap = join_record(HEADER, 4, 12, 0, leaves_out=True)
    reader = SeekingReader(io.BytesIO(greeted(2, update(2), segment(2, 2), gap, segment(4, 2), end)))
    assert reader.num_frames == 6
    assert [place.first_frame for place in reader.segments] == [0, 3]
    assert [reader.read(index).index for index in range(2)] == [2, 4]
    assert reader.update(1, 2) == update(2)


def test_a_reader_that_keeps_no_places_checks_the_index_all_the_same() -> None:
    data = live_stream()
    reader = StreamReader(io.BytesIO(data), keeps_places=False)
    list(reader.records())
    assert reader.places == []
    place = data.index(b"INDX")
    with pytest.raises(DamagedError):
        read(data[:place] + pack_chunk(join_record(HEADER, 4, 12, 0)) + data[place + 1 :])


def test_live_is_described() -> None:
    description = describe(io.BytesIO(live_stream()))
    assert description["updates"] == 2
    assert "live       coded while the video came, 2 networks on the way" in describe_text(description)
