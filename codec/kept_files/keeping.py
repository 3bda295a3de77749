"""What is kept of a file beside its picture, found by making the file again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from codec.errors import StreamError
from codec.kept_files.deflate import find_deflate
from codec.kept_files.layouts import FileLayout, are_sound, file_layouts, runs_of
from codec.kept_files.restoring import content_rows, made
from codec.kept_files.samples import ByteRows
from codec.video.picture import Picture
from codec.video.pixel_formats import PixelFormat
from container_format.kept_files import MAX_GAPS, DeflateRecord, KeptFileRecord

_MOST_CHANGED_SHARE = 1 / 16
"""Files with more changed bytes than that are kept whole."""
_PATIENCE = 2
"""Files in a row whose zlib parameters are looked for in vain before only known ones are tried."""


@dataclass
class Experience:
    """What the files of a sequence had in common so far.

    Attributes:
        deflate: the last parameters of zlib that were found.
        failures: files in a row for which none were.
    """

    deflate: DeflateRecord | None = None
    failures: int = 0


def kept_record(
    name: str, data: bytes, picture: Picture, form: PixelFormat, experience: Experience | None = None
) -> KeptFileRecord:
    """The record from which, with the picture, the file is made again, which has been tried.

    Args:
        name: of the file, without folders.
        data: the file.
        picture: its picture, in the video's format.
        form: of the video.
        experience: with the files before; is updated.
    """
    experience = experience or Experience()
    whole = KeptFileRecord(name=name, sha256=hashlib.sha256(data).digest(), rest=data)
    best = whole
    for layout in file_layouts(data):
        record = _record_of(layout, whole, data, picture, form, experience)
        if record is not None and len(record.changed_values) < _changes(best, data):
            best = record
        if best is not whole and not best.changed_values:
            break
    return best if best is whole or made(best, picture, form) == data else whole


def is_whole(record: KeptFileRecord) -> bool:
    """Whether all of the file is kept, since it could not be made from its picture."""
    return record.samples is None


def _changes(record: KeptFileRecord, data: bytes) -> int:
    return int(len(data) * _MOST_CHANGED_SHARE) if is_whole(record) else len(record.changed_values)


def _record_of(
    layout: FileLayout,
    whole: KeptFileRecord,
    data: bytes,
    picture: Picture,
    form: PixelFormat,
    experience: Experience,
) -> KeptFileRecord | None:
    """The record of a file that was made in this way; None if it was not."""
    gaps = runs_of(layout.places)
    if not are_sound(layout.places, len(data)) or len(gaps) > MAX_GAPS:
        return None
    try:
        rows = content_rows(layout.samples, picture, form)
    except StreamError:  # other samples than the video's
        return None
    deflate = None
    if layout.streams:
        deflate = _deflate(layout, rows, experience)
        if deflate is None:
            return None
    rest, content = _parted(data, layout.places)
    record = replace(whole, rest=rest, gaps=gaps, samples=layout.samples, deflate=deflate)
    return record if deflate is not None else with_changes(record, rows.tobytes(), content)


def _deflate(layout: FileLayout, rows: ByteRows, experience: Experience) -> DeflateRecord | None:
    if experience.failures >= _PATIENCE:
        return None
    found = find_deflate(rows, list(layout.streams), layout.rows_each, experience.deflate)
    experience.failures = 0 if found else experience.failures + 1
    experience.deflate = found or experience.deflate
    return found


def _parted(data: bytes, places: tuple[tuple[int, int], ...]) -> tuple[bytes, bytes]:
    """The bytes outside and inside of places."""
    outside, inside, end = [], [], 0
    for offset, length in places:
        outside.append(data[end:offset])
        inside.append(data[offset : offset + length])
        end = offset + length
    return b"".join([*outside, data[end:]]), b"".join(inside)


def with_changes(record: KeptFileRecord, content: bytes, wanted: bytes) -> KeptFileRecord | None:
    """The record, with what turns one content into the other; None if they differ too much."""
    if len(content) != len(wanted):
        return None
    if content == wanted:
        return record
    places = np.flatnonzero(np.frombuffer(content, np.uint8) != np.frombuffer(wanted, np.uint8))
    if places.size > _MOST_CHANGED_SHARE * len(content):
        return None
    values = np.frombuffer(wanted, np.uint8)[places].tobytes()
    distances = np.diff(places, prepend=0).astype("<u4").tobytes()
    return replace(record, changed_places=distances, changed_values=values)
