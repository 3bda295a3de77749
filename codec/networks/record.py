"""A trained network as the container's record, and the record as a function that colors gray planes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from codec.networks.interface import ColorNetwork, KerasModel, NetworkSpec
from codec.networks.registry import NETWORK_NAMES, color_network
from codec.networks.weights import (
    PackedTensor,
    QuantizedTensor,
    dequantize_into,
    named_weights,
    pack_weights,
    unpack_weights,
)
from codec.video.color import ColorConversion
from codec.video.picture import Picture, U8Array
from container_format import NetworkRecord, TensorRecord, UnsupportedError


class Colorizer:
    """A network with its weights, for one video: gray planes in, pictures with exactly these planes out."""

    def __init__(self, network: ColorNetwork, model: KerasModel, conversion: ColorConversion) -> None:
        self._network = network
        self._model = model
        self._conversion = conversion

    def __call__(self, lumas_u8: Sequence[U8Array]) -> list[Picture]:
        """Color for gray planes, each (height, width) uint8, all of one size."""
        return self._network.colorize(self._model, self._conversion, np.stack(lumas_u8))


def pack_network(spec: NetworkSpec, tensors: tuple[QuantizedTensor, ...]) -> NetworkRecord:
    """A network's name, sizes and weights as the container stores them."""
    start = named_weights(color_network(spec.architecture).build(spec))
    return NetworkRecord(
        architecture=spec.architecture,
        parameters=dict(spec.parameters),
        tensors=tuple(
            TensorRecord(name=t.name, shape=t.shape, step=t.step, table=t.table, payload=t.payload)
            for t in pack_weights(tensors, start)
        ),
    )


def load_colorizer(record: NetworkRecord, conversion: ColorConversion) -> Colorizer:
    """The network of a stream, ready to color. Imports Keras, which takes seconds the first time.

    Raises:
        UnsupportedError: an architecture that this version does not have.
        StreamError: the weights are not those of the architecture.
    """
    if record.architecture not in NETWORK_NAMES:
        raise UnsupportedError(
            f"expected one of the networks {', '.join(NETWORK_NAMES)}. Received: {record.architecture}"
        )
    network = color_network(record.architecture)
    model = network.build(NetworkSpec(record.architecture, tuple(sorted(record.parameters.items()))))
    packed = tuple(PackedTensor(t.name, t.shape, t.step, t.table, t.payload) for t in record.tensors)
    dequantize_into(model, unpack_weights(packed, named_weights(model)))
    return Colorizer(network, model, conversion)
