"""Cuts at borders of segments: the same frames, the sound of their time, and nothing that is of the whole alone."""

from __future__ import annotations

import io
import itertools
from dataclasses import replace
from fractions import Fraction

import pytest

from codec.errors import InputError
from codec.splicing.cut import cut
from codec.splicing.writing import Spliced
from codec.verification import VerifyOptions, verify
from codec.video.selection import Selection
from container_format import (
    CopyStreamRecord,
    DamagedError,
    MarksRecord,
    SeekingReader,
    StreamError,
    StreamReader,
    UnsupportedError,
)
from container_format.chunks import PRELUDE, VERSION_MINOR
from tests.unit.splicing.spliced_streams import (
    KEPT,
    SOUND,
    SOUND_RATE,
    border_frames,
    chapters_of,
    frames_of,
    long_stream,
    packets_of,
)

NAMES = ("guided_yuv420p", "coded_yuv420p", "adaptive_420", "model_compact", "adaptive_gray12_levels", "alpha_rgba")
RATE = 25


def cut_of(data: bytes, selection: Selection, *, exact: bool = False) -> tuple[bytes, Spliced]:
    target = io.BytesIO()
    done = cut(io.BytesIO(data), target, selection, exact=exact)
    assert done.num_bytes == len(target.getvalue())
    return target.getvalue(), done


@pytest.mark.parametrize("name", NAMES)
def test_a_part_has_the_frames_of_its_segments(name: str) -> None:
    data = long_stream(name)
    frames, borders = frames_of(data), border_frames(data)
    for first, stop in ((4, 9), (0, 1), (14, 15), (5, 10)):
        part, done = cut_of(data, Selection(first=first, stop=stop))
        begin = max(border for border in borders if border <= first)
        end = min(border for border in borders if border >= stop)
        assert (done.first_frame, done.num_frames) == (begin, end - begin)
        assert frames_of(part) == frames[begin:end]
        found = verify(io.BytesIO(part), VerifyOptions())
        assert (found.num_frames, found.num_segments) == (end - begin, done.num_segments)
        extended = [note for note in done.notes if note.startswith(f"kept frames {begin} to {end - 1}: ")]
        assert len(extended) == ((begin, end) != (first, stop))


