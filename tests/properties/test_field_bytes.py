"""The bytes of a record by field add up: a chunk without a field is smaller by what the field took."""

from __future__ import annotations

import dataclasses
import io

from hypothesis import given
from hypothesis import strategies as st

from container_format import SegmentRecord, StreamWriter
from container_format.chunks import pack_chunk, pack_record
from container_format.fields import default_of, has_default
from tests.conftest import make_header, make_segment

DEFAULTS = {item.name: default_of(item) for item in dataclasses.fields(SegmentRecord) if has_default(item)}
LARGE = st.integers(0, 70_000).map(bytes)  # lengths of one to five bytes in the map
PACKETS = st.lists(LARGE, max_size=20).map(tuple)


@st.composite
def _segments(draw: st.DrawFn) -> SegmentRecord:
    """Any fields but `shot_starts`: a map of 15 entries is the largest whose count takes one byte."""
    return SegmentRecord(
        index=draw(st.integers(0, 2**32 - 1)),
        first_frame=draw(st.integers(0, 2**48)),
        num_frames=draw(st.integers(1, 4096)),
        pts=draw(st.integers(-(2**62), 2**62)),
        pts_steps=tuple(draw(st.lists(st.tuples(st.integers(1, 2**48), st.integers(1, 2**48)), max_size=20))),
        last_duration=draw(st.none() | st.integers(0, 2**48)),
        luma_crc32=draw(st.integers(0, 2**32 - 1)),
        luma_extradata=draw(LARGE),
        luma_packets=draw(PACKETS),
        hint_extradata=draw(LARGE),
        hint_packets=draw(PACKETS),
        color_crc32=draw(st.none() | st.integers(0, 2**32 - 1)),
        motion=draw(LARGE),
        chroma_samples=draw(LARGE),
        far_differences=draw(LARGE),
    )


@given(_segments(), st.sets(st.sampled_from(sorted(DEFAULTS))))
def test_a_chunk_without_fields_is_smaller_by_their_bytes(segment: SegmentRecord, removed: set[str]) -> None:
    packed = pack_record(segment)
    assert packed.data == pack_chunk(segment)
    less = dataclasses.replace(segment, **{name: DEFAULTS[name] for name in removed})
    assert len(packed.data) - sum(packed.field_bytes.get(name, 0) for name in removed) == len(pack_chunk(less))


@given(_segments())
def test_fields_and_framing_are_all_that_there_is(segment: SegmentRecord) -> None:
    packed = pack_record(segment)
    framing = {len(packed.data) - sum(packed.field_bytes.values())}
    assert framing == {20 + 4 + 1 + 4}  # chunk header, length of the map, its first byte, checksum
    at_default = {name for name, value in DEFAULTS.items() if getattr(segment, name) == value}
    assert set(packed.field_bytes) == {item.name for item in dataclasses.fields(segment)} - at_default


def test_a_packed_segment_is_written_as_it_is() -> None:
    written = []
    for packed in (None, pack_record(make_segment(0))):
        target = io.BytesIO()
        writer = StreamWriter(target, make_header(color="none"))
        assert writer.write_segment(make_segment(0), packed) == len(pack_chunk(make_segment(0)))
        writer.finish()
        written.append(target.getvalue())
    assert written[0] == written[1]
