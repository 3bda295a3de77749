from pathlib import Path

import numpy as np
import pytest

from codec.backend import keras
from codec.errors import InputError
from codec.networks import zhang2016
from codec.networks.ab_bins import AB_CENTERS, NUM_BINS
from codec.networks.interface import NetworkSpec
from codec.networks.model_weights import KerasModel, named_weights
from codec.video.color import ColorConversion
from codec.video.pixel_formats import PIXEL_FORMATS
from tests.weight_files import caffemodel, onnx_model, out_in_rows_columns

# colorization_deploy_v2.prototxt: name, filters, kernel, stride, dilation.
TABLE = [
    *(("bw_conv1_1", 64, 3, 1, 1), ("conv1_2", 64, 3, 2, 1), ("conv2_1", 128, 3, 1, 1), ("conv2_2", 128, 3, 2, 1)),
    *(("conv3_1", 256, 3, 1, 1), ("conv3_2", 256, 3, 1, 1), ("conv3_3", 256, 3, 2, 1)),
    *((f"conv4_{i}", 512, 3, 1, 1) for i in (1, 2, 3)),
    *((f"conv{stage}_{i}", 512, 3, 1, 2) for stage in (5, 6) for i in (1, 2, 3)),
    *((f"conv7_{i}", 512, 3, 1, 1) for i in (1, 2, 3)),
    *(("conv8_1", 256, 4, 2, 1), ("conv8_2", 256, 3, 1, 1), ("conv8_3", 256, 3, 1, 1), ("conv8_313", 313, 1, 1, 1)),
]
NORMS = ["conv1_2norm", "conv2_2norm", "conv3_3norm", "conv4_3norm", "conv5_3norm", "conv6_3norm", "conv7_3norm"]


@pytest.fixture(scope="module")
def model() -> KerasModel:
    return zhang2016.build()


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same network with few filters."""
    stages = tuple((filters // 64, strides, dilation) for filters, strides, dilation in zhang2016._STAGES)
    monkeypatch.setattr(zhang2016, "_STAGES", stages)


def test_layers_are_the_release(model: KerasModel) -> None:
    convolutions = [
        (layer.name, layer.filters, layer.kernel_size[0], layer.strides[0], layer.dilation_rate[0])
        for layer in model.layers
        if hasattr(layer, "filters")
    ]
    assert convolutions == TABLE
    assert [layer.name for layer in model.layers if type(layer).__name__ == "BatchNormalization"] == NORMS
    relus = [layer.name for layer in model.layers if hasattr(layer, "filters") and layer.activation.__name__ == "relu"]
    assert relus == [name for name, *_ in TABLE[:-1]]


def test_32_million_weights(model: KerasModel) -> None:
    trainable = sum(int(np.prod(variable.shape)) for variable in model.trainable_variables)
    assert (model.count_params(), trainable) == (32_235_385, 32_230_393)


def test_builds_start_alike(narrow: None) -> None:
    del narrow
    weights, others = (named_weights(zhang2016.build()) for _ in range(2))
    assert list(weights) == list(others)
    assert all(np.array_equal(weights[name], others[name]) for name in weights)
    assert weights["conv1_2norm/log2_deviation"].tolist() == [0.0]


def test_pictures_to_the_networks_size_and_back(model: KerasModel) -> None:
    lightness = np.linspace(0, 100, 2 * 30 * 44, dtype=np.float32).reshape(2, 30, 44)
    inputs = zhang2016.network_inputs(lightness)
    assert inputs.shape == (2, 224, 224, 1)
    assert inputs.mean(axis=(1, 2, 3)) == pytest.approx([25 - 50, 75 - 50], abs=0.1)
    logits = model.predict_on_batch(zhang2016.network_inputs(lightness[:1], size=32))
    assert logits.shape == (1, 8, 8, NUM_BINS)
    assert zhang2016.ab_of_logits(logits, 30, 44).shape == (1, 30, 44, 2)


def test_targets_decode_to_their_color() -> None:
    ab = np.zeros((1, 64, 64, 2), np.float32)
    ab[:, :, 32:] = 60, -40
    targets = zhang2016.targets(ab, size=32)
    assert targets.shape == (1, 8, 8, NUM_BINS)
    decoded = zhang2016.ab_of_logits(np.log(targets + 1e-12), 64, 64)
    assert decoded[0, 10, 5] == pytest.approx([0, 0], abs=0.1)
    assert decoded[0, 10, 60] == pytest.approx([60, -40], abs=0.1)


def caffe_layers(model: KerasModel) -> dict[str, tuple[np.ndarray, ...]]:
    layers = {}
    for layer in model.layers:
        if type(layer).__name__ == "BatchNormalization":
            mean, variance = layer.get_weights()
            layers[layer.name] = (mean * 8, variance * 8, np.array([8], np.float32))
        elif layer.weights:
            kernel, bias = layer.get_weights()
            layers[layer.name] = (out_in_rows_columns(kernel), bias)
    return layers


def onnx_arrays(model: KerasModel) -> dict[str, np.ndarray]:
    """As the authors' PyTorch port: in each stage convolution, ReLU, ..., normalization; and other scales."""
    arrays = {"model_out.weight": AB_CENTERS.T.reshape(2, NUM_BINS, 1, 1) / np.float32(110)}
    counts: dict[str, int] = {}
    for layer in model.layers:
        if not layer.weights:
            continue
        stage = layer.name.removeprefix("bw_")[4]
        name = f"model{stage}.{counts.setdefault(stage, 0)}"
        counts[stage] += 2
        if type(layer).__name__ == "BatchNormalization":
            mean, variance = layer.get_weights()
            arrays |= {f"{name}.weight": np.ones_like(mean), f"{name}.bias": np.zeros_like(mean)}
            arrays |= {f"{name}.running_mean": mean, f"{name}.running_var": variance}
        else:
            kernel, bias = layer.get_weights()
            arrays |= {f"{name}.weight": out_in_rows_columns(kernel), f"{name}.bias": bias}
    arrays["model1.0.weight"] = arrays["model1.0.weight"] * np.float32(100)
    arrays |= {f"model8.6.{part}": arrays[f"model8.6.{part}"] / np.float32(0.38) for part in ("weight", "bias")}
    return arrays


