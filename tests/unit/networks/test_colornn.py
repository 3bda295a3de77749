import numpy as np
import pytest

from codec.backend import keras
from codec.networks import colornn
from codec.networks.model_weights import KerasModel
from codec.networks.vgg16 import MEAN_BGR, layer_names
from codec.networks.yuv import uv_of_rgb
from codec.video.color import ColorConversion
from codec.video.pixel_formats import PIXEL_FORMATS

CONVERSION = ColorConversion(PIXEL_FORMATS["yuv444p"], 6, True)
# Layers above VGG16: name, filters, kernel.
TABLE = [
    ("climb_4", 256, 1),
    ("climb_3", 128, 3),
    ("climb_2", 64, 3),
    ("climb_1", 64, 3),
    ("bins_u", 30, 1),
    ("bins_v", 30, 1),
]


@pytest.fixture(scope="module")
def model() -> KerasModel:
    return colornn.build()


def test_layers_are_dahls_with_bins(model: KerasModel) -> None:
    convolutions = [layer for layer in model.layers if hasattr(layer, "filters")]
    assert {layer.name for layer in convolutions if not layer.trainable} == set(layer_names(4))
    assert [(x.name, x.filters, x.kernel_size[0]) for x in convolutions if x.trainable] == TABLE
    joins = {layer.name: [tensor.shape[-1] for tensor in layer.input] for layer in model.layers if "join" in layer.name}
    assert joins == {"join_3": [256, 256], "join_2": [128, 128], "join_1": [64, 64]}
    vgg16 = sum(np.prod(variable.shape) for layer in convolutions if not layer.trainable for variable in layer.weights)
    trainable = sum(np.prod(variable.shape) for variable in model.trainable_variables)
    assert (vgg16, trainable, model.count_params()) == (7_635_264, 543_420, 8_181_116)


def test_logits_for_every_pixel(model: KerasModel) -> None:
    for rows in (16, 32, 8):  # sizes may follow one another
        logits = model.predict_on_batch(np.zeros((2, rows, 24, 1), np.float32))
        assert logits.shape == (2, rows, 24, 2, 30)


def test_vgg16_is_given_what_it_knows(model: KerasModel) -> None:
    part = keras.Model(model.inputs[0], model.get_layer("vgg16_preprocessing").output)
    luma = np.array([0, 0.5, 1], np.float32).reshape(1, 1, 3, 1)
    seen = part.predict_on_batch(luma)[0, 0]
    gray = np.repeat(luma[0, 0] * 255, 3, axis=-1)
    assert seen == pytest.approx(keras.applications.vgg16.preprocess_input(gray), abs=1e-4)
    assert seen[0] == pytest.approx([-mean for mean in MEAN_BGR])


def test_bins_cover_all_colors_and_gray_is_a_center() -> None:
    assert len(colornn.UV_CENTERS) == 30
    assert colornn.UV_CENTERS[15] == 0
    values = np.linspace(-0.5, 0.5, 1001, dtype=np.float32)
    bins = colornn.bins_of_uv(values)
    assert (bins.min(), bins.max()) == (1, 29)
    assert np.abs(colornn.UV_CENTERS[bins] - values).max() <= 0.5 / 29 + 1e-6


def test_targets_decode_to_their_color() -> None:
    rgbs_u8 = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), dtype=np.uint8)
    bins = colornn.targets(CONVERSION, rgbs_u8)
    assert (bins.shape, bins.dtype) == ((2, 8, 8, 2), np.int32)
    logits = np.where(np.arange(30) == bins[..., None], 50, 0).astype(np.float32)
    for temperature in (1.0, 0.38):
        uv = colornn.uv_of_logits(logits, temperature=temperature)
        assert np.abs(uv - uv_of_rgb(CONVERSION, rgbs_u8)).max() <= 0.5 / 29 + 1e-5


def test_annealing_makes_colors_livelier() -> None:
    logits = np.zeros((1, 2, 30), np.float32)
    logits[..., 25] = 4
    calm, lively = (colornn.uv_of_logits(logits, temperature=t)[0, 0] for t in (1, 0.38))
    assert 0 < calm < lively < colornn.UV_CENTERS[25]


def test_cross_entropy_is_summed_over_both_axes() -> None:
    random = np.random.default_rng(0)
    logits = random.normal(size=(1, 2, 3, 2, 30)).astype(np.float32)
    bins = random.integers(0, 30, (1, 2, 3, 2))
    log_probabilities = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    expected = -np.take_along_axis(log_probabilities, bins[..., None], axis=-1)[..., 0].sum(axis=-1)
    assert np.asarray(colornn.cross_entropy(bins.astype(np.float32), logits)) == pytest.approx(expected, rel=1e-5)


def test_a_short_training_shows_in_use() -> None:
    """What the normalizations average has to be there after few steps, or the trained model answers as an untrained."""
    lumas = np.random.default_rng(0).integers(0, 256, (2, 16, 24), dtype=np.uint8)
    rgbs_u8 = np.full((2, 16, 24, 3), (200, 80, 40), np.uint8)
    inputs, target = colornn.network_inputs(CONVERSION, lumas), colornn.targets(CONVERSION, rgbs_u8)
    keras.utils.set_random_seed(0)
    model = colornn.build()
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=colornn.cross_entropy)
    before = float(model.test_on_batch(inputs, target))
    while_training = [float(model.train_on_batch(inputs, target)) for _ in range(30)][-1]
    assert float(model.test_on_batch(inputs, target)) < min(before, while_training + 1)


@pytest.mark.slow
def test_training_learns_a_constant_color() -> None:
    lumas = np.random.default_rng(0).integers(0, 256, (2, 16, 24), dtype=np.uint8)
    targets = colornn.targets(CONVERSION, np.full((2, 16, 24, 3), (200, 80, 40), np.uint8))
    keras.utils.set_random_seed(0)
    model = colornn.build()
    vgg16 = model.get_layer("block4_conv3").get_weights()[0]
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=colornn.cross_entropy)
    inputs = colornn.network_inputs(CONVERSION, lumas)
    losses = [float(model.train_on_batch(inputs, targets)) for _ in range(3)]
    assert np.isfinite(losses).all()
    assert losses[2] < losses[1] < losses[0]
    assert np.array_equal(model.get_layer("block4_conv3").get_weights()[0], vgg16)
