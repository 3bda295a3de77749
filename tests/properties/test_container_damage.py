"""Any bytes at all: a reader ends with records or with a StreamError, never otherwise."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from container_format import SegmentRecord, StreamError, StreamReader
from tests.conftest import make_segment, make_stream

STREAM = make_stream()


def outcome(data: bytes, *, recover: bool = False) -> list[object] | str:
    try:
        return list(StreamReader(io.BytesIO(data), recover=recover).records())
    except StreamError as error:
        return str(error)


@given(st.binary(max_size=400))
def test_arbitrary_bytes(data: bytes) -> None:
    assert isinstance(outcome(data), str)


@given(st.data())
def test_any_change_is_noticed(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(STREAM) - 1))
    stop = data.draw(st.integers(start, min(start + 40, len(STREAM))))
    replacement = data.draw(st.binary(max_size=40))
    changed = STREAM[:start] + replacement + STREAM[stop:]
    if changed != STREAM:
        assert isinstance(outcome(changed), str)


@given(st.data())
def test_recovery_gives_only_what_was_written(data: st.DataObject) -> None:
    changed = bytearray(STREAM)
    for _ in range(data.draw(st.integers(1, 5))):
        changed[data.draw(st.integers(0, len(STREAM) - 1))] ^= data.draw(st.integers(1, 255))
    records = outcome(bytes(changed), recover=True)
    if not isinstance(records, str):
        for record in records:
            if isinstance(record, SegmentRecord):
                assert record == make_segment(record.index)
