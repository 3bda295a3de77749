"""Which frames are wanted, and what belongs to them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from codec.cli.values import parse_frames, parse_time
from codec.errors import InputError
from codec.video.cut import Cut, before_the_first_frame
from codec.video.info import ATTACHMENT, CAPTIONS, FILES, Chapter, CopyPacket, CopyStream, VideoInfo
from codec.video.marks import Marks
from codec.video.picture import Frame, Picture
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.selection import EVERYTHING, Selection, Selector

UNIT = Fraction(1, 100)
STREAMS = tuple(CopyStream(kind, "x", Fraction(1, 1000)) for kind in ("audio", "subtitle", FILES, ATTACHMENT, CAPTIONS))
AUDIO, SUBTITLE, RESTORING, ATTACHED, CAPTION = range(5)
INFO = VideoInfo(
    8,
    4,
    PIXEL_FORMATS["gray"],
    UNIT,
    frame_rate=Fraction(25),
    copy_streams=STREAMS,
    chapters=(Chapter(0, 500, Fraction(1, 1000)), Chapter(500, 2000, Fraction(1, 1000), {"title": "end"})),
    marks=Marks(tags={"timecode": "00:00:00:00", "language": "eng"}),
    start_pts=7,
)


def taken(selection: Selection, *, count: int = 20, origin: int = 30) -> list[int]:
    selector = Selector(selection, INFO)
    return [index for index in range(count) if selector.takes(index, origin + 4 * index)]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), range(20)),
        (Selection(first=3, stop=7), range(3, 7)),
        (Selection(first=18), range(18, 20)),
        (Selection(first=20), []),
        (Selection(start_seconds=Fraction(2, 25)), range(2, 20)),
        (Selection(start_seconds=Fraction(2, 25) + Fraction(1, 1000)), range(3, 20)),
        (Selection(end_seconds=Fraction(5, 25)), range(5)),
        (Selection(end_seconds=Fraction(5, 25) + Fraction(1, 1000)), range(6)),
        (Selection(start_seconds=Fraction(2, 25), end_seconds=Fraction(9, 25), first=4, stop=30), range(4, 9)),
        (Selection(every=3), range(0, 20, 3)),
        (Selection(start_seconds=Fraction(2, 25), every=4), range(2, 20, 4)),
    ],
)
def test_frames_that_are_wanted(selection: Selection, expected: range | list[int]) -> None:
    assert taken(selection) == list(expected)


def test_what_the_selector_knows() -> None:
    selector = Selector(Selection(first=3, stop=5), INFO)
    assert selector.first_index is None
    for index in range(5):
        selector.takes(index, 4 * index)
    assert (selector.first_index, selector.over_pts) == (3, None)
    selector.takes(5, 20)
    selector.takes(6, 24)
    assert selector.over_pts == 20


def test_times_that_go_back_are_no_reason_to_leave_a_frame_out() -> None:
    selector = Selector(EVERYTHING, INFO)
    assert [selector.takes(index, pts) for index, pts in enumerate((30, 34, 10, 14))] == [True] * 4


def test_a_later_entry() -> None:
    wanted = Selection(start_seconds=Fraction(12, 25))
    known = Selector(wanted, INFO, origin_pts=30)
    assert [index for index in range(10, 15) if known.takes(index, 30 + 4 * index)] == [12, 13, 14]
    lost = Selector(wanted, INFO)  # the first frames are lost: the rate says when the video began
    assert [index for index in range(10, 15) if lost.takes(index, 30 + 4 * index)] == [12, 13, 14]


@pytest.mark.parametrize(
    ("fields", "option"),
    [
        ({"start_seconds": Fraction(-1)}, "--start"),
        ({"start_seconds": Fraction(2), "end_seconds": Fraction(2)}, "--end"),
        ({"end_seconds": Fraction(0)}, "--end"),
        ({"first": -1}, "--frames"),
        ({"first": 4, "stop": 4}, "--frames"),
        ({"every": 0}, "--every"),
    ],
)
def test_what_no_video_has(fields: dict[str, object], option: str) -> None:
    with pytest.raises(InputError, match=option) as caught:
        Selection(**fields)  # type: ignore[arg-type]
    assert caught.value.option == option


def test_times_of_float_mean_the_frames_that_have_them() -> None:
    info = replace(INFO, time_base=Fraction(1001, 30000), frame_rate=Fraction(30000, 1001))
    for index in range(0, 100_000, 617):
        begin = index * info.time_base
        selector = Selector(Selection(start_seconds=float(begin)), info, origin_pts=0)
        taken_here = [number for number in (index - 1, index, index + 1) if selector.takes(number, number)]
        assert taken_here == [index, index + 1]
    assert Selection(start_seconds=0.28, end_seconds=1) == Selection(
        start_seconds=Fraction(7, 25), end_seconds=Fraction(1)
    )
    assert Selection(end_seconds=np.float32(0.5)) == Selection(end_seconds=Fraction(1, 2))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_no_number_of_seconds(value: float) -> None:
    with pytest.raises(InputError, match="expected a number of seconds as --start"):
        Selection(start_seconds=value)
    with pytest.raises(InputError, match="expected a number of seconds as --end"):
        Selection(end_seconds=value)


def test_everything() -> None:
    assert EVERYTHING.is_everything
    assert Selection().is_everything
    assert not Selection(every=2).is_everything


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("12", 12), ("12.5", 12.5), ("1:02", 62), ("1:02:03.25", 3723.25), ("0:90", 90), ("0", 0)],
)
def test_times(text: str, seconds: float) -> None:
    assert parse_time(text, "--start") == seconds


@pytest.mark.parametrize("text", ["", "-1", "1:", ":1", "1:2:3:4", "1e3", "nan", "1,5", "12.5s"])
def test_no_times(text: str) -> None:
    with pytest.raises(InputError, match="expected a time such as"):
        parse_time(text, "--start")


def test_frame_ranges() -> None:
    assert parse_frames("3:7") == (3, 7)
    assert parse_frames(":7") == (0, 7)
    assert parse_frames("3:") == (3, None)
    assert parse_frames(":") == (0, None)
    for text in ("", "3", "-3:7", "3:7:2", "a:b"):
        with pytest.raises(InputError, match="expected frames such as"):
            parse_frames(text)


def frame(pts: int, duration: int | None = 4) -> Frame:
    return Frame(Picture(np.zeros((4, 8), np.uint8)), pts, duration)


def packet(stream: int, pts: int | None, duration: int | None = 20) -> CopyPacket:
    return CopyPacket(stream, pts, pts, duration, True, b"")


def test_a_part_from_inside() -> None:
    cut = Cut(INFO, 100, every=2)
    assert cut.info.frame_rate == Fraction(25, 2)
    assert cut.info.start_pts == 0
    assert cut.info.marks.tags == {"language": "eng"}
    assert [(chapter.start, chapter.end) for chapter in cut.info.chapters] == [(0, 1000)]
    assert [stream.kind for stream in cut.info.copy_streams] == ["audio", "subtitle", ATTACHMENT, CAPTIONS]
    items = [
        packet(ATTACHED, None),
        packet(RESTORING, 1000),
        packet(AUDIO, 980),
        packet(AUDIO, 1000),
        packet(SUBTITLE, 400, 700),
        packet(SUBTITLE, 400, 600),
        packet(CAPTION, 1000),
        packet(AUDIO, 1079),
        frame(100),
        packet(AUDIO, 1100),
        packet(AUDIO, 1160),
        packet(SUBTITLE, 1159, 5000),
        frame(108),
        packet(AUDIO, 1090),
    ]
    found = list(cut.items(iter(items)))
    assert [item.pts for item in found if isinstance(item, Frame)] == [0, 8]
    assert [item.duration for item in found if isinstance(item, Frame)] == [8, 8]
    packets = [item for item in found if isinstance(item, CopyPacket)]
    assert [(item.stream, item.pts, item.duration) for item in packets if item.stream == 0] == [
        (0, 0, 20),
        (0, 79, 20),
        (0, 100, 20),
        (0, 90, 20),
    ]
    assert [(item.pts, item.duration) for item in packets if item.stream == 1] == [(0, 100), (159, 5000)]
    assert [item.pts for item in packets if item.stream in (2, 3)] == [None, 0]


def test_a_part_from_the_start_keeps_its_times() -> None:
    cut = Cut(INFO, None)
    assert cut.info == replace(INFO, copy_streams=cut.info.copy_streams)
    items = [packet(AUDIO, -20), frame(7), packet(AUDIO, 100), packet(AUDIO, 120), frame(11, None)]
    found = list(cut.items(iter(items)))
    assert [(type(item).__name__, item.pts) for item in found] == [
        ("CopyPacket", -20),
        ("Frame", 7),
        ("CopyPacket", 100),
        ("Frame", 11),
        ("CopyPacket", 120),
    ]


def test_what_comes_before_the_first_frame_is_bounded() -> None:
    packets = [packet(ATTACHED, None), *(packet(AUDIO, 20 * number) for number in range(10_000))]
    early, first = before_the_first_frame(iter([*packets, frame(20_000)]), INFO)
    assert first is not None
    assert early[0].stream == ATTACHED
    assert [item.pts for item in early[1:]] == list(range(199_980 - 30_000, 200_000, 20))
    assert before_the_first_frame(iter([]), INFO) == ([], None)
