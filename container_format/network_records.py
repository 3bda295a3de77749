"""Records of networks, and those that stand between the segments of a live stream."""

from __future__ import annotations

from dataclasses import dataclass

from container_format.fields import Bool, Bytes, Int, ListOf, PositiveFloat, RecordOf, Text, TextMap, declare

MAX_TENSOR_BYTES = 2**30
MAX_HEADER_BYTES = 2**22

_NAME = Text(64)
_U32 = Int(0, 2**32 - 1)
_COUNT = Int(0, 2**48)


@dataclass(frozen=True, kw_only=True)
class TensorRecord:
    """One weight tensor: whole numbers times a step, entropy-coded."""

    name: str = declare(1, Text(256), "the tensor's name in the architecture")
    shape: tuple[int, ...] = declare(2, ListOf(Int(1, 2**24), 8), "sizes, outermost first")
    step: float = declare(3, PositiveFloat(), "weight = whole number x step")
    table: bytes = declare(4, Bytes(2**24), "probability tables of the differences to the start")
    payload: bytes = declare(5, Bytes(MAX_TENSOR_BYTES), "range-coded differences to the start")


@dataclass(frozen=True, kw_only=True)
class NetworkRecord:
    """Chunk `NETW`: the network that puts the color on the gray, or one that predicts the samples of planes."""

    architecture: str = declare(1, _NAME, "name of the architecture, such as `singh2020`; never code")
    parameters: dict[str, int] = declare(
        2, TextMap(Int(-(2**31), 2**31 - 1), 64), "sizes that the architecture leaves open", default_factory=dict
    )
    tensors: tuple[TensorRecord, ...] = declare(3, ListOf(RecordOf(TensorRecord), 4096), "all weights that are sent")
    known_weights: dict[str, str] = declare(
        10,
        TextMap(Text(64), 8),
        "weights that the receiver must have, such as `vgg16`, by name: SHA-256 of their float32 values in hexadecimal",
        default_factory=dict,
    )


@dataclass(frozen=True, kw_only=True)
class UpdateRecord:
    """Chunk `NETU`: a network that makes the color of segments behind it (since 1.5)."""

    number: int = declare(1, Int(1, 2**32 - 1), "1, 2, 3, ...; it takes the place of the one before")
    network: NetworkRecord = declare(2, RecordOf(NetworkRecord), "the network, which takes hints")


@dataclass(frozen=True, kw_only=True)
class JoinRecord:
    """Chunk `JOIN`: a reader may begin here: the header once more, and what comes next (since 1.5)."""

    minor: int = declare(1, Int(0, 255), "the minor version, as in the prelude")
    header: bytes = declare(2, Bytes(MAX_HEADER_BYTES), "the payload of `HEAD`, not compressed")
    segment: int = declare(3, _U32, "index of the next segment")
    frame: int = declare(4, _COUNT, "index of the next segment's first frame")
    num_copy_packets: int = declare(5, _COUNT, "packets in all `COPY` chunks before", default=0)
    leaves_out: bool = declare(
        6, Bool(), "the segments that are missing before this place were not sent to this receiver", default=False
    )
