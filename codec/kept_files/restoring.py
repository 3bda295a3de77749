"""A file from a picture and what was kept beside it."""

from __future__ import annotations

import hashlib

import numpy as np

from codec.errors import StreamError
from codec.kept_files.deflate import deflated
from codec.kept_files.png_filters import filtered
from codec.kept_files.samples import ByteRows, sample_rows
from codec.video.picture import Picture
from codec.video.pixel_formats import PixelFormat
from container_format.kept_files import KeptFileRecord, SampleLayoutRecord

_ROOM_BYTES = 2**24
_ROOM_FACTOR = 8


def most_record_bytes(raw_frame_bytes: int) -> int:
    """The largest record of a file that is kept for a picture of so many bytes."""
    return _ROOM_BYTES + _ROOM_FACTOR * raw_frame_bytes


def restored(record: KeptFileRecord, picture: Picture, form: PixelFormat) -> bytes:
    """The file, byte for byte.

    Args:
        record: of the file; from a stream of unknown origin.
        picture: as decoded.
        form: of the video.

    Raises:
        StreamError: the record does not fit the picture, or makes another file than it says.
    """
    data = made(record, picture, form)
    if hashlib.sha256(data).digest() != record.sha256:
        raise StreamError(f"the file {record.name!r} was not restored: its SHA-256 is not that of the source's file")
    return data


def made(record: KeptFileRecord, picture: Picture, form: PixelFormat) -> bytes:
    """As :func:`restored`, without a comparison with the file's hash."""
    if record.samples is None:
        return record.rest
    rows = content_rows(record.samples, picture, form)
    content = rows.tobytes() if record.deflate is None else deflated(rows, record.deflate)
    return joined(record.rest, changed(content, record), record.gaps)


def content_rows(layout: SampleLayoutRecord, picture: Picture, form: PixelFormat) -> ByteRows:
    """The rows of a file's samples, filtered if they are, before any compression.

    Raises:
        StreamError: the video has no such samples.
    """
    rows = sample_rows(picture, form, layout)
    return filtered(rows, layout.filters, rows.shape[1] // picture.luma.shape[1]) if layout.filters else rows


def changed(content: bytes, record: KeptFileRecord) -> bytes:
    """The bytes of the samples, with the replacements of a record.

    Raises:
        StreamError: a replacement lies outside.
    """
    if not record.changed_places and not record.changed_values:
        return content
    if len(record.changed_places) != 4 * len(record.changed_values):
        raise StreamError("expected as many places as values of changed bytes in a kept file")
    places = np.frombuffer(record.changed_places, "<u4").cumsum(dtype=np.uint64)
    if int(places[-1]) >= len(content):
        raise StreamError(f"expected changed bytes within {len(content)} bytes of a kept file")
    result = np.frombuffer(content, np.uint8).copy()
    result[places] = np.frombuffer(record.changed_values, np.uint8)
    return result.tobytes()


def joined(rest: bytes, content: bytes, gaps: tuple[tuple[int, ...], ...]) -> bytes:
    """A file: the rest, with the content in its gaps.

    Raises:
        StreamError: the gaps do not take up exactly the content.
    """
    wanted = sum(length * count for _, length, count in gaps)
    before = sum(skipped * count for skipped, _, count in gaps)
    if wanted != len(content) or before > len(rest) or any(length == 0 for _, length, _ in gaps):
        raise StreamError(f"expected {wanted} bytes of samples in a kept file. Received: {len(content)}")
    parts, place, start = [], 0, 0
    views = memoryview(rest), memoryview(content)
    for skipped, length, count in gaps:
        for _ in range(count):
            parts += [views[0][place : place + skipped], views[1][start : start + length]]
            place, start = place + skipped, start + length
    return b"".join([*parts, views[0][place:]])
