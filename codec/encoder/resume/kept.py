"""What is kept of one encode in its work folder, and what an earlier run of it has left there.

    survey            as soon as every frame was looked at
    hints-NNNNNN      of a segment, where they are coded before the recipe is there
    prepared          the recipe: what was chosen, and the networks that were trained
    segment-NNNNNN    as soon as it is coded

The recipe is written after the hints, so that all of them are there if it is. Each segment names the recipe that it was
coded by, and is not used with another one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Protocol, TypeVar

from codec.checksums import RunningChecksum, gray_crc32
from codec.encoder.recipe import Prepared, Recipe
from codec.encoder.resume.values import pack_value, unpack_value
from codec.encoder.segment import CodedSegment, SegmentInput, SegmentSizes
from codec.encoder.survey import Survey
from codec.errors import InputError, StreamError
from codec.metrics import QualityMeter
from codec.plane_codecs import CodedRun
from codec.stream_header import pack_times
from container_format import SegmentRecord
from container_format.chunks import (
    CHUNK_HEADER,
    PAYLOAD_CHECKSUM,
    PackedChunk,
    check_payload,
    unpack_chunk_header,
    unpack_record,
)

_SURVEY, _PREPARED = "survey", "prepared"
Value = TypeVar("Value")
Item = TypeVar("Item")


class Folder(Protocol):
    """Where pieces are kept, as :class:`codec.files.WorkFolder` keeps them."""

    def read(self, name: str) -> bytes | None:
        """A piece; None if it is not there, or is damaged."""

    def write(self, name: str, data: bytes) -> None:
        """Keep a piece; it is on the disk when this returns.

        Raises:
            OutputError: it cannot be written.
        """


class KeptWork:
    """The pieces of one encode. A piece that is damaged counts as one that is not there.

    Args:
        folder: of this encode, and of no other.

    Attributes:
        num_kept: segments that were coded by this run, and kept.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._recipe_hash = b""
        self._taken: set[int] = set()
        self.num_kept = 0

    @property
    def num_taken(self) -> int:
        """Segments that were taken from the folder."""
        return len(self._taken)

    def survey(self) -> Survey | None:
        """The survey, if it was kept."""
        return self._value(_SURVEY, Survey)

    def keep_survey(self, survey: Survey) -> None:
        """Keep the survey.

        Raises:
            OutputError: the folder cannot be written.
        """
        self._folder.write(_SURVEY, pack_value(survey))

    def prepared(self) -> Prepared | None:
        """The recipe, if it was kept; from then on, segments are those that were coded by it."""
        prepared = self._value(_PREPARED, Prepared)
        if prepared is None:
            return None
        hints = _KeptHints(self._folder, frozenset(prepared.hints))
        if not all(hints.is_whole(number) for number in hints):
            return None
        self._remember_recipe()
        return replace(prepared, hints=hints)

    def keep_prepared(self, prepared: Prepared) -> None:
        """Keep the recipe, and the hints that are coded already.

        Raises:
            OutputError: the folder cannot be written.
        """
        for number, run in prepared.hints.items():
            self._folder.write(_hints_name(number), pack_value(run))
        empty = CodedRun(b"", (), 0)
        self._folder.write(_PREPARED, pack_value(replace(prepared, hints=dict.fromkeys(sorted(prepared.hints), empty))))
        self._remember_recipe()

    def take(self, recipe: Recipe, segment: SegmentInput) -> CodedSegment | None:
        """A segment that an earlier run has coded; None if there is none that was coded by this recipe.

        Args:
            recipe: of the video.
            segment: its frames are read if there is one, and compared with it: their number, their times, and where
                the gray is sent exactly, their gray.

        Raises:
            InputError: it was coded from other frames.
        """
        coded = self._coded(segment.index)
        if coded is None:
            return None
        _compare(coded.record, recipe, segment)
        self._taken.add(segment.index)
        return coded

    def _coded(self, number: int) -> CodedSegment | None:
        kept = self._value(_segment_name(number), tuple)
        if kept is None or len(kept) != 4 or kept[0] != self._recipe_hash:
            return None
        _, sizes, quality, chunk = kept
        record = _record_of(chunk)
        is_whole = isinstance(sizes, SegmentSizes) and isinstance(quality, QualityMeter | None)
        if record is None or record.index != number or not is_whole:
            return None
        return CodedSegment(record, PackedChunk(chunk, {}), sizes, quality)

    def keeping(self, items: Iterable[CodedSegment | Item]) -> Iterator[CodedSegment | Item]:
        """The same items; each segment that was not taken from the folder is kept before it is handed on.

        Raises:
            OutputError: the folder cannot be written.
        """
        for item in items:
            if isinstance(item, CodedSegment) and item.record.index not in self._taken:
                value = (self._recipe_hash, item.sizes, item.quality, item.packed.data)
                self._folder.write(_segment_name(item.record.index), pack_value(value))
                self.num_kept += 1
            yield item

    def _remember_recipe(self) -> None:
        self._recipe_hash = hashlib.sha256(self._folder.read(_PREPARED) or b"").digest()

    def _value(self, name: str, kind: type[Value]) -> Value | None:
        """A piece; None if it is not there, or is none of this kind."""
        data = self._folder.read(name)
        if data is None:
            return None
        try:
            value = unpack_value(data)
        except ValueError:
            return None
        return value if isinstance(value, kind) else None


