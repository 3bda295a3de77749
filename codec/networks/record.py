"""A trained network as the container's record, and the record as a function that colors gray planes."""

from __future__ import annotations

from codec.networks.interface import Colorizer, NetworkSpec
from codec.networks.registry import NETWORK_NAMES, color_network
from codec.networks.weights import PackedTensor, QuantizedTensor, pack_weights, unpack_weights
from codec.video.color import ColorConversion
from container_format import NetworkRecord, TensorRecord, UnsupportedError


def pack_network(spec: NetworkSpec, tensors: tuple[QuantizedTensor, ...]) -> NetworkRecord:
    """A network's name, sizes and weights as the container stores them."""
    start = color_network(spec.architecture).start_weights(spec)
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
    spec = NetworkSpec(record.architecture, tuple(sorted(record.parameters.items())))
    packed = tuple(PackedTensor(t.name, t.shape, t.step, t.table, t.payload) for t in record.tensors)
    return network.colorizer(spec, unpack_weights(packed, network.start_weights(spec)), conversion)
