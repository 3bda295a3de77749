"""PNG files with samples of 8 or 16 bits, not interlaced."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np

from codec.kept_files.layouts import FileLayout
from codec.kept_files.png_filters import NUM_FILTERS
from codec.kept_files.samples import Packing
from codec.video.sources.image_headers import PNG_MAGIC
from container_format.kept_files import SampleLayoutRecord

MAGICS = (PNG_MAGIC,)
_ORDERS = {0: "y", 2: "rgb", 4: "ya", 6: "rgba"}
_CHUNK = struct.Struct(">I4s")
_CHECKSUM_BYTES = 4
_HEADER = struct.Struct(">IIBBBBB")


def layouts(data: bytes) -> Iterator[FileLayout]:
    """The way in which a PNG file was made; none for kinds that are kept whole."""
    places = tuple(_places(data))
    start = len(PNG_MAGIC) + _CHUNK.size
    if not places or data[start - 4 : start] != b"IHDR" or len(data) < start + _HEADER.size:
        return
    width, height, bits, color, _, _, is_interlaced = _HEADER.unpack_from(data, start)
    if bits not in (8, 16) or color not in _ORDERS or is_interlaced or not 0 < width < 2**16 or not 0 < height < 2**16:
        return
    stream = b"".join(data[offset : offset + length] for offset, length in places)
    row_bytes = 1 + width * len(_ORDERS[color]) * bits // 8
    unpacker = zlib.decompressobj()
    try:
        rows = unpacker.decompress(stream, row_bytes * height + 1)
    except zlib.error:
        return
    if len(rows) != row_bytes * height or not unpacker.eof or unpacker.unused_data:
        return
    filters = np.frombuffer(rows, np.uint8)[::row_bytes]
    if filters.max() >= NUM_FILTERS:
        return
    packing = Packing.BYTES if bits == 8 else Packing.WORDS
    layout = SampleLayoutRecord(
        order=_ORDERS[color], packing=packing.value, is_big_endian=bits == 16, filters=filters.tobytes()
    )
    yield FileLayout(layout, places, (stream,), height)


def _places(data: bytes) -> Iterator[tuple[int, int]]:
    """The contents of the chunks with compressed samples."""
    place = len(PNG_MAGIC)
    while place + _CHUNK.size <= len(data):
        length, kind = _CHUNK.unpack_from(data, place)
        place += _CHUNK.size
        if kind == b"IDAT" and length and place + length <= len(data):
            yield place, length
        place += length + _CHECKSUM_BYTES
