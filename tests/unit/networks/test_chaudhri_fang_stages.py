"""Both stages of Chaudhri and Fang's networks behind gvc's interface, with few filters."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from codec.networks import chaudhri_fang, chaudhri_fang_stages
from codec.networks import vgg16 as blocks
from codec.networks.chaudhri_fang_stages import ALEXNET_NAME, RUN_LENGTH, VGG16_NAME, ChaudhriFang
from codec.networks.interface import NetworkSpec
from codec.video.color import ColorConversion
from codec.video.pixel_formats import PIXEL_FORMATS

CONVERSION = ColorConversion(PIXEL_FORMATS["yuv444p"], 6, True)
LUMAS_U8 = np.random.default_rng(0).integers(40, 200, (5, 24, 40), dtype=np.uint8)


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for table in ("_ALEXNET", "_ALEXNET_BACK", "_VGG16_BACK"):
        few = tuple((filters // 16, *rest) for filters, *rest in getattr(chaudhri_fang, table))
        monkeypatch.setattr(chaudhri_fang, table, few)
    monkeypatch.setattr(blocks, "_BLOCKS", tuple((count, filters // 16) for count, filters in blocks._BLOCKS))
    chaudhri_fang_stages._start_weights.cache_clear()
    yield
    chaudhri_fang_stages._start_weights.cache_clear()


def spec(name: str = ALEXNET_NAME, **parameters: int) -> NetworkSpec:
    return NetworkSpec(name, tuple(sorted(parameters.items())))


def test_color_depends_on_the_frame_before_and_not_on_how_frames_are_batched() -> None:
    network = ChaudhriFang(ALEXNET_NAME)
    wanted = spec(first_stage=0, window=2)
    colorizer = network.colorizer_of(wanted, network.build(wanted), CONVERSION)
    assert colorizer.has_memory
    whole = colorizer.estimate(np.stack([np.resize(luma, (128, 128)) for luma in LUMAS_U8]))
    colorizer.begin_shot()
    pieces = [colorizer.estimate(np.resize(luma, (1, 128, 128)))[0] for luma in LUMAS_U8]
    assert np.stack(pieces) == pytest.approx(whole, abs=1e-5)
    colorizer.begin_shot()
    alone = colorizer.estimate(np.resize(LUMAS_U8[4], (1, 128, 128)))[0]
    assert np.abs(alone - whole[4]).max() > 1e-4


def test_gray_is_kept_unless_the_papers_picture_is_asked_for() -> None:
    network = ChaudhriFang(ALEXNET_NAME)
    kept, own = (
        network.colorizer_of(wanted, network.build(wanted), CONVERSION)(LUMAS_U8, None)
        for wanted in (spec(first_stage=0), spec(first_stage=0, keep_luma=0))
    )
    assert all(np.array_equal(p.luma, luma) for p, luma in zip(kept, LUMAS_U8, strict=True))
    assert not np.array_equal(own[0].luma, LUMAS_U8[0])
    assert [p.luma.shape for p in own] == [(24, 40)] * 5


@pytest.mark.parametrize(
    ("name", "first_stage"), [(ALEXNET_NAME, 1), pytest.param(VGG16_NAME, 0, marks=pytest.mark.slow)]
)
def test_stages_learn_one_after_the_other(name: str, first_stage: int) -> None:
    network, wanted = ChaudhriFang(name), spec(name, first_stage=first_stage)
    model = network.build(wanted)
    assert set(network.start_weights(wanted)) <= {f"{layer.name}/{part}" for layer in model.layers for part in _PARTS}
    small = np.stack([np.resize(luma, (128, 128)) for luma in LUMAS_U8[:RUN_LENGTH]])
    rgbs_u8 = np.full((RUN_LENGTH, 128, 128, 3), (200, 80, 40), np.uint8)
    stages = []
    for stage in network.stages(wanted, model, CONVERSION, true_share=0.8):
        before = [weights.copy() for weights in model.get_weights()]
        stage.model.compile(optimizer="adam", loss=stage.loss)
        inputs, targets = stage.pair(small, rgbs_u8)
        stage.model.train_on_batch(inputs, targets)
        pairs = zip(before, model.get_weights(), strict=True)
        stages.append({index for index, (old, new) in enumerate(pairs) if not np.array_equal(old, new)})
    assert len(stages) == network.num_stages(wanted) == 1 + first_stage
    assert all(stages)
    assert first_stage == 0 or not stages[0] & stages[1]


_PARTS = ("kernel", "bias", "gamma", "beta", "mean_over_deviation", "log2_deviation")
