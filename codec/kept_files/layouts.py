"""What the header of an image file says of its samples: where they are, and how they may have become bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from container_format.kept_files import DeflateRecord, SampleLayoutRecord

Gaps = tuple[tuple[int, int, int], ...]
"""Runs of (bytes before, bytes of samples, count)."""


@dataclass(frozen=True)
class FileLayout:
    """One way in which a file may have been made of its samples.

    Attributes:
        samples: how they became bytes.
        places: of these bytes in the file, as (offset, bytes), rising, not overlapping.
        streams: the zlib streams in these places; empty if nothing is compressed.
        rows_each: rows in a zlib stream.
        deflate: how the rows became zlib streams, once it is known.
    """

    samples: SampleLayoutRecord
    places: tuple[tuple[int, int], ...]
    streams: tuple[bytes, ...] = ()
    rows_each: int = 0
    deflate: DeflateRecord | None = None


def runs_of(places: Sequence[tuple[int, int]]) -> Gaps:
    """Places as runs of equal distances and lengths."""
    runs: list[tuple[int, int, int]] = []
    end = 0
    for offset, length in places:
        before, end = offset - end, offset + length
        if runs and runs[-1][:2] == (before, length):
            runs[-1] = (before, length, runs[-1][2] + 1)
        else:
            runs.append((before, length, 1))
    return tuple(runs)


def are_sound(places: Sequence[tuple[int, int]], num_bytes: int) -> bool:
    """Whether places rise, do not overlap, and lie in a file of so many bytes."""
    end = 0
    for offset, length in places:
        if offset < end or length <= 0:
            return False
        end = offset + length
    return bool(places) and end <= num_bytes


def row_places(offset: int, row_bytes: int, stride: int, rows: int) -> tuple[tuple[int, int], ...]:
    """Places of rows with filling between them; one place if there is none."""
    if stride == row_bytes:
        return ((offset, row_bytes * rows),)
    return tuple((offset + number * stride, row_bytes) for number in range(rows))


def file_layouts(data: bytes) -> Iterator[FileLayout]:
    """Ways in which a file may have been made; none for formats and kinds that are kept whole."""
    from codec.kept_files import dpx, png, tiff

    for module in (dpx, png, tiff):
        if data.startswith(module.MAGICS):
            yield from module.layouts(data)