def changed_model() -> KerasModel:
    model = zhang2016.build()
    random = np.random.default_rng(0)
    model.set_weights(
        [random.uniform(0.5, 1.5, weights.shape) * (weights + 0.01 * (weights == 0)) for weights in model.get_weights()]
    )
    return model


@pytest.mark.parametrize("suffix", [".caffemodel", ".onnx", ".npz"])
def test_weights_of_every_format(narrow: None, tmp_path: Path, suffix: str) -> None:
    del narrow
    written = changed_model()
    path = tmp_path / f"zhang{suffix}"
    if suffix == ".npz":
        np.savez(path, **{f"{layer.name}/{v.name}": np.asarray(v) for layer in written.layers for v in layer.weights})
    else:
        data = caffemodel(caffe_layers(written)) if suffix == ".caffemodel" else onnx_model(onnx_arrays(written))
        path.write_bytes(data)
    inputs = np.random.default_rng(1).uniform(-50, 50, (1, 16, 24, 1)).astype(np.float32)
    expected = written.predict_on_batch(inputs)
    assert np.std(expected) > 1e-3
    assert zhang2016.build(path).predict_on_batch(inputs) == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_strides_are_caffes(narrow: None) -> None:
    """Output (i, j) of a stride of 2 is centered on input (2 i, 2 j); Keras's own "same" has it half a sample on."""
    del narrow
    model = zhang2016.build()
    part = keras.Model(model.inputs[0], model.get_layer("conv1_2").output)
    kernels = [np.zeros((3, 3, 1, 1), np.float32), np.zeros((3, 3, 1, 1), np.float32)]
    kernels[0][1, 1] = 1
    kernels[1][:, :, 0, 0] = np.arange(1, 10).reshape(3, 3)
    model.get_layer("bw_conv1_1").set_weights([kernels[0], np.zeros(1)])
    model.get_layer("conv1_2").set_weights([kernels[1], np.zeros(1)])
    picture = np.zeros((1, 8, 8, 1), np.float32)
    picture[0, 4, 4] = 1
    answer = part.predict_on_batch(picture)[0, :, :, 0]
    assert answer.shape == (4, 4)
    assert answer[2, 2] == 5  # the kernel's middle
    assert answer.sum() == 5
    picture[0, 3, 3] = 1
    assert part.predict_on_batch(picture)[0, :, :, 0][1:3, 1:3].tolist() == [[9, 7], [3, 5 + 1]]


