"""Types that all plane codecs share: the spec of a codec, the coded run, the encoder and the decoder's parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from codec.errors import InputError, StreamError
from container_format.records import LUMA_NETWORK

if TYPE_CHECKING:
    from codec.video.picture import PlaneArray
    from codec.video.pixel_formats import PixelFormat

MAX_SIDE = 65535
LUMA_ADAPTIVE = "adaptive"
"""The value of ``--luma`` for adaptive planes, which a header names by the number of their predictor."""
LUMA_AUTO = "auto"
"""The value of ``--luma`` that selects the codec, or the predictor, with the fewest bytes for the gray."""


@dataclass(frozen=True)
class PlaneCodecSpec:
    """A plane codec and its options, as the user gives them, such as ``x265:crf=23,preset=slow``.

    Attributes:
        codec: the name of a plane codec. For the gray it may also be ``auto``, ``adaptive`` or ``network``.
        options: (name, value) pairs, in the order in which they were given.

    Raises:
        InputError: the codec or an option is unknown, or a value is out of its range.
    """

    codec: str
    options: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        from codec.plane_codecs.registry import check_spec

        check_spec(self.codec, self.options)

    @classmethod
    def parse(cls, text: str) -> PlaneCodecSpec:
        """Parse the text form of a spec: the inverse of ``str``.

        Args:
            text: the codec's name, optionally followed by a colon and ``name=value`` pairs separated by commas.

        Raises:
            InputError: the text has another form, the codec or an option is unknown, or a value is not allowed.
        """
        codec, colon, rest = text.partition(":")
        options = []
        for pair in rest.split(",") if colon else ():
            name, equals, value = pair.partition("=")
            if not (name and equals and value):
                raise InputError(f"expected a luma codec as NAME or NAME:OPTION=VALUE,OPTION=VALUE. Received: {text}")
            options.append((name, value))
        return cls(codec, tuple(options))

    def __str__(self) -> str:
        if not self.options:
            return self.codec
        return self.codec + ":" + ",".join(f"{name}={value}" for name, value in self.options)

    @property
    def is_auto(self) -> bool:
        """Whether the codec has yet to be chosen (``auto``)."""
        return self.codec == LUMA_AUTO

    @property
    def is_adaptive(self) -> bool:
        """Whether the samples are coded adaptively, instead of by a plane codec (``adaptive``)."""
        return self.codec == LUMA_ADAPTIVE

    @property
    def is_predicted(self) -> bool:
        """Whether samples are coded one by one: adaptively, or by a network."""
        return self.is_adaptive or self.is_network

    @property
    def is_network(self) -> bool:
        """Whether a predictor codes the samples instead of a plane codec (``network``)."""
        return self.codec == LUMA_NETWORK

    def option(self, name: str) -> str | None:
        """The value of the option ``name``; None if it was not given."""
        return dict(self.options).get(name)


@dataclass(frozen=True)
class PlaneParameters:
    """The parameters that a decoder needs. They are the same for all segments of a stream.

    Attributes:
        codec: the decoder's name: ``raw``, ``zstd``, ``ffv1``, ``h264``, ``hevc`` or ``av1``; ``network`` for the
            predictor.
        width, height: the size of the plane, in samples.
        coded_width, coded_height: the size of the plane that the codec codes, in samples. Where the codec needs a
            larger plane, the right column and the bottom row are repeated.
        is_lossless: whether the decoded plane equals the encoded plane, bit for bit.
        pixel_format: the planar YUV format of whole pictures; None for single planes.
        depth: the bits of a sample, 8 to 16.

    Raises:
        StreamError: a side is out of [1, 65535], or a coded side is shorter than the plane's.
    """

    codec: str
    width: int
    height: int
    coded_width: int
    coded_height: int
    is_lossless: bool
    pixel_format: PixelFormat | None = None
    depth: int = 8

    @property
    def peak(self) -> int:
        """The largest sample, in code values."""
        return (1 << self.depth) - 1

    def __post_init__(self) -> None:
        for side, coded_side in ((self.width, self.coded_width), (self.height, self.coded_height)):
            if not 1 <= side <= coded_side <= MAX_SIDE:
                raise StreamError(
                    f"expected a gray plane with sides from 1 to {MAX_SIDE}, and a coded plane at least as large. "
                    f"Received: {self.width}x{self.height} in {self.coded_width}x{self.coded_height}"
                )


@dataclass(frozen=True)
class CodedRun:
    """The coded planes of one segment. A run decodes without any other run: its first packet is a codec's keyframe.

    Attributes:
        extradata: the codec's own header; empty if the packets carry it.
        packets: one packet for each frame, in decoding order.
        num_frames: the number of frames that the run decodes to.
        first_bytes: of a run whose frames are all in one packet, about those of the first frame; None of others.
    """

    extradata: bytes
    packets: tuple[bytes, ...]
    num_frames: int
    first_bytes: int | None = None

    @property
    def num_bytes(self) -> int:
        """The size of the header and all packets, in bytes."""
        return len(self.extradata) + sum(map(len, self.packets))

    @property
    def later_bytes(self) -> int:
        """The bytes of all frames but the first."""
        if self.first_bytes is not None:
            return max(0, sum(map(len, self.packets)) - self.first_bytes)
        return sum(map(len, self.packets[1:]))


class PlaneEncoder(Protocol):
    """An encoder for one segment. In memory it keeps the packets and the codec's look-ahead frames, no other frames."""

    def write(self, plane: PlaneArray, chroma: Sequence[PlaneArray] = ()) -> None:
        """Encode the next frame.

        Args:
            plane: (height, width), uint8 for 8 bits, otherwise uint16.
            chroma: both chroma planes, of the same type, if the parameters are for whole pictures; otherwise empty.

        Raises:
            InputError: a plane has another shape or dtype, or the codec refuses it.
        """

    def finish(self) -> CodedRun:
        """Encode the remaining frames and return the run. The encoder cannot be used afterwards.

        Raises:
            InputError: no frame was written, or the codec failed.
        """


