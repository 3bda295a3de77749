"""The frozen convolutions of VGG16, which networks of two papers contain.

K. Simonyan, A. Zisserman, "Very deep convolutional networks for large-scale image recognition", 2015, configuration D:
3x3 convolutions with ReLU in five blocks, each followed by a maximum over 2x2 values; 14,714,688 weights without the
classifier. It was trained on B, G, R in [0, 255] minus the mean of ImageNet's pictures, and needs such input.

No package contains its ImageNet weights. They come from Keras's download or from a local file. Without them the network
has random weights, which are sufficient for tests but a poor start for color.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from codec.backend import keras
from codec.errors import InputError
from codec.networks.interface import KnownWeights
from codec.networks.model_weights import KerasModel
from codec.networks.pretrained import KernelLayout, LayerSource, assign_layers, read_weights

NAME = "vgg16"
"""The name of these known weights in a stream."""
RANDOM, IMAGENET = "random", "imagenet"
MEAN_BGR = (103.939, 116.779, 123.68)
"""The mean of B, G and R in ImageNet's pictures, in code values."""
# The number of convolutions, and the filters of each, for each block.
_BLOCKS: tuple[tuple[int, int], ...] = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))
_SUFFIXES = (".h5", ".hdf5", ".keras", ".npz", ".caffemodel")


def layer_names(num_blocks: int = 5) -> list[str]:
    """Keras's names of the convolutions in the first blocks, in order."""
    return [
        f"block{block}_conv{index}"
        for block, (convolutions, _) in enumerate(_BLOCKS[:num_blocks], start=1)
        for index in range(1, convolutions + 1)
    ]


def add_vgg16(preprocessed: Any, *, num_blocks: int = 5) -> dict[str, Any]:
    """Add the first blocks of VGG16, with frozen weights, to a model that is being built.

    Args:
        preprocessed: (n, height, width, 3) Keras tensor: B, G, R in [0, 255] minus :data:`MEAN_BGR`.
        num_blocks: the number of blocks, 1 to 5. Unless it is 5, the last block has no pool.

    Returns:
        The output of each layer, by Keras's name of the layer.
    """
    outputs: dict[str, Any] = {}
    tensor = preprocessed
    for block, (convolutions, filters) in enumerate(_BLOCKS[:num_blocks], start=1):
        for index in range(1, convolutions + 1):
            name = f"block{block}_conv{index}"
            layer = keras.layers.Conv2D(filters, 3, padding="same", activation="relu", trainable=False, name=name)
            tensor = outputs[name] = layer(tensor)
        if block < num_blocks or block == len(_BLOCKS):
            name = f"block{block}_pool"
            tensor = outputs[name] = keras.layers.MaxPooling2D(2, name=name)(tensor)
    return outputs


def load_vgg16(model: KerasModel, weights: str | Path, *, num_blocks: int = 5) -> None:
    """Set the weights of VGG16's blocks in a model.

    Args:
        model: a model with the layers of :func:`add_vgg16`.
        weights: ``random`` changes nothing; ``imagenet`` lets Keras download the weights once. Otherwise it is a file
            of Keras (.h5, .keras), NumPy (.npz) or Caffe (.caffemodel), with or without the classifier.
        num_blocks: the number of blocks that the model has.

    Raises:
        InputError: there is no connection, or the file does not have these weights.
    """
    if str(weights) == RANDOM:
        return
    if str(weights) == IMAGENET:
        _copy_imagenet(model, num_blocks)
        return
    path = Path(weights)
    if path.suffix.lower() not in _SUFFIXES:  # an ONNX VGG16 wants R, G, B in another scale
        raise InputError(
            f"expected VGG16 weights as imagenet, random, or a file ({', '.join(_SUFFIXES)}). Received: {path}"
        )
    arrays = read_weights(path)
    sources = _sources(num_blocks, by_order=arrays.layout is KernelLayout.ROWS_COLUMNS_IN_OUT)
    try:
        assign_layers(model, arrays, sources, what="VGG16")
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def load_known(model: KerasModel, known: KnownWeights, *, num_blocks: int = 5) -> None:
    """Set the weights of VGG16's blocks in a model, and check their SHA-256 if ``known`` has one.

    Args:
        model: a model with the layers of :func:`add_vgg16`.
        known: the place and the SHA-256 of the weights.
        num_blocks: the number of blocks that the model has.

    Raises:
        InputError: there is no connection, the file does not have these weights, or they differ from the sender's.
    """
    load_vgg16(model, known.source, num_blocks=num_blocks)
    if known.sha256 is None:
        return
    received = sha256_of(model, num_blocks=num_blocks)
    if received != known.sha256:
        raise InputError(
            f"expected the VGG16 weights with which the color was made, SHA-256 {known.sha256}. "
            f"Received: {known.source}, which has {received}. Ask the sender for the file, or decode with --gray"
        )


def sha256_of(model: KerasModel, *, num_blocks: int = 5) -> str:
    """The SHA-256 of the first blocks' weights, in hexadecimal digits.

    It covers the kernel and the bias of each convolution in order, as little-endian float32. It is not the SHA-256 of
    a file, since the same weights exist in several formats.
    """
    digest = hashlib.sha256()
    for name in layer_names(num_blocks):
        for weights in model.get_layer(name).get_weights():
            digest.update(np.ascontiguousarray(weights, "<f4").tobytes())
    return digest.hexdigest()


def known_weights(model: KerasModel, known: KnownWeights, *, num_blocks: int = 5) -> dict[str, str]:
    """The names and SHA-256 of these weights for a stream; empty for random ones, which every machine can generate."""
    return {} if known.source == RANDOM else {NAME: sha256_of(model, num_blocks=num_blocks)}


def _sources(num_blocks: int, *, by_order: bool) -> list[LayerSource]:
    """The layers' names in files of Keras and Caffe. If ``by_order``, also those of Keras 3, which numbers layers."""
    sources = []
    for order, name in enumerate(layer_names(num_blocks)):
        caffe = name.removeprefix("block").replace("_conv", "_")
        counted = (f"conv2d_{order}" if order else "conv2d",) if by_order else ()
        sources.append(LayerSource(name, (name, f"conv{caffe}", *counted)))
    return sources


def _copy_imagenet(model: KerasModel, num_blocks: int) -> None:
    try:
        published = keras.applications.VGG16(weights="imagenet", include_top=False)
    except Exception as error:  # any error of the connection, the disk or the check of the file
        reason = str(error).partition("\n")[0][:200] or type(error).__name__
        raise InputError(
            "expected a connection to download the ImageNet weights of VGG16 (59 MB), or the path of a file that has "
            f"them. Received: {reason}"
        ) from None
    for name in layer_names(num_blocks):
        model.get_layer(name).set_weights(published.get_layer(name).get_weights())
