from pathlib import Path

import numpy as np
import pytest

from codec.backend import keras
from codec.errors import InputError
from codec.networks import vgg16
from codec.networks.model_weights import KerasModel
from codec.networks.vgg16 import add_vgg16, layer_names, load_vgg16
from tests.weight_files import caffemodel, out_in_rows_columns, write_legacy_h5

NAMES = ["1_1", "1_2", "2_1", "2_2", "3_1", "3_2", "3_3", "4_1", "4_2", "4_3", "5_1", "5_2", "5_3"]


def build(num_blocks: int = 5) -> KerasModel:
    inputs = keras.Input((None, None, 3))
    outputs = add_vgg16(inputs, num_blocks=num_blocks)
    return keras.Model(inputs, list(outputs.values())[-1])


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same network with few filters."""
    monkeypatch.setattr(vgg16, "_BLOCKS", tuple((count, filters // 32) for count, filters in vgg16._BLOCKS))


def changed_model() -> KerasModel:
    model = build()
    random = np.random.default_rng(0)
    model.set_weights([random.normal(size=weights.shape) for weights in model.get_weights()])
    return model


def test_layers_are_keras_own() -> None:
    ours, published = build(), keras.applications.VGG16(weights=None, include_top=False)
    assert ours.count_params() == published.count_params() == 14_714_688
    assert [layer.name for layer in ours.layers[1:]] == [layer.name for layer in published.layers[1:]]
    assert [layer.output.shape[-1] for layer in ours.layers] == [layer.output.shape[-1] for layer in published.layers]
    assert not ours.trainable_variables
    random = np.random.default_rng(0)
    weights = [random.normal(0, 0.05, weights.shape) for weights in published.get_weights()]
    ours.set_weights(weights)
    published.set_weights(weights)
    picture = random.uniform(-100, 100, (1, 32, 32, 3)).astype(np.float32)
    assert ours.predict_on_batch(picture) == pytest.approx(published.predict_on_batch(picture), rel=1e-4)


def test_some_blocks() -> None:
    assert layer_names(4)[-1] == "block4_conv3"
    assert build(4).output_shape == (None, None, None, 512)
    assert build(4).layers[-1].name == "block4_conv3"


def test_mean_is_that_of_keras() -> None:
    white = np.full((1, 1, 1, 3), 255.0)
    assert keras.applications.vgg16.preprocess_input(white.copy()).ravel() == pytest.approx(
        255 - np.array(vgg16.MEAN_BGR)
    )


@pytest.mark.parametrize("form", ["legacy.h5", "new.weights.h5", "model.keras", "old.npz", "ours.npz", "a.caffemodel"])
@pytest.mark.filterwarnings("ignore:__array__ implementation")  # Keras 3.15 saving with NumPy 2
def test_weights_of_every_format(narrow: None, tmp_path: Path, form: str) -> None:
    del narrow
    written = changed_model()
    path = tmp_path / form
    layers = {layer.name: layer.get_weights() for layer in written.layers if layer.weights}
    top = (np.zeros((4, 4), np.float32), np.zeros(4, np.float32))  # a classifier, which nobody asked for
    if form == "legacy.h5":
        write_legacy_h5(path, {**layers, "fc1": top})
    elif form == "new.weights.h5":
        written.save_weights(path)
    elif form == "model.keras":
        written.save(path)
    elif form == "old.npz":
        arrays = dict(zip(NAMES, layers.values(), strict=True)) | {"fc6": top}
        prefixed = {name if name == "fc6" else f"conv{name}": pair for name, pair in arrays.items()}
        np.savez(path, **{f"{name}_{part}": pair[i] for name, pair in prefixed.items() for i, part in enumerate("Wb")})
    elif form == "ours.npz":
        parts = ("kernel", "bias")
        np.savez(path, **{f"{name}/{part}": pair[i] for name, pair in layers.items() for i, part in enumerate(parts)})
    else:
        pairs = {f"conv{n}": (out_in_rows_columns(k), b) for n, (k, b) in zip(NAMES, layers.values(), strict=True)}
        path.write_bytes(caffemodel({**pairs, "fc6": top}, v1=True))
    read = build()
    load_vgg16(read, path)
    for old, new in zip(written.get_weights(), read.get_weights(), strict=True):
        assert new == pytest.approx(old)


def test_random_changes_nothing(narrow: None) -> None:
    del narrow
    model = build()
    before = model.get_weights()
    load_vgg16(model, "random")
    assert all(np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True))


def test_imagenet_is_kerass_download(narrow: None, monkeypatch: pytest.MonkeyPatch) -> None:
    del narrow
    published = changed_model()
    calls = []

    def download(**options: object) -> KerasModel:
        calls.append(options)
        return published

    monkeypatch.setattr(keras.applications, "VGG16", download)
    model = build(4)
    load_vgg16(model, "imagenet", num_blocks=4)
    assert calls == [{"weights": "imagenet", "include_top": False}]
    assert model.layers[-1].get_weights()[0] == pytest.approx(published.get_layer("block4_conv3").get_weights()[0])


def test_no_connection_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise OSError("URL fetch failure on https://example.org\nlong story")

    monkeypatch.setattr(keras.applications, "VGG16", fail)
    with pytest.raises(
        InputError, match=r"or the path of a file that has them\. Received: URL fetch failure"
    ) as caught:
        load_vgg16(build(1), "imagenet", num_blocks=1)
    assert "\n" not in str(caught.value)


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"imagenet, random, or a file \(.h5.*Received: vgg16.onnx"):
        load_vgg16(build(1), "vgg16.onnx", num_blocks=1)
    with pytest.raises(InputError, match="Received: imagnet"):
        load_vgg16(build(1), "imagnet", num_blocks=1)
    np.savez(
        tmp_path / "other.npz", **{"block1_conv1/kernel": np.zeros((3, 3, 1, 64)), "block1_conv1/bias": np.ones(64)}
    )
    with pytest.raises(InputError, match=r"other.npz: expected the 2 layers of VGG16.*block1_conv2"):
        load_vgg16(build(1), tmp_path / "other.npz", num_blocks=1)
