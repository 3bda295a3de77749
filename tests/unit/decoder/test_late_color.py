"""Color that is made is made for the frames that are wanted, and for those that a checksum is compared of."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gvc
from codec.decoder import DecodeOptions, decode
from codec.decoder.random_access import FrameAccess
from codec.errors import StreamError
from codec.hints.coder import HintSettings
from codec.segment_color import SegmentColor
from codec.video.picture import Picture, PlaneArray
from codec.video.selection import Selection
from container_format import SeekingReader, SegmentRecord, StreamReader, StreamWriter
from tests.kept_frames import KeptFrames

VALID = Path(__file__).parents[2] / "conformance" / "v1" / "valid"
NUM_FRAMES = 70
SHAPE = 16, 24
COMPARED = 1, 8, 64, NUM_FRAMES
"""Behind so many frames, the color of all of them is compared."""
# What is colored for one frame: up to where it is compared, and itself.
FOR_ONE = [(0, 1), (1, 2), (6, 2), (7, 8), (8, 9), (40, 9), (62, 9), (63, 64), (64, 65), (68, 65), (69, 70)]


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A segment of 70 frames, whose color is enlarged hints."""
    path = tmp_path_factory.mktemp("late") / "hints.gvc"
    mode = gvc.Coded(hints=HintSettings.parse("1:svtav1:crf=20,preset=12"), shared=gvc.Shared(segment_frames=100))
    with gvc.Writer(path, fps=25, mode=mode) as writer:
        for number in range(NUM_FRAMES):
            frame = np.zeros((*SHAPE, 3), np.uint8)
            frame[..., 0], frame[..., 1] = 60 + number, np.arange(SHAPE[1]) * 4 + 40
            writer.write(frame)
    assert [record.num_frames for record in segments_of(path.read_bytes())] == [NUM_FRAMES]
    return path


def segments_of(data: bytes) -> list[SegmentRecord]:
    return [record for record in StreamReader(io.BytesIO(data)).records() if isinstance(record, SegmentRecord)]


def with_segment(data: bytes, change: Callable[[SegmentRecord], SegmentRecord]) -> bytes:
    reader, target = StreamReader(io.BytesIO(data)), io.BytesIO()
    writer = StreamWriter(target, reader.header)
    for record in reader.records():
        if isinstance(record, SegmentRecord):
            writer.write_segment(change(record))
    writer.finish()
    return target.getvalue()


def wrong_behind(data: bytes, count: int) -> bytes:
    """The same stream, with another checksum behind so many frames."""

    def changed(segment: SegmentRecord) -> SegmentRecord:
        number, sent = COMPARED.index(count), [*segment.color_checkpoints, segment.color_crc32 or 0]
        sent[number] ^= 1
        return replace(segment, color_checkpoints=tuple(sent[:-1]), color_crc32=sent[-1])

    return with_segment(data, changed)


