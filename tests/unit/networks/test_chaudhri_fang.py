import numpy as np
import pytest

from codec.backend import keras
from codec.errors import InputError
from codec.networks import chaudhri_fang
from codec.networks import vgg16 as blocks
from codec.networks.chaudhri_fang import network_inputs, restored_rgb, targets, temporal_loss
from codec.networks.model_weights import KerasModel
from codec.networks.vgg16 import MEAN_BGR
from codec.networks.window import frames_before
from codec.video.color import ColorConversion
from codec.video.pixel_formats import PIXEL_FORMATS

CONVERSION = ColorConversion(PIXEL_FORMATS["yuv444p"], 6, True)
# The authors' summaries: side and channels of the output, and weights, of every layer that has any.
BACK = [(1024, 12, 256), (885120, 10, 384), (1536, 20, 384), (1327488, 18, 384), (1536, 36, 384), (2457856, 32, 256)]
ALEXNET = [
    *((46752, 60, 96), (384, 29, 96), (614656, 29, 256), (1024, 14, 256), (885120, 14, 384), (1536, 14, 384)),
    *((1327488, 14, 384), (1536, 14, 384), (884992, 14, 256), (1024, 6, 256), (65792, 6, 256), *BACK),
    *((1024, 64, 256), (614496, 64, 96), (384, 128, 96), (7203, 128, 3)),
]
VGG16 = [
    *((21, 128, 3), (12, 128, 3), "vgg16", (131328, 4, 256), (1024, 8, 256), (885120, 6, 384), (1536, 12, 384)),
    *((1327488, 10, 384), (1536, 20, 384), (2457856, 16, 256), (1024, 32, 256), (1638656, 32, 256), (1024, 64, 256)),
    *((614496, 64, 96), (384, 128, 96), (7203, 128, 3)),
]


@pytest.fixture(scope="module")
def alexnet() -> KerasModel:
    return chaudhri_fang.build_alexnet()


@pytest.fixture(scope="module")
def vgg16() -> KerasModel:
    return chaudhri_fang.build_vgg16()


def summary(model: KerasModel) -> list[object]:
    rows: list[object] = []
    for layer in model.layers:
        if layer.name.startswith("block"):
            rows += ["vgg16"] if layer.name == "block5_pool" else []
        elif layer.weights:
            rows.append((layer.count_params(), *layer.output.shape[2:]))
    return rows


def num_trainable(model: KerasModel) -> int:
    return sum(int(np.prod(variable.shape)) for variable in model.trainable_variables)


def test_alexnet_is_the_authors_summary(alexnet: KerasModel) -> None:
    assert summary(alexnet) == ALEXNET
    assert (alexnet.count_params(), num_trainable(alexnet)) == (9_127_971, 9_122_467)
    assert [layer.pool_size for layer in alexnet.layers if "pool" in layer.name] == [(3, 3)] * 3
    assert {layer.interpolation for layer in alexnet.layers if "double" in layer.name} == {"nearest"}


def test_vgg16_is_the_authors_summary(vgg16: KerasModel) -> None:
    assert summary(vgg16) == VGG16
    assert vgg16.get_layer("block5_pool").output.shape == (None, 4, 4, 512)
    assert (vgg16.count_params(), num_trainable(vgg16)) == (21_783_396, 7_065_438)


def test_vgg16_starts_with_pictures_that_it_knows(vgg16: KerasModel) -> None:
    """Before training, what reaches VGG16 is the current frame, B, G, R, on the scale of its training pictures."""
    part = keras.Model(vgg16.inputs, vgg16.get_layer("vgg16_preprocessing").output)
    random = np.random.default_rng(0)
    mean, deviation = np.array(MEAN_BGR) / 255, np.array([57.4, 57.1, 58.4]) / 255
    picture = np.clip(random.normal(mean[::-1], deviation[::-1], (4, 128, 128, 3)), 0, 1).astype(np.float32)
    seen = np.asarray(part([picture, np.zeros_like(picture)], training=True))
    right = keras.applications.vgg16.preprocess_input(picture * 255)
    for channel in range(3):
        assert np.corrcoef(seen[..., channel].ravel(), right[..., channel].ravel())[0, 1] > 0.999
    assert seen.std(axis=(0, 1, 2)) == pytest.approx(right.std(axis=(0, 1, 2)), rel=0.1)
    assert seen.mean(axis=(0, 1, 2)) == pytest.approx(right.mean(axis=(0, 1, 2)), abs=5)


def test_every_build_starts_from_the_same_weights(alexnet: KerasModel) -> None:
    other = chaudhri_fang.build_alexnet()
    assert all(np.array_equal(a, b) for a, b in zip(alexnet.get_weights(), other.get_weights(), strict=True))


