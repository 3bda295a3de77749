"""Hints of a long video: some segments coded before the last pass, the others in it."""

from __future__ import annotations

import io

import pytest

from codec.encoder.choices import guided
from codec.encoder.encode import encode
from codec.encoder.modes import Coded, Shared
from codec.hints.coder import HintSettings
from codec.plane_codecs import PlaneCodecSpec
from tests.unit.encoder.test_hint_pass import Slopes

OPTIONS = Coded(
    hints=HintSettings.parse("2:x265:crf=20"),
    luma=PlaneCodecSpec.parse("raw"),
    shared=Shared(segment_frames=3),
    quality_frames=4,
)


def coded(sampled_frames: int, monkeypatch: pytest.MonkeyPatch) -> bytes:
    monkeypatch.setattr(guided, "_SAMPLED_FRAMES", sampled_frames)
    target = io.BytesIO()
    report = encode(Slopes(12), target, OPTIONS)  # type: ignore[arg-type]
    assert report.keyframes == 0
    return target.getvalue()


def test_it_makes_no_difference_when_hints_are_coded(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = coded(1000, monkeypatch)
    assert coded(6, monkeypatch) == at_once
    assert coded(1, monkeypatch) == at_once
