import numpy as np
import pytest

from codec.backend import keras
from codec.errors import InputError
from codec.networks.model_weights import KerasModel
from codec.networks.pretrained import KernelLayout, LayerArrays, LayerSource, assign_layers

SOURCES = [LayerSource("conv", ("conv", "model1.0")), LayerSource("norm", ("norm", "model1.2"))]
RANDOM = np.random.default_rng(0)
KERNEL = RANDOM.normal(size=(3, 5, 2, 4)).astype(np.float32)
BIAS = RANDOM.normal(size=4).astype(np.float32)
MEAN = RANDOM.normal(size=4).astype(np.float32)
VARIANCE = RANDOM.uniform(0.5, 2, size=4).astype(np.float32)
INPUTS = RANDOM.normal(size=(1, 6, 7, 2)).astype(np.float32)


def build() -> KerasModel:
    inputs = keras.Input((None, None, 2))
    tensor = keras.layers.Conv2D(4, (3, 5), name="conv")(inputs)
    norm = keras.layers.BatchNormalization(center=False, scale=False, epsilon=1e-5, name="norm")
    return keras.Model(inputs, norm(tensor))


def expected_output() -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(INPUTS[0], (3, 5), axis=(0, 1))  # (rows, columns, in, 3, 5)
    convolved = np.einsum("yxcij,ijco->yxo", windows, KERNEL) + BIAS
    return (convolved - MEAN) / np.sqrt(VARIANCE + 1e-5)


@pytest.mark.parametrize("form", ["keras", "caffe", "caffe v1", "torch"])
def test_all_forms_compute_the_same(form: str) -> None:
    model = build()
    layout = KernelLayout.OUT_IN_ROWS_COLUMNS
    convolution = (KERNEL.transpose(3, 2, 0, 1), BIAS)
    factor = np.float32(0.25)
    if form == "keras":
        layers = {"conv": (KERNEL, BIAS), "norm": (MEAN, VARIANCE)}
        layout = KernelLayout.ROWS_COLUMNS_IN_OUT
    elif form == "caffe":
        layers = {"conv": convolution, "norm": (MEAN * factor, VARIANCE * factor, factor.reshape(1))}
    elif form == "caffe v1":
        four = (1, 1, 1, -1)
        norm = (MEAN.reshape(four), VARIANCE.reshape(four), np.ones((1, 1, 1, 1), np.float32))
        layers = {"conv": (convolution[0], BIAS.reshape(four)), "norm": norm}
    else:
        weight, offset = np.array([0.5, 1, 2, 1], np.float32), np.array([1, 0, -1, 0.5], np.float32)
        # w (x - m') / s' + b with what makes it (x - m) / s.
        deviation = np.sqrt(VARIANCE + 1e-5) * weight
        norm = (weight, offset, MEAN + offset * deviation / weight, deviation**2 - np.float32(1e-5))
        layers = {"model1.0": convolution, "model1.2": norm}
    assign_layers(model, LayerArrays(layout, layers), SOURCES, what="a test")
    assert model.predict_on_batch(INPUTS)[0] == pytest.approx(expected_output(), abs=1e-4)


def test_transposed_convolution_is_caffes() -> None:
    inputs = keras.Input((None, None, 2))
    model = keras.Model(
        inputs, keras.layers.Conv2DTranspose(3, 4, strides=2, padding="same", use_bias=True, name="up")(inputs)
    )
    kernel = RANDOM.normal(size=(2, 3, 4, 4)).astype(np.float32)  # Caffe: in, out, rows, columns
    arrays = LayerArrays(KernelLayout.OUT_IN_ROWS_COLUMNS, {"up": (kernel, np.zeros(3, np.float32))})
    assign_layers(model, arrays, [LayerSource("up", ("up",))], what="a test")
    picture = INPUTS[0, :3, :4]
    padded = np.zeros((3 * 2 + 2, 4 * 2 + 2, 3), np.float32)  # one more on each side, as "pad: 1" cuts off
    for row, column in np.ndindex(3, 4):
        spread = np.einsum("c,coij->ijo", picture[row, column], kernel)
        padded[2 * row : 2 * row + 4, 2 * column : 2 * column + 4] += spread
    assert model.predict_on_batch(picture[None])[0] == pytest.approx(padded[1:-1, 1:-1], abs=1e-5)


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ({"conv": (KERNEL, BIAS)}, "the 2 layers of a test. Received: a file without 1 of them, such as norm or model"),
        ({"fc6": (BIAS,)}, "without 2 of them, such as conv or model1.0; it has fc6"),
        ({"conv": (KERNEL[..., :3], BIAS), "norm": (MEAN, VARIANCE)}, "shape 3x5x2x4 and 4 .* Received: 3x5x2x3 and 4"),
        ({"conv": (KERNEL,), "norm": (MEAN, VARIANCE)}, "layer conv of a test. Received: 3x5x2x4. Is it"),
        ({"conv": (KERNEL, BIAS), "norm": (MEAN, MEAN, MEAN)}, "mean, variance and a factor"),
        ({"conv": (KERNEL, BIAS), "norm": (-VARIANCE, MEAN, MEAN, VARIANCE)}, "scales over 0"),
        ({"conv": (KERNEL, BIAS), "norm": (VARIANCE, MEAN[:1], MEAN, VARIANCE)}, "scales over 0"),
    ],
)
def test_what_does_not_fit_changes_nothing(layers: dict[str, tuple[np.ndarray, ...]], message: str) -> None:
    model = build()
    before = model.get_weights()
    with pytest.raises(InputError, match=message):
        assign_layers(model, LayerArrays(KernelLayout.ROWS_COLUMNS_IN_OUT, layers), SOURCES, what="a test")
    assert all(np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True))