def test_loss_is_the_papers_formula() -> None:
    random = np.random.default_rng(0)
    true, predicted = random.normal(size=(2, 4, 6, 5, 3)).astype(np.float32)
    from_true = np.square(predicted - true).mean(axis=(1, 2, 3))
    from_previous = np.square(predicted[1:] - predicted[:-1]).mean(axis=(1, 2, 3))
    expected = 0.8 * from_true.sum() / 4 + 0.2 * from_previous.sum() / 4
    assert float(np.mean(temporal_loss()(true, predicted))) == pytest.approx(expected, rel=1e-5)
    assert np.asarray(temporal_loss(1)(true, predicted)) == pytest.approx(from_true, rel=1e-5)
    assert np.asarray(temporal_loss(0)(true, predicted)) == pytest.approx([0, *from_previous], rel=1e-5)
    in_two_runs = [0, from_previous[0], 0, from_previous[2]]
    assert np.asarray(temporal_loss(0, 2)(true, predicted)) == pytest.approx(in_two_runs, rel=1e-5)


def test_loss_through_keras_is_the_same(alexnet: KerasModel) -> None:
    frames = np.random.default_rng(0).uniform(size=(3, 128, 128, 3)).astype(np.float32)
    alexnet.compile(loss=temporal_loss(0.3))
    measured = alexnet.test_on_batch([frames, frames], frames)
    predicted = alexnet.predict_on_batch([frames, frames])
    assert float(measured) == pytest.approx(float(np.mean(temporal_loss(0.3)(frames, predicted))), rel=1e-4)


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_shares_out_of_range_are_refused(share: float) -> None:
    with pytest.raises(InputError, match="true color from 0 to 1"):
        temporal_loss(share)


def test_pictures_are_scaled_whole() -> None:
    rgbs_u8 = np.zeros((2, 64, 256, 3), np.uint8)
    rgbs_u8[:, :, 128:] = 255
    current, previous = network_inputs(rgbs_u8, rgbs_u8[::-1])
    assert current.shape == previous.shape == targets(rgbs_u8).shape == (2, 128, 128, 3)
    assert (current.dtype, current.min(), current.max()) == (np.float32, 0, 1)
    assert current[0, :, 64:].min() == 1


@pytest.mark.parametrize("keep_luma", [True, False])
def test_output_at_the_size_of_the_video(keep_luma: bool) -> None:
    lumas = np.random.default_rng(0).integers(100, 150, (2, 40, 60), dtype=np.uint8)
    outputs = np.full((2, 128, 128, 3), (0.6, 0.5, 0.4), np.float32)
    rgb = restored_rgb(outputs, CONVERSION, lumas, keep_luma=keep_luma)
    assert (rgb.shape, rgb.dtype) == ((2, 40, 60, 3), np.float32)
    if keep_luma:
        assert rgb @ CONVERSION.luma_weights() == pytest.approx(lumas / 255, abs=1e-5)
        assert rgb[..., 0] - rgb[..., 2] == pytest.approx(np.full((2, 40, 60), 0.2), abs=1e-5)
    else:
        assert rgb == pytest.approx(np.broadcast_to([0.6, 0.5, 0.4], rgb.shape), abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["alexnet", "vgg16"])
def test_training_learns_a_constant_color(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for table in ("_ALEXNET", "_ALEXNET_BACK", "_VGG16_BACK"):
        few = tuple((filters // 8, *rest) for filters, *rest in getattr(chaudhri_fang, table))
        monkeypatch.setattr(chaudhri_fang, table, few)
    monkeypatch.setattr(blocks, "_BLOCKS", tuple((count, filters // 8) for count, filters in blocks._BLOCKS))
    grays = np.random.default_rng(0).integers(0, 256, (2, 40, 60, 1), dtype=np.uint8).repeat(3, axis=-1)
    inputs = network_inputs(grays, frames_before(grays, 1))
    target = targets(np.full((2, 40, 60, 3), (200, 80, 40), np.uint8))
    build = {"alexnet": chaudhri_fang.build_alexnet, "vgg16": chaudhri_fang.build_vgg16}[name]
    losses = []
    for _ in range(2):
        keras.utils.set_random_seed(0)
        model = build()
        model.compile(optimizer=keras.optimizers.Adam(1e-4), loss=temporal_loss())
        losses.append([float(model.train_on_batch(list(inputs), target)) for _ in range(2)])
    assert np.isfinite(losses).all()
    assert losses[0][1] < losses[0][0]
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)
