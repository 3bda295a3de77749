"""Hints on disk, and the frames that come with them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from codec.encoder.choices.hint_pass import HintStore, code_anew, code_hints
from codec.encoder.survey import Survey
from codec.errors import InputError
from codec.hints.coder import HintSettings, decode_hints
from codec.hints.planes import pack_hint
from codec.keyframes import Keyframes
from codec.plane_codecs import CodedRun
from codec.progress import Silent
from codec.video.damage import NO_DAMAGE
from codec.video.info import VideoInfo
from codec.video.picture import Frame, Picture
from codec.video.pixel_formats import PIXEL_FORMATS

INFO = VideoInfo(32, 24, PIXEL_FORMATS["yuv420p"], Fraction(1, 25), Fraction(25))
SURVEY = Survey(7, Keyframes((0, 5), (0,) * 7, 1), ((0, 3), (3, 7)))
FINE, COARSE = (HintSettings.parse(f"2:x265:crf={crf}") for crf in (10, 45))


class Slopes:
    """A source whose chroma is smooth and moves."""

    notes: tuple[str, ...] = ()
    damage = NO_DAMAGE
    info = INFO

    def __init__(self, num_frames: int = 7) -> None:
        self.num_frames = num_frames
        self.num_read = 0

    def frames(self) -> Iterator[Frame]:
        y, x = np.mgrid[:12, :16]
        for index in range(self.num_frames):
            self.num_read += 1
            planes = (100 + 3 * x + index).astype(np.uint8), (60 + 5 * y + 2 * index).astype(np.uint8)
            yield Frame(Picture(np.full((24, 32), 20 * index, np.uint8), planes), index)

    def read(self) -> Iterator[Frame]:
        return self.frames()

    def close(self) -> None:
        pass


@pytest.fixture
def store() -> Iterator[HintStore]:
    made = HintStore(FINE.parameters((12, 16)))
    yield made
    made.close()


def test_a_run_comes_back(store: HintStore) -> None:
    first, second = CodedRun(b"head", (b"one", b"", b"three"), 3), CodedRun(b"", (b"x",), 1)
    store[0], store[1] = first, second
    assert (store[1], store[0]) == (second, first)
    assert store.num_bytes == first.num_bytes + second.num_bytes


def test_a_run_can_be_replaced(store: HintStore) -> None:
    store[0] = CodedRun(b"", (b"long and worse",), 1)
    store[0] = better = CodedRun(b"", (b"short",), 1)
    assert store[0] == better
    assert store.num_bytes == better.num_bytes


def test_every_segment_is_coded_and_wanted_frames_come_with_their_hints(store: HintStore) -> None:
    wanted = frozenset({0, 4, 6})
    items = list(code_hints(Slopes(), SURVEY, store, {0: FINE, 1: FINE}, wanted, Silent()))
    assert [(item.index, item.segment) for item in items] == [(0, 0), (4, 1), (6, 1)]
    for item in items:
        exact = pack_hint(item.picture.chroma_planes(), 2)
        assert np.abs(item.hint.astype(int) - exact).max() <= 4
    for segment, (begin, stop) in enumerate(SURVEY.borders):
        assert len(decode_hints(store[segment], store.parameters, stop - begin)) == stop - begin


def test_some_segments_can_be_coded_anew(store: HintStore) -> None:
    wanted = list(code_hints(Slopes(), SURVEY, store, {0: FINE, 1: FINE}, frozenset({1, 5}), Silent()))
    kept, replaced = store[1], store[0].num_bytes
    items = list(code_anew(SURVEY, store, {0: COARSE}, wanted, Fraction(25), Silent()))
    assert [item.index for item in items] == [1]
    assert items[0].picture is wanted[0].picture
    assert not np.array_equal(items[0].hint, wanted[0].hint)
    assert np.array_equal(items[0].hint, decode_hints(store[0], store.parameters, 3)[1])
    assert store[0].num_bytes < replaced
    assert store[1] == kept


def test_a_source_is_read_no_further_than_needed(store: HintStore) -> None:
    source = Slopes()
    list(code_hints(source, SURVEY, store, {0: FINE}, frozenset(), Silent()))
    assert source.num_read == 3
    assert 0 in store
    assert 1 not in store


def test_a_sample_of_a_long_video_is_spread_over_it() -> None:
    borders = tuple((start, start + 10) for start in range(0, 1000, 10))
    survey = Survey(1000, Keyframes((0,), (0,), 1), borders)
    assert survey.sample(1000) == tuple(range(100))
    some = survey.sample(95)
    assert (len(some), some[0], some[-1]) == (9, 0, 99)
    assert survey.sample(1) == (0,)
    frames = survey.spread(18, some)
    assert len(frames) == 18
    assert {frame // 10 for frame in frames} == set(some)
    assert survey.spread(3) == [0, 500, 999]


def test_a_source_that_became_shorter_is_an_error(store: HintStore) -> None:
    with pytest.raises(InputError, match="fewer frames than before"):
        list(code_hints(Slopes(5), SURVEY, store, {0: FINE, 1: FINE}, frozenset(), Silent()))
