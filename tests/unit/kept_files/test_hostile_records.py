"""Records of unknown origin: whatever they say, an error of the stream is the worst that comes of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.errors import GvcError
from codec.kept_files.names import is_plain
from codec.kept_files.restoring import made, restored
from codec.kept_files.samples import Packing
from codec.video.picture import Picture
from codec.video.pixel_formats import PIXEL_FORMATS
from container_format.kept_files import (
    DeflateRecord,
    KeptFileRecord,
    KeptFilesRecord,
    SampleLayoutRecord,
    pack_kept,
    unpack_kept,
)

SIZES = st.integers(0, 300)
LAYOUTS = st.builds(
    SampleLayoutRecord,
    order=st.text("yrgbaxu", max_size=5),
    packing=st.sampled_from([*(packing.value for packing in Packing), "", "32"]),
    is_big_endian=st.booleans(),
    is_separate=st.booleans(),
    is_difference=st.booleans(),
    filters=st.binary(max_size=9) | st.just(bytes(8)) | st.just(bytes(24)),
)
DEFLATES = st.builds(
    DeflateRecord,
    level=st.integers(1, 9),
    window_bits=st.integers(9, 15),
    memory_level=st.integers(1, 9),
    strategy=st.integers(0, 4),
    header=st.binary(max_size=2),
    rows=st.integers(1, 2**18),
)
RECORDS = st.builds(
    KeptFileRecord,
    name=st.text(max_size=20),
    sha256=st.binary(max_size=32),
    rest=st.binary(max_size=200),
    gaps=st.lists(st.tuples(SIZES, SIZES | st.just(2**40), SIZES | st.just(2**40)), max_size=4).map(tuple),
    samples=st.none() | LAYOUTS,
    deflate=st.none() | DEFLATES,
    changed_places=st.binary(max_size=16),
    changed_values=st.binary(max_size=4),
)


@pytest.mark.parametrize("name", ["gray", "rgb24", "gbrp10le", "gbrp12le", "gbrap16le", "yuv420p"])
@given(record=RECORDS)
def test_any_record_makes_bytes_or_an_error(name: str, record: KeptFileRecord) -> None:
    form = PIXEL_FORMATS[name]
    picture = form.unpack(bytes(form.frame_bytes(6, 8)), 6, 8)
    for make in (made, restored):
        try:
            assert isinstance(make(record, picture, form), bytes)
        except GvcError:
            continue


@given(data=st.binary(max_size=100), place=st.integers(0, 200), value=st.integers(0, 255))
def test_changed_bytes_of_a_record_are_found(data: bytes, place: int, value: int) -> None:
    good = bytearray(pack_kept(KeptFileRecord(name="a.dpx", rest=data, gaps=((1, 2, 3),))))
    good[place % len(good)] = value
    for kind in (KeptFileRecord, KeptFilesRecord):
        try:
            unpack_kept(kind, bytes(good))
        except GvcError:
            continue


@pytest.mark.parametrize("name", ["a.dpx", "scan 0001.tif", "ä.png", ".hidden", "a:b.png"])
def test_plain_names(name: str) -> None:
    assert is_plain(name, on_windows=False)


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "a/b", "/a", "..\\a", "a\0b", "a\nb", "\x1b[2J", "a\u202egnp", "x" * 256, "\ud800"],
)
def test_names_that_lead_elsewhere(name: str) -> None:
    assert not is_plain(name, on_windows=False)


@pytest.mark.parametrize("name", ["con", "NUL.png", "com1.dpx", "a:b", "a.", "a "])
def test_names_that_windows_takes_for_something_else(name: str) -> None:
    assert not is_plain(name, on_windows=True)


def test_a_record_of_another_depth_is_an_error() -> None:
    record = KeptFileRecord(samples=SampleLayoutRecord(order="y", packing="10 high"))
    with pytest.raises(GvcError, match="8 bits"):
        made(record, Picture(np.zeros((2, 2), np.uint8)), PIXEL_FORMATS["gray"])
