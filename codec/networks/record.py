"""Networks as the container's records, and back: the one way by which weights are packed and loaded."""

from __future__ import annotations

from codec.errors import InputError
from codec.lossless.predictor_weights import PredictorWeights, predictor_of
from codec.networks.declarations import Role, declared, find
from codec.networks.interface import RANDOM_WEIGHTS, Colorizer, KnownWeights, NetworkSpec
from codec.networks.registry import SENT_NAMES, color_network, sent_network
from codec.video.color import ColorConversion
from codec.weights.packing import pack_weights, unpack_weights
from codec.weights.tensors import QuantizedTensor
from container_format import NetworkRecord, UnsupportedError

_VGG16 = "vgg16"  # as codec.networks.vgg16 has it, which imports Keras


def pack_network(
    spec: NetworkSpec, tensors: tuple[QuantizedTensor, ...], known_weights: dict[str, str] | None = None
) -> NetworkRecord:
    """A network's name, sizes and weights as the container stores them.

    Args:
        spec: of the network.
        tensors: its weights.
        known_weights: names and SHA-256 of those that the receiver must have.
    """
    start = sent_network(declared(spec.architecture)).start_weights(spec)
    return NetworkRecord(
        architecture=spec.architecture,
        parameters=dict(spec.parameters),
        tensors=pack_weights(tensors, start),
        known_weights=known_weights or {},
    )


def unpack_network(
    record: NetworkRecord, *, vgg16: str | None = None
) -> tuple[NetworkSpec, tuple[QuantizedTensor, ...]]:
    """The inverse of :func:`pack_network`, for a record that may come from anywhere.

    Args:
        record: of the stream.
        vgg16: where this machine has VGG16's weights, ``imagenet`` or a path, if the stream asks for them.

    Raises:
        InputError: the stream asks for weights that are not here.
        UnsupportedError: an architecture, or parameters, that this version does not have.
        StreamError: the weights are not those of the architecture.
    """
    declaration = find(record.architecture)
    if declaration is None or not declaration.may_be_sent:
        raise UnsupportedError(f"expected one of the networks {', '.join(SENT_NAMES)}. Received: {record.architecture}")
    if record.parameters.get("keep_luma", 1) != 1:
        raise UnsupportedError("expected a network that leaves the gray as it is. Received: one with keep_luma 0")
    network = sent_network(declaration)
    spec = NetworkSpec(record.architecture, tuple(sorted(record.parameters.items())), _known_weights(record, vgg16))
    return spec, unpack_weights(record.tensors, network.start_weights(spec))


def has_role(record: NetworkRecord, role: Role) -> bool:
    """Whether a record is of a network that this version has, for that role."""
    declaration = find(record.architecture)
    return declaration is not None and declaration.role is role


def load_colorizer(record: NetworkRecord, conversion: ColorConversion, *, vgg16: str | None = None) -> Colorizer:
    """The network of a stream, ready to color. Imports Keras, which takes seconds the first time.

    Args:
        record: of the stream.
        conversion: of the video.
        vgg16: as for :func:`unpack_network`.

    Raises:
        InputError, UnsupportedError, StreamError: as :func:`unpack_network`.
    """
    if record.architecture not in SENT_NAMES:
        raise UnsupportedError(f"expected one of the networks {', '.join(SENT_NAMES)}. Received: {record.architecture}")
    spec, tensors = unpack_network(record, vgg16=vgg16)
    return color_network(record.architecture).colorizer(spec, tensors, conversion)


def load_predictor(record: NetworkRecord) -> tuple[int, PredictorWeights]:
    """The predictor of a stream: its number, and its weights.

    Raises:
        UnsupportedError, StreamError: as :func:`unpack_network`.
    """
    if not has_role(record, Role.SAMPLES):
        raise UnsupportedError(f"expected a network predictor. Received: {record.architecture}")
    spec, tensors = unpack_network(record)
    return predictor_of(dict(spec.parameters), tensors)


def _known_weights(record: NetworkRecord, vgg16: str | None) -> KnownWeights:
    """Where the weights are that the stream names instead of carrying them."""
    unknown = set(record.known_weights) - {_VGG16}
    if unknown:
        raise UnsupportedError(f"expected weights of {_VGG16} to be named. Received: {', '.join(sorted(unknown))}")
    if _VGG16 not in record.known_weights:
        return RANDOM_WEIGHTS
    sha256 = record.known_weights[_VGG16]
    if vgg16 is None:
        raise InputError(
            f"expected the VGG16 weights that this stream's color is made with, SHA-256 {sha256}. Received: none; "
            "give --vgg16 imagenet or --vgg16 FILE, or --gray for the gray alone",
            option="--vgg16",
        )
    return KnownWeights(vgg16, sha256)
