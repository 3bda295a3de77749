"""TIFF 6.0 files in strips, gray or RGB, with samples of 8 or 16 bits, uncompressed or through zlib."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Mapping
from dataclasses import replace

from codec.kept_files.layouts import FileLayout
from codec.kept_files.samples import Packing
from codec.video.sources.image_headers import TIFF_MAGICS
from container_format.kept_files import SampleLayoutRecord

MAGICS = tuple(TIFF_MAGICS)
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_STRIP_OFFSETS, _SAMPLES, _ROWS, _STRIP_BYTES = 273, 277, 278, 279
_PLANAR, _PREDICTOR = 284, 317
_UNCOMPRESSED, _DEFLATE, _OLD_DEFLATE = 1, 8, 32946
_BLACK_IS_ZERO, _RGB = 1, 2
_HORIZONTAL = 2
_VALUES = {3: "H", 4: "I"}  # types of tags: SHORT and LONG
_MOST_VALUES = 2**16

Tags = Mapping[int, tuple[int, ...]]


def layouts(data: bytes) -> Iterator[FileLayout]:
    """The way in which a TIFF file may have been made; none for kinds that are kept whole."""
    order = TIFF_MAGICS[data[:4]]
    try:
        tags = _tags(data, order)
        found = _layout(data, tags, order)
    except (struct.error, KeyError, IndexError):
        return
    if found is None:
        return
    yield found
    if found.samples.is_difference and not found.streams:  # some readers take no notice of it without compression
        yield replace(found, samples=replace(found.samples, is_difference=False))


def _layout(data: bytes, tags: Tags, order: str) -> FileLayout | None:
    width, height = tags[_WIDTH][0], tags[_HEIGHT][0]
    samples = tags.get(_SAMPLES, (1,))[0]
    components = {_BLACK_IS_ZERO: "y", _RGB: "rgb"}.get(tags[_PHOTOMETRIC][0], "")
    components += "a" * (samples - len(components))
    bits = set(tags.get(_BITS, (1,)))
    compression, predictor = tags.get(_COMPRESSION, (_UNCOMPRESSED,))[0], tags.get(_PREDICTOR, (1,))[0]
    if components not in ("y", "ya", "rgb", "rgba") or bits not in ({8}, {16}) or not 0 < width < 2**16:
        return None
    is_separate = tags.get(_PLANAR, (1,))[0] == 2
    is_difference = predictor == _HORIZONTAL
    if not 0 < height < 2**16 or predictor not in (1, 2) or len(components) != samples:
        return None
    layout = SampleLayoutRecord(
        order=components,
        packing=(Packing.BYTES if bits == {8} else Packing.WORDS).value,
        is_big_endian=bits == {16} and order == ">",
        is_separate=is_separate,
        is_difference=is_difference,
    )
    places = tuple(zip(tags[_STRIP_OFFSETS], tags[_STRIP_BYTES], strict=False))
    if compression == _UNCOMPRESSED:
        row_bytes = width * max(bits) // 8 * (1 if is_separate else samples)
        return FileLayout(layout, _without_filling(places, row_bytes * height * (samples if is_separate else 1)))
    rows_each = min(height, tags.get(_ROWS, (height,))[0])
    planes = samples if is_separate else 1
    if compression not in (_DEFLATE, _OLD_DEFLATE) or len(places) != planes * math.ceil(height / max(1, rows_each)):
        return None
    if is_separate and height % rows_each:
        return None
    streams = tuple(data[offset : offset + length] for offset, length in places)
    return FileLayout(layout, places, streams, rows_each)


def _without_filling(places: tuple[tuple[int, int], ...], num_bytes: int) -> tuple[tuple[int, int], ...]:
    """Places of so many bytes: some writers give the last strip more rows than the picture has."""
    kept = []
    for offset, length in places:
        taken = min(length, num_bytes)
        num_bytes -= taken
        if taken:
            kept.append((offset, taken))
    return tuple(kept)


def _tags(data: bytes, order: str) -> Tags:
    """The whole numbers of the first directory."""
    (start,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, start)
    tags = {}
    for number in range(count):
        place = start + 2 + 12 * number
        tag, kind, size = struct.unpack_from(f"{order}HHI", data, place)
        if kind not in _VALUES or size > _MOST_VALUES:
            continue
        code = f"{order}{size}{_VALUES[kind]}"
        inline = struct.calcsize(code) <= 4
        at = place + 8 if inline else struct.unpack_from(f"{order}I", data, place + 8)[0]
        tags[tag] = struct.unpack_from(code, data, at)
    return tags
