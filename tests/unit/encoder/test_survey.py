"""What one look at every frame finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from codec.encoder.modes import Coded, GrayOnly, Guided, Lossless, Mode, Model, Shared
from codec.encoder.survey import survey
from codec.progress import Silent
from codec.video.color import ColorConversion
from codec.video.sources import open_source

SAMPLE = Path(__file__).parents[3] / "samples" / "demo_cc0_flower_320x180_15fps.mp4"


def test_keyframes_change_nothing_else() -> None:
    source = open_source(str(SAMPLE))
    conversion, shared = ColorConversion.of(source.info), Shared(segment_frames=30)
    with_keyframes = survey(source, conversion, shared, Silent(), keyframe_every=8)
    without = survey(source, conversion, shared, Silent(), keyframe_every=None)
    source.close()
    assert with_keyframes.keyframes.indices
    assert without.keyframes.indices == ()
    assert without.borders == with_keyframes.borders
    assert without.cuts == with_keyframes.cuts


@pytest.mark.parametrize(("mode", "every"), [(Guided(), 8), (Model(), 30), (Coded(), None), (GrayOnly(), None)])
def test_only_modes_that_train_on_keyframes_look_for_them(mode: Mode, every: int | None) -> None:
    assert mode.wanted_keyframe_every == every


def test_exported_keyframes_are_looked_for_in_any_mode() -> None:
    assert Lossless().wanted_keyframe_every is None
    assert Lossless(shared=Shared(export_keyframes="folder")).wanted_keyframe_every == 8
