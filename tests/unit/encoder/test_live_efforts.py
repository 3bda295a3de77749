"""Efforts of a live stream: one header for all, the best that holds first, and color that follows its target."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from codec.color_target import ColorTarget
from codec.encoder.live.color_control import ColorControl
from codec.encoder.live.efforts import FIRST_CRF, choose_efforts
from codec.encoder.live.pace import Effort
from codec.encoder.modes import Coded, GrayOnly, Guided, Lossless, Mode
from codec.encoder.segment import SegmentInput, encode_segment
from codec.encoder.tracks.color import HintedColor, InLuma, PredictedChroma, StackedChroma
from codec.encoder.tracks.luma import PredictedLuma, VideoCodecLuma
from codec.hints.coder import HintSettings
from codec.metrics import Quality
from codec.plane_codecs import PlaneCodecSpec
from codec.stream_header import pack_header
from codec.video.info import VideoInfo
from codec.video.picture import Frame
from codec.video.pixel_formats import PIXEL_FORMATS


def info(name: str) -> VideoInfo:
    return VideoInfo(48, 32, PIXEL_FORMATS[name], Fraction(1, 25), Fraction(25))


def frames(of: VideoInfo, count: int = 2) -> list[Frame]:
    own, random = of.pixel_format, np.random.default_rng(2)
    planes = [
        [(random.integers(0, own.peak + 1, shape) // 2).astype(own.raw_dtype) for shape in own.raw_shapes(48, 32)]
        for _ in range(count)
    ]
    return [Frame(own.picture_of(one, 48, 32), index, 1) for index, one in enumerate(planes)]


def clock(step: float) -> Iterator[float]:
    return itertools.count(0.0, step)


def chosen(mode: Mode, name: str, step: float) -> tuple[list[Effort], int]:
    """The efforts where coding takes ``step`` seconds."""
    ticks = clock(step)
    efforts, place = choose_efforts(mode, info(name), frames(info(name)), lambda: next(ticks))
    return efforts, place


MODES = {"none": GrayOnly(), "coded": Coded(), "lossless": Lossless(effort="none")}


@pytest.mark.parametrize(
    ("color", "name", "step"),
    [
        ("none", "gray16le", 10.0),
        ("none", "yuva420p", 1e-6),
        ("coded", "yuv420p", 1e-6),
        ("coded", "rgb24", 10.0),
        ("coded", "yuv420p10le", 10.0),
        ("lossless", "yuv422p16le", 10.0),
        ("lossless", "yuv411p", 10.0),
        ("lossless", "rgb24", 1e-6),
        ("lossless", "yuva420p", 10.0),
    ],
)
def test_all_efforts_have_one_header_and_code(color: str, name: str, step: float) -> None:
    efforts, place = chosen(MODES[color], name, step)
    headers = {
        str(pack_header(effort.recipe.description, color=effort.recipe.facts.color, keyframes=())) for effort in efforts
    }
    assert len(headers) == 1
    assert "is_live=True" in headers.pop()
    assert 0 <= place < len(efforts)
    for effort in (efforts[place], efforts[-1]):
        assert encode_segment(effort.recipe, SegmentInput(0, 0, frames(info(name)))).record.num_frames == 2


def test_a_fast_machine_takes_adaptive_planes_and_a_slow_one_a_codec() -> None:
    fast, place = chosen(Lossless(effort="none"), "yuv420p", 1e-6)
    assert isinstance(fast[place].recipe.luma, PredictedLuma)
    assert isinstance(fast[place].recipe.color, PredictedChroma)
    slow, place = chosen(Lossless(effort="none"), "yuv420p", 10.0)
    assert slow[place].recipe.luma.name == "x264:preset=ultrafast,tune=zerolatency,threads=2"
    assert isinstance(slow[place].recipe.color, InLuma)
    rgb, place = chosen(Lossless(effort="none"), "rgb24", 10.0)
    assert isinstance(rgb[place].recipe.color, StackedChroma)


def test_what_a_person_has_chosen_stays() -> None:
    efforts, place = chosen(GrayOnly(luma=PlaneCodecSpec("ffv1")), "yuv420p", 10.0)
    assert place == 0
    assert {effort.recipe.luma.name for effort in efforts} == {"ffv1"}
    assert [effort.every for effort in efforts] == [1, 2, 3, 4, 6, 8]


def test_training_ends_before_frames_are_left_out() -> None:
    efforts, place = chosen(Guided(), "yuv420p", 10.0)
    assert isinstance(efforts[place].recipe.luma, VideoCodecLuma)
    trains = [effort.trains for effort in efforts]
    assert trains == sorted(trains, reverse=True)
    assert not any(effort.trains for effort in efforts if effort.every > 1)


def quality(ciede: float, p95: float) -> Quality:
    return Quality(40.0, ciede, p95, 20.0, 20.0, 1)


def test_hints_become_finer_where_the_color_misses_its_target_and_coarser_where_it_is_better() -> None:
    control = ColorControl(ColorTarget(ciede=1.0, p95=2.5))
    assert control.crf == FIRST_CRF
    control.take(quality(2.0, 5.0))
    assert control.crf == FIRST_CRF - 6
    for _ in range(3):
        control.take(quality(0.5, 1.0))
    assert control.crf == FIRST_CRF + 3


def test_hints_stay_where_the_color_is_right_or_a_person_has_chosen() -> None:
    control, given = ColorControl(ColorTarget(ciede=1.0, p95=2.5)), ColorControl(None)
    for one in (control, given):
        one.take(quality(0.99, 2.0))
        assert one.crf == FIRST_CRF
    given.take(quality(9.0, 9.0))
    hints = HintSettings.parse("2:x264:crf=20")
    efforts, _ = chosen(Coded(hints=hints), "yuv420p", 10.0)
    color = given.applied(efforts[0].recipe, None).color
    assert isinstance(color, HintedColor)
    assert color.settings == hints


def test_the_quality_ends_at_its_limits() -> None:
    control = ColorControl(ColorTarget(ciede=1.0))
    for _ in range(40):
        control.take(quality(50.0, 90.0))
    assert control.crf == 10
    for _ in range(60):
        control.take(quality(0.01, 0.02))
    assert control.crf == 63
