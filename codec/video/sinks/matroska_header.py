"""What FFmpeg's Matroska muxer cannot be told through PyAV is written into the header of a finished file.

The muxer leaves room behind its header. The description of the video track grows by what is stated, the room shrinks by
as much, and nothing behind it moves. Elements are those of RFC 9559.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO

from codec.errors import OutputError
from codec.video.marks import ContentLight, MasteringDisplay

ROOM_BYTES = 512
"""To be asked of the muxer; what is stated takes about half of it, and longer sizes of elements some of the rest."""

_SEGMENT, _SEEK_HEAD, _TRACKS, _CLUSTER, _VOID = 0x18538067, 0x114D9B74, 0x1654AE6B, 0x1F43B675, 0xEC
_CRC32 = 0xBF
_BEFORE_CLUSTERS = (_SEEK_HEAD, 0x1549A966, _TRACKS, 0x1043A770, 0x1941A469, 0x1254C367, _VOID)
_SEEK, _SEEK_ID, _SEEK_POSITION = 0x4DBB, 0x53AB, 0x53AC
_TRACK_ENTRY, _TRACK_TYPE, _VIDEO, _COLOR = 0xAE, 0x83, 0xE0, 0x55B0
_VIDEO_TYPE = b"\1"
_DISPLAY_WIDTH, _DISPLAY_HEIGHT, _DISPLAY_UNIT = 0x54B0, 0x54BA, 0x54B2
_ASPECT_RATIO = 3  # a display unit: width and height are a ratio, no size
_MAX_CLL, _MAX_FALL, _MASTERING = 0x55BC, 0x55BD, 0x55D0
_MASTERING_VALUES = (0x55D1, 0x55D2, 0x55D3, 0x55D4, 0x55D5, 0x55D6, 0x55D7, 0x55D8, 0x55DA, 0x55D9)
_SMALLEST_VOID = 9  # its id, and a size of eight bytes


@dataclass(frozen=True)
class Statement:
    """What the header of the video track is to say.

    Attributes:
        display_aspect: width over height of the picture as it is shown; None to say nothing.
        mastering_display, content_light: None to say nothing.
    """

    display_aspect: Fraction | None = None
    mastering_display: MasteringDisplay | None = None
    content_light: ContentLight | None = None

    def __bool__(self) -> bool:
        return self != Statement()


@dataclass(frozen=True)
class _Element:
    number: int
    data: bytes

    def packed(self) -> bytes:
        return _id_bytes(self.number) + (len(self.data) | 1 << 56).to_bytes(8, "big") + self.data


def state(file: BinaryIO, statement: Statement) -> None:
    """Write a statement into a Matroska file.

    Args:
        file: open for reading and writing; made by FFmpeg's muxer with :data:`ROOM_BYTES` of padding.
        statement: to be written.

    Raises:
        OutputError: the file is not as the muxer writes it.
    """
    begin, end, elements = _read_header(file)
    numbers = [element.number for element in elements]
    if numbers[:1] != [_SEEK_HEAD] or _TRACKS not in numbers:
        raise OutputError(f"expected a Matroska header from FFmpeg. Received: the elements {numbers}")
    kept = [_stated(element, statement) if element.number == _TRACKS else element for element in elements[1:]]
    # All its numbers take eight bytes, so that its size does not depend on them.
    places, place = {}, len(_with_places(elements[0], {}).packed())
    for element in kept:
        places[_id_bytes(element.number)] = place
        place += len(element.packed())
    header = b"".join(element.packed() for element in (_with_places(elements[0], places), *kept))
    room = end - begin - len(header)
    if room < _SMALLEST_VOID:
        raise OutputError(f"expected room of {_SMALLEST_VOID} bytes behind a Matroska header. Received: {room}")
    file.seek(begin)
    file.write(header + _Element(_VOID, bytes(room - _SMALLEST_VOID)).packed())


def _read_header(file: BinaryIO) -> tuple[int, int, list[_Element]]:
    """Where the elements of the segment begin, where its first cluster does, and what lies between, but for voids."""
    file.seek(0)
    _, size = _read_head(file)
    file.seek(size, 1)
    number, _ = _read_head(file)
    begin = file.tell()
    elements: list[_Element] = []
    while number in (_SEGMENT, *_BEFORE_CLUSTERS):
        end = file.tell()
        number, size = _read_head(file)
        if number == _CLUSTER:
            return begin, end, elements
        data = file.read(size)
        if number != _VOID:
            elements.append(_Element(number, data))
    raise OutputError(f"expected a cluster in a Matroska file from FFmpeg. Received: element {number:x}")


def _stated(tracks: _Element, statement: Statement) -> _Element:
    """The descriptions of all tracks, with the statement in that of the video."""
    entries = list(_children(tracks.data))
    for index, entry in enumerate(entries):
        fields = list(_children(entry.data)) if entry.number == _TRACK_ENTRY else []
        if any(field.number == _TRACK_TYPE and field.data[-1:] == _VIDEO_TYPE for field in fields):
            video = next(field for field in fields if field.number == _VIDEO)
            fields[fields.index(video)] = _Element(_VIDEO, _video(video.data, statement))
            entries[index] = _Element(_TRACK_ENTRY, _packed(fields))
            break
    return _checked(_TRACKS, entries)


def _video(data: bytes, statement: Statement) -> bytes:
    fields = list(_children(data))
    if statement.display_aspect is not None:
        shape = (_DISPLAY_WIDTH, _DISPLAY_HEIGHT, _DISPLAY_UNIT)
        width, height = statement.display_aspect.as_integer_ratio()
        values = zip(shape, (width, height, _ASPECT_RATIO), strict=True)
        fields = [field for field in fields if field.number not in shape]
        fields += [_whole_number(number, value) for number, value in values]
    light = _light(statement)
    if light:
        color = next((field for field in fields if field.number == _COLOR), _Element(_COLOR, b""))
        fields = [field for field in fields if field.number != _COLOR]
        fields.append(_Element(_COLOR, color.data + _packed(light)))
    return _packed(fields)


def _light(statement: Statement) -> list[_Element]:
    stated = []
    level, display = statement.content_light, statement.mastering_display
    if level is not None:
        stated += [_whole_number(_MAX_CLL, level.max_content), _whole_number(_MAX_FALL, level.max_average)]
    if display is not None:
        values = zip(_MASTERING_VALUES, display.values(), strict=True)
        numbers = [_Element(number, struct.pack(">d", float(value))) for number, value in values]
        stated.append(_Element(_MASTERING, _packed(numbers)))
    return stated


def _with_places(seek_head: _Element, places: dict[bytes, int]) -> _Element:
    """The list of places, with the new ones; the others stay."""
    entries = []
    for seek in _children(seek_head.data):
        fields = {field.number: field.data for field in _children(seek.data)} if seek.number == _SEEK else {}
        if fields:
            named = fields[_SEEK_ID]
            place = places.get(named, int.from_bytes(fields[_SEEK_POSITION], "big"))
            entries.append(_Element(_SEEK, _packed([_Element(_SEEK_ID, named), _whole_number(_SEEK_POSITION, place)])))
    return _checked(_SEEK_HEAD, entries)


def _checked(number: int, children: list[_Element]) -> _Element:
    """An element with a checksum of its children in front, in place of an older one."""
    data = _packed([child for child in children if child.number != _CRC32])
    return _Element(number, _Element(_CRC32, struct.pack("<I", zlib.crc32(data))).packed() + data)


def _children(data: bytes) -> Iterator[_Element]:
    stream = io.BytesIO(data)
    while stream.tell() < len(data):
        number, size = _read_head(stream)
        yield _Element(number, stream.read(size))


def _packed(elements: list[_Element]) -> bytes:
    return b"".join(element.packed() for element in elements)


def _whole_number(number: int, value: int) -> _Element:
    return _Element(number, value.to_bytes(8, "big"))


def _id_bytes(number: int) -> bytes:
    return number.to_bytes(-(-number.bit_length() // 8), "big")


def _read_head(stream: BinaryIO) -> tuple[int, int]:
    """Number and size of the next element. A number keeps the bit that marks its length; a size does not."""
    number, _ = _read_number(stream)
    size, num_bytes = _read_number(stream)
    return number, size & ~(1 << 7 * num_bytes)


def _read_number(stream: BinaryIO) -> tuple[int, int]:
    first = stream.read(1)
    if not first or not first[0]:
        raise OutputError("expected another element in a Matroska file from FFmpeg. Received: its end")
    num_bytes = 9 - first[0].bit_length()
    return int.from_bytes(first + stream.read(num_bytes - 1), "big"), num_bytes