def test_other_files_are_refused(narrow: None, tmp_path: Path) -> None:
    del narrow
    path = tmp_path / "vgg.caffemodel"
    path.write_bytes(caffemodel({"conv1_1": (np.zeros((1, 1, 3, 3)), np.zeros(1))}))
    with pytest.raises(InputError, match=r"vgg.caffemodel: expected the 30 layers of Zhang .* without 30 of them"):
        zhang2016.build(path)
    layers = caffe_layers(zhang2016.build())
    path.write_bytes(caffemodel({**layers, "class8_ab": (np.ones((2, NUM_BINS, 1, 1)),)}))
    with pytest.raises(InputError, match="expected the 313 bins of the release in the layer class8_ab"):
        zhang2016.build(path)


@pytest.mark.slow
def test_training_learns_a_constant_color(narrow: None) -> None:
    del narrow
    inputs = zhang2016.network_inputs(np.random.default_rng(0).uniform(0, 100, (2, 40, 40)).astype("f4"), size=32)
    targets = zhang2016.targets(np.full((2, 40, 40, 2), 30, np.float32), size=32)
    losses = []
    for _ in range(2):
        keras.utils.set_random_seed(0)
        model = zhang2016.build()
        model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=zhang2016.cross_entropy())
        losses.append([float(model.train_on_batch(inputs, targets)) for _ in range(2)])
    assert np.isfinite(losses).all()
    assert losses[0][1] < losses[0][0]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


def test_cross_entropy_is_the_papers() -> None:
    target = np.zeros((1, 1, 2, NUM_BINS), np.float32)
    target[0, 0, 0, [3, 4]] = 0.75, 0.25
    target[0, 0, 1, 7] = 1
    logits = np.random.default_rng(0).normal(size=target.shape).astype(np.float32)
    log_probabilities = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    expected = -(target * log_probabilities).sum(axis=-1)
    assert np.asarray(zhang2016.cross_entropy()(target, logits)) == pytest.approx(expected, rel=1e-5)
    weights = np.arange(NUM_BINS, dtype=np.float32)
    weighted = np.asarray(zhang2016.cross_entropy(weights)(target, logits))
    assert weighted == pytest.approx(expected * np.array([[[3, 7]]]), rel=1e-5)


def test_color_is_put_on_the_full_gray(narrow: None) -> None:
    del narrow
    spec = NetworkSpec("zhang2016", (("size", 32),))
    conversion = ColorConversion(PIXEL_FORMATS["yuv420p"], 6, False)
    model = zhang2016.NETWORK.build(spec)
    lumas = np.random.default_rng(0).integers(16, 236, (2, 45, 77), dtype=np.uint8)
    pictures = zhang2016.NETWORK.colorizer_of(spec, model, conversion)(lumas, None)
    assert all(np.array_equal(p.luma, luma) for p, luma in zip(pictures, lumas, strict=True))
    assert pictures[0].chroma_planes()[0].shape == (23, 39)


@pytest.mark.slow
def test_it_can_be_tuned_on_references(narrow: None) -> None:
    del narrow
    spec = NetworkSpec("zhang2016", (("size", 32),))
    conversion = ColorConversion(PIXEL_FORMATS["rgb24"], 6, True)
    model = zhang2016.NETWORK.build(spec)
    (stage,) = zhang2016.NETWORK.stages(spec, model, conversion, true_share=1)
    stage.model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=stage.loss)
    lumas = np.random.default_rng(0).integers(0, 256, (2, 32, 32), dtype=np.uint8)
    pair = stage.pair(lumas, np.full((2, 32, 32, 3), (200, 80, 40), np.uint8))
    losses = [float(stage.model.train_on_batch(*pair)) for _ in range(4)]
    assert losses[-1] < losses[0]
