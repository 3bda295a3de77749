"""Conversion of networks to records of the container, and back."""

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

_VGG16 = "vgg16"  # the same as NAME in codec.networks.vgg16, which would import Keras


def pack_network(
    spec: NetworkSpec, tensors: tuple[QuantizedTensor, ...], known_weights: dict[str, str] | None = None
) -> NetworkRecord:
    """Pack a network's architecture, parameters and weights into a record.

    Args:
        spec: the network's spec.
        tensors: the network's quantized weights.
        known_weights: the names and SHA-256 of the known weights that the receiver must have.
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
    """Unpack a network's record: the inverse of :func:`pack_network`. The record need not be trusted.

    Args:
        record: the record in the stream.
        vgg16: the place of VGG16's weights on this machine, ``imagenet`` or a path, if the stream needs them.

    Returns:
        The network's spec and its quantized weights.

    Raises:
        InputError: the stream needs the weights of VGG16, and ``vgg16`` is None.
        UnsupportedError: this version does not have the architecture or its parameters.
        StreamError: the weights do not fit the architecture.
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
    """Whether this version has the network of the record, and the network has this role."""
    declaration = find(record.architecture)
    return declaration is not None and declaration.role is role


def load_colorizer(record: NetworkRecord, conversion: ColorConversion, *, vgg16: str | None = None) -> Colorizer:
    """Make a colorizer from the network of a stream. The first call imports Keras, which takes seconds.

    Args:
        record: the network's record in the stream.
        conversion: the color conversion of the video.
        vgg16: see :func:`unpack_network`.

    Raises:
        InputError, UnsupportedError, StreamError: see :func:`unpack_network`.
    """
    if record.architecture not in SENT_NAMES:
        raise UnsupportedError(f"expected one of the networks {', '.join(SENT_NAMES)}. Received: {record.architecture}")
    spec, tensors = unpack_network(record, vgg16=vgg16)
    return color_network(record.architecture).colorizer(spec, tensors, conversion)


def load_predictor(record: NetworkRecord) -> tuple[int, PredictorWeights]:
    """Load a predictor from a stream.

    Returns:
        The predictor's number and its weights.

    Raises:
        UnsupportedError: the record is not a predictor, or this version does not have its parameters.
        StreamError: the weights do not fit the architecture.
    """
    if not has_role(record, Role.SAMPLES):
        raise UnsupportedError(f"expected a network predictor. Received: {record.architecture}")
    spec, tensors = unpack_network(record)
    return predictor_of(dict(spec.parameters), tensors)


def _known_weights(record: NetworkRecord, vgg16: str | None) -> KnownWeights:
    """The place of the known weights that the stream names, with their checksum."""
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
