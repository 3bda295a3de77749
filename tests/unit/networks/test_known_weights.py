"""Weights that a stream names instead of carrying them."""

import numpy as np
import pytest

from codec.backend import keras
from codec.errors import InputError
from codec.networks import vgg16
from codec.networks.interface import KnownWeights
from codec.networks.record import load_colorizer
from codec.networks.vgg16 import add_vgg16, known_weights, layer_names, load_known, sha256_of
from codec.video.color import ColorConversion
from codec.video.pixel_formats import PIXEL_FORMATS
from container_format import NetworkRecord, UnsupportedError

CONVERSION = ColorConversion(PIXEL_FORMATS["rgb24"], 6, True)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> object:
    """VGG16 with few filters."""
    monkeypatch.setattr(vgg16, "_BLOCKS", tuple((count, filters // 32) for count, filters in vgg16._BLOCKS))
    inputs = keras.Input((None, None, 3))
    return keras.Model(inputs, list(add_vgg16(inputs).values())[-1])


def test_the_digest_is_of_the_weights_and_not_of_the_file(model: object, tmp_path: object) -> None:
    files = [tmp_path / name for name in ("one.npz", "two.npz")]  # type: ignore[operator]
    arrays = {f"{v.path}": np.asarray(v) for name in layer_names() for v in model.get_layer(name).weights}  # type: ignore[attr-defined]
    np.savez(files[0], **arrays)
    np.savez_compressed(files[1], **arrays)
    assert files[0].read_bytes() != files[1].read_bytes()
    (sha256,) = {known_weights(model, KnownWeights(str(file)))["vgg16"] for file in files}
    for file in files:
        load_known(model, KnownWeights(str(file), sha256))
    changed = model.get_layer("block1_conv1").get_weights()  # type: ignore[attr-defined]
    model.get_layer("block1_conv1").set_weights([changed[0] + 1, changed[1]])  # type: ignore[attr-defined]
    assert sha256_of(model) != sha256


def test_other_weights_are_refused(model: object) -> None:
    with pytest.raises(InputError, match=rf"SHA-256 {'0' * 64}. Received: random, which has {sha256_of(model)}"):
        load_known(model, KnownWeights("random", "0" * 64))


def test_random_weights_need_no_name(model: object) -> None:
    assert known_weights(model, KnownWeights()) == {}


def test_a_receiver_without_them_is_told_what_to_do() -> None:
    record = NetworkRecord(architecture="colornn", tensors=(), known_weights={"vgg16": "ab" * 32})
    with pytest.raises(InputError, match=r"SHA-256 abab.*give --vgg16 imagenet or --vgg16 FILE, or --gray"):
        load_colorizer(record, CONVERSION)


def test_unknown_names_are_refused() -> None:
    record = NetworkRecord(architecture="colornn", tensors=(), known_weights={"resnet": "ab" * 32})
    with pytest.raises(UnsupportedError, match="Received: resnet"):
        load_colorizer(record, CONVERSION)


@pytest.mark.parametrize(
    ("architecture", "parameters", "message"),
    [
        ("zhang2016", {}, "Received: zhang2016"),
        ("chaudhri_fang_alexnet", {"keep_luma": 0}, "keep_luma 0"),
        ("colornn", {"window": 1}, "parameters among size, temperature_percent. Received: colornn with window"),
        ("colornn_consistent", {"window": 9}, "expected window of a network colornn_consistent from 1 to 8"),
    ],
)
def test_networks_that_no_stream_has(architecture: str, parameters: dict[str, int], message: str) -> None:
    record = NetworkRecord(architecture=architecture, parameters=parameters, tensors=())
    with pytest.raises(UnsupportedError, match=message):
        load_colorizer(record, CONVERSION)
