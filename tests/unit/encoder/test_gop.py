"""The most frames of a segment, as a number or as a time."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from codec.encoder.modes import Gop, Shared
from codec.encoder.survey import max_segment_frames
from codec.errors import InputError
from codec.video.info import VideoInfo
from codec.video.pixel_formats import PIXEL_FORMATS

INFO = VideoInfo(64, 48, PIXEL_FORMATS["gray"], Fraction(1, 1000), frame_rate=Fraction(30000, 1001))


def test_parsing() -> None:
    assert Gop.parse("48") == Gop(frames=48)
    assert Gop.parse("2s") == Gop(seconds=Fraction(2))
    assert Gop.parse("0.5s") == Gop(seconds=Fraction(1, 2))


@pytest.mark.parametrize("text", ["", "0", "0s", "5000", "4000s", "1.5", "-2", "2 s", "s", "2m"])
def test_what_is_none(text: str) -> None:
    with pytest.raises(InputError, match="expected --gop") as caught:
        Gop.parse(text)
    assert caught.value.option == "--gop"


def test_one_of_both() -> None:
    for gop in ({}, {"frames": 3, "seconds": Fraction(1)}):
        with pytest.raises(InputError, match="as frames or as seconds"):
            Gop(**gop)  # type: ignore[arg-type]


def test_frames_of_a_segment() -> None:
    assert max_segment_frames(Shared(), INFO) == 240
    assert max_segment_frames(Shared(gop=Gop(frames=48)), INFO) == 48
    assert max_segment_frames(Shared(gop=Gop(seconds=Fraction(2))), INFO) == 59  # of 29.97 a second
    assert max_segment_frames(Shared(gop=Gop(seconds=Fraction(1, 100))), INFO) == 1
    assert max_segment_frames(Shared(gop=Gop(frames=48), segment_frames=24), INFO) == 24
    slow = replace(INFO, frame_rate=None, time_base=Fraction(1, 10))
    assert max_segment_frames(Shared(gop=Gop(seconds=Fraction(2))), slow) == 20