def check_planes(plane: PlaneArray, chroma: Sequence[PlaneArray], parameters: PlaneParameters) -> None:
    """Check that the planes match the parameters.

    Args:
        plane: the gray plane or any single plane; expected (height, width), uint8 for 8 bits, otherwise uint16.
        chroma: the chroma planes; expected two for whole pictures and none for single planes.
        parameters: the decoder's parameters.

    Raises:
        InputError: a plane has another shape or dtype, or the number of chroma planes is wrong.
    """
    _check_plane("gray", plane, (parameters.height, parameters.width), parameters.depth)
    pixel_format = parameters.pixel_format
    shapes = [pixel_format.chroma_shape(parameters.width, parameters.height)] * 2 if pixel_format is not None else []
    if len(chroma) != len(shapes):
        raise InputError(f"expected {len(shapes)} chroma planes. Received: {len(chroma)}")
    for own, shape in zip(chroma, shapes, strict=True):
        _check_plane("chroma", own, shape, parameters.depth)


def _check_plane(name: str, plane: PlaneArray, expected: tuple[int, int], depth: int) -> None:
    kind = "uint8" if depth == 8 else "uint16"
    if plane.shape != expected or plane.dtype != kind:
        raise InputError(f"expected a {name} plane of shape {expected}, {kind}. Received: {plane.shape}, {plane.dtype}")


def check_size(width: int, height: int) -> None:
    """Check the size of a source, in samples.

    Raises:
        InputError: a side is out of [1, 65535].
    """
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):
        raise InputError(f"expected a picture with sides from 1 to {MAX_SIDE}. Received: {width}x{height}")


def closed_run(extradata: bytes, packets: list[bytes], num_frames: int) -> CodedRun:
    """Make a run from an encoder's output.

    Args:
        extradata: the codec's own header; empty if the packets carry it.
        packets: in decoding order.
        num_frames: the number of frames that were written to the encoder.

    Raises:
        InputError: no frame was written, or the number of packets differs from the number of frames.
    """
    if num_frames == 0:
        raise InputError("expected at least one frame in a segment of the gray stream. Received: none")
    if len(packets) != num_frames:
        raise InputError(f"expected {num_frames} packets from the luma encoder. Received: {len(packets)}")
    return CodedRun(extradata, tuple(packets), num_frames)
