"""Recordings that end too soon, by the sizes that the file states of its own parts."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from codec.video.sources.transport_stream import TransportStream

_EBML, _SEGMENT, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1F43B675
# Elements of a segment: the first of them that comes behind a cluster of unknown size ends it (RFC 9559, 5.1).
_OF_SEGMENT = frozenset(
    {0x114D9B74, 0x1549A966, 0x1654AE6B, _CLUSTER, 0x1C53BB6B, 0x1941A469, 0x1043A770, 0x1254C367, _SEGMENT, _EBML}
)
_MP4_BOXES = frozenset({b"ftyp", b"mdat", b"moof", b"moov"})


def missing_end(path: Path, container: str) -> int:
    """Bytes that a file lacks at its end.

    Args:
        path: the file.
        container: FFmpeg's name of its format.

    Returns:
        At least as many bytes as this are missing; 0 if nothing is known to be missing.
    """
    size = path.stat().st_size
    if container == "mpegts":
        transport = TransportStream.of(path)
        return transport.missing_bytes if transport else 0
    with path.open("rb") as stream:
        if container.startswith("matroska"):
            return max(0, _end_of_matroska(stream) - size)
        if container.startswith("mov"):
            return max(0, _end_of_mp4(stream, size) - size)
        if container == "avi":
            return max(0, _end_of_avi(stream) - size)
    return 0


def _end_of_matroska(stream: BinaryIO) -> int:
    """Where the last element ends that has begun."""
    position, is_in_segment = 0, False
    while True:
        stream.seek(position)
        found = _element(stream.read(12))
        if found is None:
            return position
        name, size, header_bytes = found
        if not is_in_segment and name not in (_EBML, _SEGMENT):
            return position  # nothing that this module knows
        start = position + header_bytes
        if name == _SEGMENT and not is_in_segment:
            if size is not None:
                return start + size
            is_in_segment, position = True, start
        elif size is None:
            if name != _CLUSTER:
                return position
            position = start  # its children come as if they were the segment's
        elif is_in_segment and name in (_SEGMENT, _EBML):
            return position
        else:
            position = start + size


def _element(data: bytes) -> tuple[int, int | None, int] | None:
    """Name, size and bytes of the header of an element (RFC 8794, 4); None at the end of the file.

    A header that is cut off, too, is one byte longer than the file.
    """
    if not data:
        return None
    name_bytes = 9 - data[0].bit_length()
    if name_bytes > 4:
        return None  # not an element
    if len(data) <= name_bytes:
        return 0, 0, len(data) + 1
    size_bytes = 9 - data[name_bytes].bit_length()
    if size_bytes > 8 or len(data) < name_bytes + size_bytes:
        return 0, 0, len(data) + 1
    value = int.from_bytes(data[name_bytes : name_bytes + size_bytes], "big") & ((1 << 7 * size_bytes) - 1)
    is_unknown = value == (1 << 7 * size_bytes) - 1
    return int.from_bytes(data[:name_bytes], "big"), None if is_unknown else value, name_bytes + size_bytes


def _end_of_mp4(stream: BinaryIO, file_bytes: int) -> int:
    """Where the last box of a movie ends."""
    position = 0
    while position + 8 <= file_bytes:
        stream.seek(position)
        data = stream.read(16)
        size, kind = int.from_bytes(data[:4], "big"), data[4:8]
        if size == 1 and len(data) == 16:
            size = int.from_bytes(data[8:], "big")
        if size < 8:
            return position  # 0: to the end of the file
        if position + size > file_bytes and kind not in _MP4_BOXES:
            return position  # something behind the movie
        position += size
    return position


def _end_of_avi(stream: BinaryIO) -> int:
    """Where the list of the frames ends."""
    header = stream.read(12)
    position = len(header)
    while True:
        stream.seek(position)
        data = stream.read(12)
        if len(data) < 12:
            return position if len(data) == 0 else 0
        size = int.from_bytes(data[4:8], "little")
        if data[:4] == b"LIST" and data[8:] == b"movi":
            return position + 8 + size if size > 4 else 0
        position += 8 + size + size % 2
