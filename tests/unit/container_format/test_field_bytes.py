"""What each field of a record costs, counted while it is packed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from container_format.chunks import pack_chunk, pack_record
from tests.conftest import make_segment

OPTIONAL = {
    "hint_packets": (b"one", b"another"),
    "hint_extradata": b"head",
    "color_crc32": 77,
    "motion": b"m" * 300,
    "chroma_samples": b"s" * 70_000,
    "far_differences": b"f",
    "shot_starts": (1,),
}
DEFAULTS = {
    "hint_packets": (),
    "hint_extradata": b"",
    "color_crc32": None,
    "motion": b"",
    "chroma_samples": b"",
    "far_differences": b"",
    "shot_starts": (),
}


@given(st.sets(st.sampled_from(sorted(OPTIONAL))), st.data())
def test_leaving_fields_out_saves_what_they_cost(given_fields: set[str], data: st.DataObject) -> None:
    left_out = data.draw(st.sets(st.sampled_from(sorted(given_fields)))) if given_fields else set()
    segment = replace(make_segment(0), **{name: OPTIONAL[name] for name in given_fields})
    packed = pack_record(segment)
    assert packed.data == pack_chunk(segment)
    without = replace(segment, **{name: DEFAULTS[name] for name in left_out})
    assert len(packed.data) - sum(packed.field_bytes[name] for name in left_out) == len(pack_chunk(without))
    assert set(OPTIONAL) & set(packed.field_bytes) == given_fields
