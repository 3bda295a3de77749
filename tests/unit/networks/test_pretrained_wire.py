import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.errors import InputError
from codec.networks.pretrained.wire import content, fields, integers, text, varints
from tests.weight_files import bytes_field, fixed32_field, number_field, varint


def read(data: bytes) -> list[tuple[int, int | bytes]]:
    return [(number, value if isinstance(value, int) else bytes(value)) for number, value in fields(memoryview(data))]


def test_fields_come_in_order() -> None:
    fixed64 = varint(3 << 3 | 1) + bytes(range(8))
    data = number_field(1, 300) + bytes_field(100, b"content") + fixed32_field(5, 1.0) + fixed64
    assert read(data) == [(1, 300), (100, b"content"), (5, b"\x00\x00\x80\x3f"), (3, bytes(range(8)))]


def test_no_bytes_are_no_fields() -> None:
    assert read(b"") == []


@given(st.lists(st.tuples(st.integers(1, 2**29 - 1), st.integers(0, 2**64 - 1) | st.binary(max_size=300))))
def test_what_was_written_is_read(written: list[tuple[int, int | bytes]]) -> None:
    data = b"".join(
        number_field(number, value) if isinstance(value, int) else bytes_field(number, value)
        for number, value in written
    )
    assert read(data) == written


@given(st.lists(st.integers(0, 2**64 - 1)))
def test_packed_numbers(numbers: list[int]) -> None:
    assert list(varints(memoryview(b"".join(map(varint, numbers))))) == numbers


@given(st.binary(max_size=64))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(InputError):
        assert sum(1 for _ in fields(memoryview(data))) <= len(data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x08", "the end"),
        (b"\x08" + b"\x80" * 10 + b"\x01", "at most 10 bytes"),
        (b"\x00\x01", "number over 0"),
        (b"\x0b", "Received: 3"),  # groups were given up before Caffe was written
        (b"\x0f", "Received: 7"),
        (b"\x0a\x05abc", "expected 5 more bytes at byte 2. Received: 3"),
        (b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "more bytes"),  # claims eight exabytes
        (b"\x0d\x00\x00", "expected 4 more bytes"),
    ],
)
def test_damage_is_named(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(data)


def test_values_of_another_type_are_refused() -> None:
    with pytest.raises(InputError, match="expected bytes in the field name"):
        content(5, "name")
    with pytest.raises(InputError, match="UTF-8"):
        text(memoryview(b"\xff"), "name")
    with pytest.raises(InputError, match="at most 3 bytes"):
        text(memoryview(b"long"), "name", max_bytes=3)


def test_repeated_numbers_packed_or_not() -> None:
    assert integers(7, max_count=2) == [7]
    assert integers(memoryview(b"\x07\x08"), max_count=2) == [7, 8]
    with pytest.raises(InputError, match="at most 2 numbers"):
        integers(memoryview(b"\x07\x08\x09"), max_count=2)