class _KeptHints(Mapping[int, CodedRun]):
    """Hints that are read from the folder when their segment is coded."""

    def __init__(self, folder: Folder, numbers: frozenset[int]) -> None:
        self._folder = folder
        self._numbers = numbers

    def is_whole(self, number: int) -> bool:
        """Whether the hints of a segment can be read."""
        return self._folder.read(_hints_name(number)) is not None

    def __getitem__(self, number: int) -> CodedRun:
        data = self._folder.read(_hints_name(number)) if number in self._numbers else None
        if data is None:
            raise KeyError(number)
        run = unpack_value(data)
        if not isinstance(run, CodedRun):
            raise KeyError(number)
        return run

    def __iter__(self) -> Iterator[int]:
        return iter(sorted(self._numbers))

    def __len__(self) -> int:
        return len(self._numbers)


def _record_of(chunk: object) -> SegmentRecord | None:
    """The record in the bytes of a chunk; None if they are none."""
    if not isinstance(chunk, bytes) or len(chunk) < CHUNK_HEADER.size + PAYLOAD_CHECKSUM.size:
        return None
    payload, checksum = chunk[CHUNK_HEADER.size : -PAYLOAD_CHECKSUM.size], chunk[-PAYLOAD_CHECKSUM.size :]
    try:
        header = unpack_chunk_header(chunk[: CHUNK_HEADER.size])
        check_payload(header, payload, checksum)
        record = unpack_record(header, payload, allow_unknown=False)
    except (StreamError, KeyError):
        return None
    return record if isinstance(record, SegmentRecord) else None


def _compare(record: SegmentRecord, recipe: Recipe, segment: SegmentInput) -> None:
    """Compare a segment with the frames of the source.

    Raises:
        InputError: it was coded from others.
    """
    gray, pts = RunningChecksum(gray_crc32), []
    for frame in segment.frames:
        pts.append(frame.pts)
        gray.add(frame.picture)
    is_same = (record.num_frames, record.pts, record.pts_steps) == (len(pts), pts[0], pack_times(pts))
    if is_same and recipe.luma.parameters.is_lossless:
        is_same = record.luma_crc32 == gray.checksum.crc32
    if not is_same:
        last = segment.first_frame + len(pts) - 1
        raise InputError(
            f"the input changed: frames {segment.first_frame} to {last} are not those that segment {segment.index} of "
            "the unfinished work was coded from; gvc-encode --clean OUTPUT removes that work"
        )


def _hints_name(number: int) -> str:
    return f"hints-{number:06}"


def _segment_name(number: int) -> str:
    return f"segment-{number:06}"
