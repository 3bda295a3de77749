import numpy as np
import pytest

from codec.backend import keras
from codec.networks import colornn, colornn_consistent
from codec.networks.colornn_consistent import ConsistentColorizer, training_inputs
from codec.networks.interface import NetworkSpec
from codec.networks.model_weights import KerasModel
from codec.networks.yuv import uv_of_rgb
from codec.video.color import ColorConversion
from codec.video.pixel_formats import PIXEL_FORMATS

CONVERSION = ColorConversion(PIXEL_FORMATS["yuv444p"], 6, True)
LUMAS_U8 = np.random.default_rng(0).integers(0, 256, (4, 16, 24), dtype=np.uint8)


@pytest.fixture(scope="module")
def color_model() -> KerasModel:
    return colornn.build()


@pytest.fixture(scope="module")
def model(color_model: KerasModel) -> KerasModel:
    return colornn_consistent.build(color_model)


def test_layers_are_the_papers(model: KerasModel) -> None:
    added = [layer for layer in model.layers if layer.trainable and hasattr(layer, "filters")]
    assert [(layer.name, layer.filters) for layer in added] == [
        *(("previous_conv", 64), ("consistent_1", 64), ("consistent_2", 64)),
        *(("consistent_bins_u", 30), ("consistent_bins_v", 30)),
    ]
    assert [tensor.shape[-1] for tensor in model.get_layer("context").input] == [64, 64]
    trainable = sum(np.prod(variable.shape) for variable in model.trainable_variables)
    assert (model.count_params(), trainable) == (8_293_052, 115_836)


def test_the_color_model_is_shared_and_frozen(color_model: KerasModel, model: KerasModel) -> None:
    assert model.get_layer("climb_1") is color_model.get_layer("climb_1")
    assert not color_model.trainable_variables
    assert not np.array_equal(*(model.get_layer(f"consistent_bins_{axis}").get_weights()[0] for axis in "uv"))


def test_builds_start_alike(color_model: KerasModel, model: KerasModel) -> None:
    other = colornn_consistent.build(color_model)
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), other.get_weights(), strict=True))


def remembering(model: KerasModel) -> KerasModel:
    """With weights for what it is given of the frames before, as training would find some."""
    layer = model.get_layer("consistent_1")
    kernel, bias = layer.get_weights()
    kernel[:, :, 64:] = np.random.default_rng(1).normal(0, 0.3, kernel[:, :, 64:].shape)
    layer.set_weights([kernel, bias])
    return model


def colored(colorizer: ConsistentColorizer, lumas: np.ndarray, cuts: set[int]) -> list[np.ndarray]:
    """U and V of consecutive frames, some of which begin a shot."""
    estimates: list[np.ndarray] = []
    for index, luma in enumerate(lumas):
        if index == 0 or index in cuts:
            colorizer.begin_shot()
        estimates += list(colorizer.estimate(luma[None]))
    return estimates


@pytest.mark.parametrize("window", [1, 2])
def test_first_frames_of_shots_get_the_color_models_estimate(window: int) -> None:
    color_model = colornn.build()
    model = remembering(colornn_consistent.whole(color_model, window))
    estimates = colored(ConsistentColorizer(model, CONVERSION, window=window), LUMAS_U8, {2})
    luma = colornn.network_inputs(CONVERSION, LUMAS_U8)
    independent = colornn.uv_of_logits(color_model.predict_on_batch(luma))
    before = [
        [independent[0]] * 2,
        [estimates[0], independent[0]],
        [independent[2]] * 2,
        [estimates[2], independent[2]],
    ]
    for index in range(4):
        given = np.concatenate(before[index][:window], axis=-1)
        _, logits = model.predict_on_batch([luma[index : index + 1], given[None]])
        assert estimates[index] == pytest.approx(colornn.uv_of_logits(logits)[0], abs=1e-5)
    assert np.abs(estimates[0] - before[0][0]).max() > 1e-3  # or nothing would have been tested


def test_a_shot_is_colored_as_if_it_were_alone(color_model: KerasModel) -> None:
    model = remembering(colornn_consistent.whole(color_model))
    colorizer = ConsistentColorizer(model, CONVERSION, temperature=0.38)
    both = colored(colorizer, LUMAS_U8, {2})
    alone = colored(colorizer, LUMAS_U8[2:], set())
    assert np.array_equal(both[2:], alone)
    assert not np.array_equal(both[3], colored(colorizer, LUMAS_U8, {3})[3])


def test_any_size(color_model: KerasModel) -> None:
    colorizer = ConsistentColorizer(colornn_consistent.whole(color_model), CONVERSION, size=16)
    for height, width in ((13, 21), (40, 56), (5, 7)):  # another size begins a shot
        lumas = np.resize(LUMAS_U8, (2, height, width))
        pictures = colorizer(lumas, None)
        assert all(np.array_equal(p.luma, luma) for p, luma in zip(pictures, lumas, strict=True))
        assert pictures[0].chroma_planes()[0].shape == (height, width)


def test_training_in_two_stages() -> None:
    targets = colornn.targets(CONVERSION, rgbs_u8 := np.full((2, 16, 24, 3), (200, 80, 40), np.uint8))
    keras.utils.set_random_seed(0)
    color_model = colornn.build()
    color_model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=colornn.cross_entropy)
    color_model.train_on_batch(colornn.network_inputs(CONVERSION, LUMAS_U8[:2]), targets)
    frozen = color_model.get_weights()
    model = colornn_consistent.build(color_model)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=colornn.cross_entropy)
    inputs = training_inputs(CONVERSION, LUMAS_U8[:2], uv_of_rgb(CONVERSION, rgbs_u8))
    losses = [float(model.train_on_batch(list(inputs), targets)) for _ in range(3)]
    assert np.isfinite(losses).all()
    assert losses[2] < losses[1] < losses[0]
    # Neither its weights nor the averages of its normalizations have moved.
    assert all(np.array_equal(old, new) for old, new in zip(frozen, color_model.get_weights(), strict=True))


def test_the_second_stage_starts_from_the_color_models_answer() -> None:
    spec = NetworkSpec("colornn_consistent")
    model = colornn_consistent.NETWORK.build(spec)
    random = np.random.default_rng(0)
    for axis in "uv":  # as if the first stage had trained them
        layer = model.get_layer(f"bins_{axis}")
        layer.set_weights([random.normal(size=weights.shape) for weights in layer.get_weights()])
    stages = colornn_consistent.NETWORK.stages(spec, model, CONVERSION, true_share=1)
    next(stages)
    next(stages)
    luma = colornn.network_inputs(CONVERSION, LUMAS_U8[:1])
    color, consistent = model.predict_on_batch([luma, random.normal(size=(1, 16, 24, 2)).astype(np.float32)])
    assert consistent == pytest.approx(color, rel=1e-4, abs=1e-4)
    assert np.ptp(color) > 0.1
