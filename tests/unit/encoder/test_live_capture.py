"""Frames are taken when they come, and neither queue nor segments grow."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
import pytest

from codec.encoder.live.capture import Capture
from codec.encoder.live.efforts import choose_efforts
from codec.encoder.live.segments import Plan, Segments
from codec.encoder.modes import GrayOnly
from codec.encoder.tracks.luma import LumaSession, VideoCodecLuma
from codec.errors import InputError, StreamError
from codec.plane_codecs import CodedRun, PlaneCodecSpec
from codec.video.info import VideoInfo
from codec.video.picture import Frame, Picture, PlaneArray
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sources.live import LateFrame

INFO = VideoInfo(16, 16, PIXEL_FORMATS["gray"], Fraction(1, 25), Fraction(25))


def frame(number: int) -> Frame:
    return Frame(Picture(np.full((16, 16), number % 256, np.uint8)), number, 1)


class Stepped:
    """A source that brings frames when the test says so; an error where there is one in their place."""

    notes: tuple[str, ...] = ()
    info = INFO

    def __init__(self, items: list[int | Exception]) -> None:
        self._items = items
        self._may_go_on = threading.Semaphore(0)
        self.num_made = 0
        self.is_closed = False

    def let(self, count: int) -> None:
        for _ in range(count):
            self._may_go_on.release()

    def arrivals(self) -> Iterator[LateFrame]:
        for item in self._items:
            self._may_go_on.acquire()
            if isinstance(item, Exception):
                raise item
            yield self._late(item)

    def _late(self, number: int) -> LateFrame:
        def made() -> Frame:
            self.num_made += 1
            return frame(number)

        return made

    def close(self) -> None:
        self.is_closed = True


def started(items: list[int | Exception], *, most: int = 4, max_frames: int | None = None) -> tuple[Stepped, Capture]:
    source = Stepped(items)
    capture = Capture(source, most_waiting=most, max_frames=max_frames)
    capture.start()
    return source, capture


def came(capture: Capture, count: int) -> None:
    while capture.num_came < count:
        pass


def numbers(capture: Capture) -> list[int]:
    return [arrived.frame.pts for arrived in iter(lambda: capture.take(20), None)]


def test_all_frames_of_a_source_that_is_slow_enough() -> None:
    source, capture = started([0, 1, 2])
    for number in range(3):
        source.let(1)
        arrived = capture.take(20)
        assert arrived is not None
        assert arrived.frame.pts == number
    assert capture.take(20) is None
    assert capture.is_over
    assert (capture.num_came, capture.num_dropped) == (3, 0)


def test_what_waited_longest_is_dropped_and_never_made() -> None:
    source, capture = started(list(range(10)), most=3)
    source.let(10)
    came(capture, 10)
    assert numbers(capture) == [7, 8, 9]
    assert (capture.num_came, capture.num_dropped, source.num_made) == (10, 7, 3)


def test_a_lower_rate_leaves_frames_out() -> None:
    source, capture = started(list(range(6)), most=6)
    capture.every = 3
    source.let(6)
    assert numbers(capture) == [0, 3]
    assert capture.num_skipped == 4


def test_so_many_frames_and_no_more() -> None:
    source, capture = started(list(range(10)), max_frames=2, most=10)
    source.let(10)
    assert numbers(capture) == [0, 1]


def test_an_error_of_the_source_is_kept_for_the_end() -> None:
    source, capture = started([0, InputError("the cable")])
    source.let(2)
    assert numbers(capture) == [0]
    assert str(capture.error) == "the cable"


def test_no_frame_in_time() -> None:
    _, capture = started([0])
    assert capture.take(0.01) is None
    assert not capture.is_over


def test_stopping_gives_what_waits_and_closes_the_source() -> None:
    source, capture = started([0, 1, 2])
    source.let(2)
    came(capture, 2)
    capture.stop()
    assert source.is_closed
    assert numbers(capture) == [0, 1]


def plan_of(most_frames: int) -> Plan:
    efforts, _ = choose_efforts(GrayOnly(luma=PlaneCodecSpec("raw")), INFO, [frame(0)])
    recipe = efforts[0].recipe
    return Plan(recipe, None, most_frames, measures=False, every=1, safer=recipe)


def test_segments_have_so_many_frames_and_the_last_one_the_rest() -> None:
    source, capture = started(list(range(7)), most=10)
    source.let(7)
    plan = plan_of(3)
    found = [segment.coded.record for segment in Segments(capture, [], 60.0, lambda: plan).finished()]
    assert [(record.index, record.first_frame, record.num_frames) for record in found] == [
        (0, 0, 3),
        (1, 3, 3),
        (2, 6, 1),
    ]


def test_a_source_that_stalls_ends_a_segment() -> None:
    source, capture = started(list(range(4)), most=10)
    source.let(2)
    came(capture, 2)
    plan = plan_of(100)
    segments = Segments(capture, [], 0.05, lambda: plan).finished()
    assert next(segments).coded.record.num_frames == 2  # though the source goes on, and nothing has come
    source.let(2)
    assert sum(segment.coded.record.num_frames for segment in segments) == 2


def test_frames_that_were_taken_already_come_first() -> None:
    source, capture = started([0, 1], most=4)
    source.let(1)
    first = capture.take(20)
    assert first is not None
    source.let(1)
    plan = plan_of(2)
    found = [segment.coded.record for segment in Segments(capture, [first], 60.0, lambda: plan).finished()]
    assert [(record.pts, record.num_frames) for record in found] == [(0, 2)]


@pytest.mark.parametrize("count", [1, 5])
def test_closing_ends_everything(count: int) -> None:
    source, capture = started(list(range(count)), most=10)
    source.let(count)
    plan = plan_of(1)
    segments = Segments(capture, [], 60.0, lambda: plan).finished()
    next(segments)
    segments.close()
    assert source.is_closed


class FailingLuma(VideoCodecLuma):
    """A track whose codec fails: at once, or at the end."""

    def begin(self, frame_rate: Fraction) -> LumaSession:
        del frame_rate
        raise InputError("the codec")


class FailingAtTheEnd(VideoCodecLuma):
    def as_received(self, coded: CodedRun, lumas: Sequence[PlaneArray]) -> Sequence[PlaneArray]:
        del coded, lumas
        raise StreamError("the decoder")


@pytest.mark.parametrize("kind", [FailingLuma, FailingAtTheEnd])
def test_a_segment_that_a_codec_fails_on_is_coded_again(kind: type[VideoCodecLuma]) -> None:
    source, capture = started(list(range(5)), most=10)
    source.let(5)
    sound = plan_of(2)
    luma = sound.recipe.luma
    failing = dataclasses.replace(
        sound,
        recipe=dataclasses.replace(sound.recipe, luma=kind(luma.codec, luma.parameters)),  # type: ignore[union-attr]
    )
    plans = iter([sound, failing, sound])
    segments = list(Segments(capture, [], 60.0, lambda: next(plans)).finished())
    assert [segment.has_failed for segment in segments] == [False, True, False]
    records = [segment.coded.record for segment in segments]
    assert [(record.index, record.first_frame, record.num_frames) for record in records] == [
        (0, 0, 2),
        (1, 2, 2),
        (2, 4, 1),
    ]


def test_a_segment_that_fails_twice_ends_the_stream() -> None:
    source, capture = started([0], most=10)
    source.let(1)
    sound = plan_of(2)
    luma = sound.recipe.luma
    recipe = dataclasses.replace(sound.recipe, luma=FailingAtTheEnd(luma.codec, luma.parameters))  # type: ignore[union-attr]
    plan = dataclasses.replace(sound, recipe=recipe, safer=recipe)
    with pytest.raises(StreamError, match="the decoder"):
        list(Segments(capture, [], 60.0, lambda: plan).finished())
