"""Reader of the wire format of Protocol Buffers, with the parts that weight files use.

A message is a sequence of fields. Each field is a tag, which holds a field number and a wire type, and a value
(https://protobuf.dev/programming-guides/encoding). The meaning of a field number is in the file's schema. The readers
in this package have the numbers that they need as constants, and skip all other fields. Values are views of the file,
so a length that a file declares causes no copy and no allocation.
"""

from __future__ import annotations

from collections.abc import Iterator

from codec.errors import InputError

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FIXED_BYTES = {_FIXED64: 8, _FIXED32: 4}
_MAX_VARINT_BYTES = 10

FieldValue = int | memoryview


def fields(message: memoryview) -> Iterator[tuple[int, FieldValue]]:
    """Iterate over the fields of a message, in the order of the file.

    Args:
        message: the bytes of exactly one message.

    Yields:
        The field number and the value of each field. The value of a varint is an int. Other values are views of the
        bytes: the little-endian number of a fixed-size field, or the content of a field with a length.

    Raises:
        InputError: the bytes are not a message.
    """
    position = 0
    while position < len(message):
        tag, position = _varint(message, position)
        number, wire_type = tag >> 3, tag & 7
        if number == 0:
            raise InputError(f"expected a field number over 0 at byte {position}. Received: 0")
        if wire_type == _VARINT:
            value, position = _varint(message, position)
            yield number, value
            continue
        if wire_type == _BYTES:
            length, position = _varint(message, position)
        elif wire_type in _FIXED_BYTES:
            length = _FIXED_BYTES[wire_type]
        else:
            raise InputError(f"expected a wire type of 0, 1, 2 or 5 at byte {position}. Received: {wire_type}")
        if length > len(message) - position:
            raise InputError(f"expected {length} more bytes at byte {position}. Received: {len(message) - position}")
        yield number, message[position : position + length]
        position += length


def varints(packed: memoryview) -> Iterator[int]:
    """Iterate over the varints of a packed field.

    Raises:
        InputError: the bytes are not a sequence of varints.
    """
    position = 0
    while position < len(packed):
        value, position = _varint(packed, position)
        yield value


def content(value: FieldValue, name: str) -> memoryview:
    """The bytes of a field that has a length according to the schema.

    Raises:
        InputError: the field is a varint.
    """
    if isinstance(value, int):
        raise InputError(f"expected bytes in the field {name}. Received: the number {value}")
    return value


def text(value: FieldValue, name: str, *, max_bytes: int = 1024) -> str:
    """The UTF-8 text of a field.

    Raises:
        InputError: the field is not UTF-8 text, or it is longer than ``max_bytes`` bytes.
    """
    encoded = content(value, name)
    if len(encoded) > max_bytes:
        raise InputError(f"expected at most {max_bytes} bytes in the field {name}. Received: {len(encoded)}")
    try:
        return bytes(encoded).decode()
    except UnicodeDecodeError:
        raise InputError(f"expected UTF-8 text in the field {name}. Received: {bytes(encoded[:16])!r}") from None


def integers(value: FieldValue, *, max_count: int) -> list[int]:
    """The numbers in one value of a repeated field: one number, or several packed ones.

    Raises:
        InputError: there are more than ``max_count`` numbers.
    """
    if isinstance(value, int):
        return [value]
    numbers: list[int] = []
    for number in varints(value):
        if len(numbers) == max_count:
            raise InputError(f"expected at most {max_count} numbers. Received: more")
        numbers.append(number)
    return numbers


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    """Read a varint, which has seven bits per byte, lowest bits first. Return it with the position after it."""
    value = 0
    for index in range(_MAX_VARINT_BYTES):
        if position + index >= len(message):
            raise InputError(f"expected the rest of a number at byte {position}. Received: the end")
        byte = message[position + index]
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, position + index + 1
    raise InputError(f"expected a number of at most {_MAX_VARINT_BYTES} bytes at byte {position}. Received: more")