class Colored:
    """Counts the frames whose color is made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        original = SegmentColor._colored

        def counted(color: SegmentColor, lumas: Sequence[PlaneArray], hints: Sequence[PlaneArray]) -> list[Picture]:
            self.count += len(lumas)
            return original(color, lumas, hints)

        monkeypatch.setattr(SegmentColor, "_colored", counted)


@pytest.fixture
def colored(monkeypatch: pytest.MonkeyPatch) -> Colored:
    return Colored(monkeypatch)


def access_to(data: bytes, *, cache_bytes: int = 2**28, **options: Any) -> FrameAccess:
    return FrameAccess(SeekingReader(io.BytesIO(data)), DecodeOptions(**options), cache_bytes=cache_bytes)


def part(data: bytes, selection: Selection, **options: Any) -> KeptFrames:
    sink = KeptFrames()
    decode(io.BytesIO(data), sink.open, DecodeOptions(selection=selection, **options))
    return sink


@pytest.mark.parametrize(("index", "expected"), FOR_ONE)
def test_one_frame(stream: Path, colored: Colored, index: int, expected: int) -> None:
    data = stream.read_bytes()
    access_to(data).frame(index)
    assert colored.count == expected
    access_to(data, verify=False).frame(index)
    assert colored.count == expected + 1


def test_no_frame_is_colored_twice(stream: Path, colored: Colored) -> None:
    access = access_to(stream.read_bytes())
    counts = []
    for index in (40, 41, 40, 20, 50, 69, 30, 0):
        access.frame(index)
        counts.append(colored.count)
    assert counts == [9, 10, 10, 11, 12, 70, 70, 70]
    colored.count = 0
    access = access_to(stream.read_bytes(), cache_bytes=0)
    for index in range(NUM_FRAMES):
        access.frame(index)
    assert colored.count == NUM_FRAMES


def test_the_python_api(stream: Path, colored: Colored) -> None:
    def count(work: Callable[[gvc.Video[Any]], object], *, verify: bool = True) -> int:
        colored.count = 0
        with gvc.open(stream, verify=verify) as video:
            work(video)
        return colored.count

    assert count(lambda video: video[20:60:10]) == 8 + 4
    assert count(lambda video: video[60:20:-10]) == 8 + 4
    assert count(lambda video: video.rgb[33]) == 8 + 1
    assert count(lambda video: list(video.frames(1.0, 1.2))) == 8 + 5
    assert count(lambda video: list(video.frames(1.0, 1.2)), verify=False) == 5
    assert count(lambda video: video.frame_at(1.0)) == 8 + 1
    assert count(lambda video: video[-1]) == NUM_FRAMES
    assert count(lambda video: video[-1], verify=False) == 1
    assert count(list) == NUM_FRAMES
    assert count(lambda video: list(video.gray)) == 0


@pytest.mark.parametrize(
    ("selection", "compared"),
    [
        (Selection(first=40, stop=43), 8),
        (Selection(first=2, stop=5), 1),
        (Selection(first=66, stop=68), 64),
        (Selection(every=10), NUM_FRAMES),  # nothing says that no more comes behind the last one: to the segment's end
        (Selection(first=50), NUM_FRAMES),
        (Selection(stop=41, every=20), 8),
    ],
)
def test_a_decode_of_a_part(stream: Path, colored: Colored, selection: Selection, compared: int) -> None:
    data = stream.read_bytes()
    wanted = range(NUM_FRAMES)[selection.first : selection.stop : selection.every]
    assert len(part(data, selection, verify=False).frames) == len(wanted)
    assert colored.count == len(wanted)
    colored.count = 0
    found = part(data, selection).frames
    assert colored.count == len({*range(compared), *wanted})
    access = access_to(data)
    for index, frame in zip(wanted, found, strict=True):
        for plane, expected in zip(frame.picture.planes(), access.frame(index).picture.planes(), strict=True):
            np.testing.assert_array_equal(plane, expected)
    # What is compared is an error, and nothing else is.
    for count in COMPARED:
        wrong = wrong_behind(data, count)
        if count <= compared:
            with pytest.raises(StreamError, match="the color of segment 0"):
                part(wrong, selection)
        else:
            assert len(part(wrong, selection).frames) == len(wanted)


def test_what_is_recovered_is_compared_to_its_end(stream: Path) -> None:
    wrong = wrong_behind(stream.read_bytes(), NUM_FRAMES)
    with pytest.raises(StreamError, match="no frame that could be decoded"):
        part(wrong, Selection(first=40, stop=43), recover=True)


@pytest.mark.parametrize("cache_bytes", [0, 5 * 16 * 24 * 5, 2**28])
@pytest.mark.parametrize("count", COMPARED)
def test_random_access_compares_what_a_decode_up_to_the_frame_would(stream: Path, count: int, cache_bytes: int) -> None:
    wrong = wrong_behind(stream.read_bytes(), count)
    order = random.Random(count)
    for _ in range(2):
        access = access_to(wrong, cache_bytes=cache_bytes)
        for index in order.sample(range(NUM_FRAMES), 6):
            if index + 1 < count:
                assert access.frame(index).picture.luma.shape == SHAPE
                continue
            with pytest.raises(StreamError, match="the color of segment 0"):
                access.frame(index)
    assert len([access_to(wrong, verify=False).frame(index) for index in (0, 7, 63, 69)]) == 4


def test_a_frame_that_is_colored_wrongly_is_found_where_it_is_compared(
    stream: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, bad = SegmentColor._colored, access_to(stream.read_bytes()).frame(20).picture.luma

    def wrong(color: SegmentColor, lumas: Sequence[PlaneArray], hints: Sequence[PlaneArray]) -> list[Picture]:
        made = original(color, lumas, hints)
        return [
            Picture(one.luma, (one.chroma_planes()[0] + 1, one.chroma_planes()[1]))
            if np.array_equal(one.luma, bad)
            else one
            for one in made
        ]

    monkeypatch.setattr(SegmentColor, "_colored", wrong)
    access = access_to(stream.read_bytes())
    for index in (19, 20, 62):
        access.frame(index)
    for index in (63, 69):
        with pytest.raises(StreamError, match="the color of segment 0"):
            access.frame(index)


@pytest.mark.parametrize("num_pictures", [1, 3, 20])
def test_gray_that_waits_for_its_color_is_within_the_bound(stream: Path, num_pictures: int) -> None:
    frame_bytes = SHAPE[0] * SHAPE[1] * 5  # Co and Cg have two bytes a sample
    access = access_to(stream.read_bytes(), cache_bytes=num_pictures * frame_bytes)
    for index in (30, 55, 10, 62, 40, 69):
        access.frame(index)
        (decoding,) = access._cache._segments.values()
        assert len(decoding.segment.check._waiting) <= num_pictures
        assert access._cache.num_bytes <= num_pictures * frame_bytes


@pytest.mark.parametrize("name", ["guided_yuv420p", "guided_rgb24", "live_networks", "model_compact"])
def test_a_network_of_whole_numbers(name: str, colored: Colored) -> None:
    """These streams, but the live one, are older than checkpoints: color is compared at a segment's end alone."""
    data = (VALID / f"{name}.gvc").read_bytes()
    first, last = next((record, record.num_frames - 1) for record in segments_of(data) if record.num_frames > 1)
    access_to(data).frame(first.first_frame + last - 1)
    assert colored.count == 1
    access_to(data).frame(first.first_frame + last)
    assert colored.count == 1 + first.num_frames
    access_to(data, verify=False).frame(first.first_frame + last)
    assert colored.count == 2 + first.num_frames


@pytest.mark.parametrize(
    "name",
    ["coded_rgb24", "coded_yuv420p", "alpha_422_10_coded", "deep_rgb_12_coded", "guided_yuv444p", "rgb_of_420"],
)
def test_frames_are_counted_with_their_color_before_it_is_made(name: str) -> None:
    access = access_to((VALID / f"{name}.gvc").read_bytes(), verify=False)
    index = access.num_frames - 1
    picture = access._cache.picture(*access._times.place_of(index))
    first = access._times.place_of(index)[1] + 1
    assert access._cache.num_bytes == first * sum(plane.nbytes for plane in picture.planes())