def test_times_begin_at_zero_and_sound_is_cut() -> None:
    part, _ = cut_of(long_stream("segments"), Selection(first=5, stop=10))
    reader = SeekingReader(io.BytesIO(part))
    assert reader.has_index
    assert [reader.read(index).pts for index in range(3)] == [0, 1, 3]
    packets = packets_of(part)
    assert [packet.pts for packet in packets] == [SOUND_RATE * frame // RATE for frame in range(5)]
    assert [packet.dts for packet in packets] == [packet.pts for packet in packets]
    assert packets[0].data[:2] == (5 * SOUND_RATE // RATE % 2**15).to_bytes(2, "little")


def test_a_part_from_the_start_keeps_its_times() -> None:
    data = long_stream("segments", start_pts=-1)
    part, done = cut_of(data, Selection(stop=3))
    assert StreamReader(io.BytesIO(part)).header.start_pts == -1
    assert done.notes == ()
    assert len(packets_of(part)) == 3


@pytest.mark.parametrize("name", ["live_networks", "live_networks_rgb", "live_hints", "live_exact"])
def test_networks_that_came_on_the_way_go_along(name: str) -> None:
    data = (KEPT / f"{name}.gvc").read_bytes()
    frames, borders = frames_of(data), border_frames(data)
    for first, stop in itertools.combinations(borders, 2):
        part, done = cut_of(data, Selection(first=first, stop=stop), exact=True)
        assert done.num_frames == stop - first
        assert frames_of(part) == frames[first:stop]
        assert verify(io.BytesIO(part), VerifyOptions()).num_frames == stop - first


@pytest.mark.parametrize(
    ("start", "end", "frames"),
    [
        (Fraction(5, RATE), None, (5, 15)),
        (Fraction(5, RATE), Fraction(8, RATE), (5, 8)),
        (Fraction(4, RATE) + Fraction(1, 1000), Fraction(8, RATE) - Fraction(1, 1000), (5, 8)),
        (Fraction(0), Fraction(3, RATE), (0, 3)),
        (Fraction(13, RATE), Fraction(100), (13, 15)),
    ],
)
def test_times_mean_the_frames_that_begin_then(start: Fraction, end: Fraction | None, frames: tuple[int, int]) -> None:
    _, done = cut_of(long_stream("segments"), Selection(start_seconds=start, end_seconds=end), exact=True)
    assert (done.first_frame, done.first_frame + done.num_frames) == frames


def test_exact_borders_or_an_error_that_names_some() -> None:
    data = long_stream("adaptive_420")
    with pytest.raises(InputError) as caught:
        cut_of(data, Selection(first=3, stop=11), exact=True)
    assert str(caught.value) == (
        "expected borders of segments with --exact. Received: frames 3:11, of which 3 is between 2 (0.08 s) and "
        "5 (0.2 s), 11 is between 10 (0.4 s) and 12 (0.48 s)"
    )
    assert caught.value.option == "--exact"
    with pytest.raises(InputError, match=r"of which 14 is between 12 \(0.48 s\) and 15 \(the end\)$"):
        cut_of(data, Selection(first=14), exact=True)
    assert cut_of(data, Selection(first=2, stop=12), exact=True)[1].notes == ()


@pytest.mark.parametrize("selection", [Selection(first=15), Selection(start_seconds=Fraction(1))])
def test_frames_that_are_not_there(selection: Selection) -> None:
    with pytest.raises(InputError, match="a stream of 15 frames, none of them there"):
        cut_of(long_stream("segments"), selection)


def test_what_is_of_the_whole_is_left_out_and_said() -> None:
    tags = {"timecode": "01:00:00:00", "language": "eng"}
    files = CopyStreamRecord(kind="files", codec="y4m", time_base=Fraction(1, RATE))
    data = long_stream(
        "segments",
        source_md5="0" * 32,
        marks=MarksRecord(tags=tags),
        keyframe_deltas=(1, 5, 6),
        copy_streams=(SOUND, files),
        chapters=chapters_of((0, 200), (200, 360), (360, 600)),
    )
    part, done = cut_of(data, Selection(first=6, stop=10))
    reader = StreamReader(io.BytesIO(part))
    list(reader.records())
    assert reader.end is not None
    assert reader.end.source_md5 is None
    header = reader.header
    assert header.marks is not None
    assert header.marks.tags == {"language": "eng"}
    assert header.copy_streams == (SOUND,)
    assert header.keyframe_deltas == (0,)
    assert [(chapter.start, chapter.end, chapter.tags["title"]) for chapter in header.chapters] == [
        (0, 120, "1"),
        (120, 160, "2"),
    ]
    assert [note.split(" is ")[0] for note in done.notes] == [
        "the MD5 of the source's frames",
        "what restores the source's file",
        "the timecode",
        "1 of the 3 frames that the network was trained on are in the part",
    ]


def test_the_whole_is_the_whole() -> None:
    data = long_stream("adaptive_420", source_md5="1" * 32, keyframe_deltas=(3,))
    part, done = cut_of(data, Selection(stop=1000))
    assert part == data
    assert done.notes == ()


def test_a_stream_without_an_index() -> None:
    """Of one segment, and with the index left out."""
    data = long_stream("adaptive_420")
    reader = StreamReader(io.BytesIO(data))
    list(reader.records())
    index, end = reader.places[-2:]
    assert index.chunk_id == "INDX"
    scanned = data[: index.offset] + data[end.offset :]
    selection = Selection(first=2, stop=10)
    assert cut_of(scanned, selection) == cut_of(data, selection)
    single = cut_of(data, Selection(stop=2))[0]
    assert not SeekingReader(io.BytesIO(single)).has_index
    assert cut_of(single, Selection(stop=2))[0] == single


def test_damage_outside_of_the_part_does_not_matter_and_inside_is_an_error() -> None:
    data = bytearray(long_stream("adaptive_420"))
    places = SeekingReader(io.BytesIO(bytes(data))).segments
    data[places[4].offset + 100] ^= 1
    selection = Selection(first=2, stop=7)
    assert cut_of(bytes(data), selection)[0] == cut_of(long_stream("adaptive_420"), selection)[0]
    with pytest.raises(DamagedError) as caught:
        cut_of(bytes(data), Selection(first=10, stop=12))
    assert caught.value.segment == 4


def test_a_newer_stream_is_refused() -> None:
    import struct
    import zlib

    data = long_stream("segments")
    magic, major, _, zero, _ = PRELUDE.unpack(data[: PRELUDE.size])
    head = PRELUDE.pack(magic, major, VERSION_MINOR + 1, zero, 0)[:-4]
    newer = head + struct.pack("<I", zlib.crc32(head)) + data[PRELUDE.size :]
    with pytest.raises(UnsupportedError, match="needs a newer gvc"):
        cut_of(newer, Selection(stop=3))


def test_a_stream_without_frames_is_refused() -> None:
    with pytest.raises(StreamError, match="at least one frame"):
        cut_of(long_stream("segments", copies=0), Selection(stop=3))


def test_every_span_of_a_stream() -> None:
    """The sound of each frame goes with it, whatever the part."""
    data = long_stream("segments")
    packets = packets_of(data)
    for first in range(15):
        for stop in range(first + 1, 16):
            part, done = cut_of(data, Selection(first=first, stop=stop))
            begin, end = done.first_frame, done.first_frame + done.num_frames
            shift = begin * SOUND_RATE // RATE
            expected = [
                replace(packet, pts=(packet.pts or 0) - shift, dts=(packet.dts or 0) - shift)
                for packet in packets[begin:end]
            ]
            assert packets_of(part) == expected
