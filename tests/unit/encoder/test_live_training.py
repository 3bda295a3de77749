"""Networks of a live stream: whether they pay, what they win, and a training in a process of its own."""

from __future__ import annotations

import math
import time
from fractions import Fraction

import numpy as np
import pytest

from codec.color_target import DEFAULT_TARGET
from codec.encoder.choices.guidance import hint_codec
from codec.encoder.live.efforts import choose_efforts
from codec.encoder.live.keyframes import Keyframe
from codec.encoder.live.learning import Learning
from codec.encoder.live.training import Assignment, BackgroundTraining, Trained, base_network, gain_db, pays
from codec.encoder.modes import Coded, Guided
from codec.hints.coder import HintSettings, decode_hints, encode_hints
from codec.networks.record import load_colorizer
from codec.training.options import CompactTraining
from codec.video.color import ColorConversion
from codec.video.info import VideoInfo
from codec.video.picture import Frame, Picture
from codec.video.pixel_formats import PIXEL_FORMATS
from container_format import NetworkRecord, TensorRecord

INFO = VideoInfo(64, 48, PIXEL_FORMATS["yuv420p"], Fraction(1, 25), Fraction(25))
CONVERSION = ColorConversion.of(INFO)
SETTINGS = HintSettings(2, 1, hint_codec(30, 8))
HINTS = SETTINGS.parameters((24, 32))
WEIGHTS = TensorRecord(name="kernels", shape=(1500,), step=1.0, table=b"", payload=bytes(1500))
RECORD = NetworkRecord(architecture="compact", tensors=(WEIGHTS,))


def picture(seed: int) -> Picture:
    """Discs of a color that goes with their gray."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:48, :64]
    luma = np.full((48, 64), 60.0)
    for _ in range(6):
        center, radius = random.integers(0, 64, 2), random.integers(4, 14)
        luma[(x - center[0]) ** 2 + (y - center[1]) ** 2 < radius**2] = random.choice([90, 160, 220])
    luma += random.normal(0, 2, luma.shape)
    gray = luma.clip(0, 255).astype(np.uint8)
    small = gray[::2, ::2].astype(int)
    return Picture(gray, ((40 + small // 2).astype(np.uint8), (220 - small // 2).astype(np.uint8)))


def keyframes(count: int) -> tuple[Keyframe, ...]:
    pictures = [picture(seed) for seed in range(count)]
    hints = decode_hints(encode_hints([p.chroma_planes() for p in pictures], SETTINGS, Fraction(25)), HINTS, count)
    return tuple(Keyframe(one, hint) for one, hint in zip(pictures, hints, strict=True))


def assignment(steps: int = 60) -> Assignment:
    training = CompactTraining(steps=steps, max_seconds=120)
    return Assignment(keyframes(10), CONVERSION, HINTS, training, 1e6, DEFAULT_TARGET, None, nice=0)


@pytest.mark.parametrize(
    ("gain", "rate", "repeat", "expected"),
    [
        (0.5, 10_000, 5.0, True),
        (0.5, 100, 5.0, False),
        (-0.5, 10_000, 5.0, False),
        (0.2, 2_000, 1.0, False),
        (0.2, 2_000, 1e9, True),
        (math.inf, 1, 1.0, True),
    ],
)
def test_what_pays(gain: float, rate: float, repeat: float, expected: bool) -> None:
    assert pays(Trained(RECORD, gain), rate, repeat) is expected


def test_a_base_network_takes_few_bytes_and_is_like_any_other() -> None:
    record = base_network(CONVERSION, 2)
    assert record is not None
    assert Trained(record, 0.0).num_bytes < 300
    assert load_colorizer(record, CONVERSION).is_exact
    assert gain_db(keyframes(2), CONVERSION, HINTS, DEFAULT_TARGET, record, record) == 0.0


@pytest.mark.slow
def test_a_training_wins_color_in_a_process_of_its_own() -> None:
    background = BackgroundTraining()
    background.begin(assignment())
    assert background.is_running
    try:
        deadline = time.monotonic() + 240
        while (result := background.result()) is None:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        background.stop()
    assert isinstance(result, Trained)
    assert result.gain_db > 0
    assert not background.is_running


def test_a_training_can_be_ended_at_any_time() -> None:
    background = BackgroundTraining()
    background.begin(assignment(steps=10**6))
    background.stop()
    assert not background.is_running
    assert background.result() is None


def test_a_training_that_fails_is_told() -> None:
    background = BackgroundTraining()
    broken = assignment()
    object.__setattr__(broken, "keyframes", ())
    background.begin(broken)
    deadline = time.monotonic() + 240
    while (result := background.result()) is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert "expected keyframes" in str(result)


def test_only_guided_learns() -> None:
    frames = [Frame(picture(0), 0, 1)]
    efforts, _ = choose_efforts(Coded(), INFO, frames)
    learning = Learning(Coded(), INFO, efforts[0].recipe, 5.0)
    learning.try_base([picture(0)])
    assert learning.current is None
    assert learning.num_networks == 0


def test_the_base_network_is_taken_where_it_is_better() -> None:
    frames = [Frame(picture(0), 0, 1)]
    mode = Guided(hints=SETTINGS)
    efforts, _ = choose_efforts(mode, INFO, frames)
    learning = Learning(mode, INFO, efforts[0].recipe, 5.0)
    learning.try_base([picture(seed) for seed in range(3)])
    gain = gain_db(keyframes(3), CONVERSION, HINTS, DEFAULT_TARGET, base_network(CONVERSION, 2) or RECORD, None)
    assert (learning.current is not None) == (gain > 0.1)
