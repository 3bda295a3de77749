"""What every plane codec shares: how one is asked for, what it gives, and what its decoder must know."""

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
LUMA_AUTO = "auto"
"""Stands for the codec, or predictor, that makes the gray the smallest."""


@dataclass(frozen=True)
class PlaneCodecSpec:
    """A plane codec and its options, as a person asks for them: ``x265:crf=23,preset=slow``.

    Attributes:
        codec: the name of a plane codec; or, for the gray, ``auto`` or ``network``.
        options: names and values in the order given.

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
        """The inverse of ``str``.

        Args:
            text: the codec's name, then optionally a colon and ``name=value`` pairs with commas between them.

        Raises:
            InputError: the text has another shape, or names an unknown codec, option or value.
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
        """The codec is still to be chosen."""
        return self.codec == LUMA_AUTO

    @property
    def is_network(self) -> bool:
        """A predictor carries the samples, not a plane codec."""
        return self.codec == LUMA_NETWORK

    def option(self, name: str) -> str | None:
        """The value of an option, None if it was not given."""
        return dict(self.options).get(name)


@dataclass(frozen=True)
class PlaneParameters:
    """What a decoder needs to know of a stream of planes, the same for all of its segments.

    Attributes:
        codec: the decoder's family: ``raw``, ``zstd``, ``ffv1``, ``h264``, ``hevc`` or ``av1``.
        width, height: of the plane, in samples.
        coded_width, coded_height: of the plane that the codec sees: the plane, its right column and bottom row
            repeated where the codec needs more.
        is_lossless: whether the decoded plane is the source's, bit for bit.
        pixel_format: planar YUV, of pictures that hold the chroma too; None if they hold the gray alone.

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

    @property
    def picture_format(self) -> str:
        """FFmpeg's name of the format of the pictures, for encoders that take ``gray``."""
        return self.pixel_format.name if self.pixel_format else "gray"

    def __post_init__(self) -> None:
        for side, coded_side in ((self.width, self.coded_width), (self.height, self.coded_height)):
            if not 1 <= side <= coded_side <= MAX_SIDE:
                raise StreamError(
                    f"expected a gray plane with sides from 1 to {MAX_SIDE}, and a coded plane at least as large. "
                    f"Received: {self.width}x{self.height} in {self.coded_width}x{self.coded_height}"
                )


@dataclass(frozen=True)
class CodedRun:
    """The planes of one segment, which decode by themselves: the first packet is a keyframe.

    Attributes:
        extradata: the codec's own header, empty if the packets carry it.
        packets: in decoding order, one for each frame.
        num_frames: how many frames come out.
    """

    extradata: bytes
    packets: tuple[bytes, ...]
    num_frames: int

    @property
    def num_bytes(self) -> int:
        """Bytes of the header and of all packets."""
        return len(self.extradata) + sum(map(len, self.packets))


class PlaneEncoder(Protocol):
    """Codes one segment. Keeps packets and the few frames that the codec looks ahead, not the segment's pictures."""

    def write(self, plane: PlaneArray, chroma: Sequence[PlaneArray] = ()) -> None:
        """Take the next plane, (height, width) uint8, and the chroma planes if the pictures hold them.

        Raises:
            InputError: a plane has another shape or type, or the codec refuses it.
        """

    def finish(self) -> CodedRun:
        """Code what is left and give the run. The encoder cannot be used afterwards.

        Raises:
            InputError: no frame was written, or the codec failed.
        """


def check_planes(plane: PlaneArray, chroma: Sequence[PlaneArray], parameters: PlaneParameters) -> None:
    """Check that planes are those that the parameters promise.

    Raises:
        InputError: one has another shape or type, or there are more or fewer of them.
    """
    _check_plane("gray", plane, (parameters.height, parameters.width))
    pixel_format = parameters.pixel_format
    shapes = [pixel_format.chroma_shape(parameters.width, parameters.height)] * 2 if pixel_format is not None else []
    if len(chroma) != len(shapes):
        raise InputError(f"expected {len(shapes)} chroma planes. Received: {len(chroma)}")
    for own, shape in zip(chroma, shapes, strict=True):
        _check_plane("chroma", own, shape)


def _check_plane(name: str, plane: PlaneArray, expected: tuple[int, int]) -> None:
    if plane.shape != expected or plane.dtype != "uint8":
        raise InputError(f"expected a {name} plane of shape {expected}, uint8. Received: {plane.shape}, {plane.dtype}")


def check_size(width: int, height: int) -> None:
    """Check the size of a source.

    Raises:
        InputError: a side is out of [1, 65535].
    """
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):
        raise InputError(f"expected a picture with sides from 1 to {MAX_SIDE}. Received: {width}x{height}")


def closed_run(extradata: bytes, packets: list[bytes], num_frames: int) -> CodedRun:
    """The run of an encoder that was given ``num_frames`` frames.

    Raises:
        InputError: there was no frame, or not one packet for each.
    """
    if num_frames == 0:
        raise InputError("expected at least one frame in a segment of the gray stream. Received: none")
    if len(packets) != num_frames:
        raise InputError(f"expected {num_frames} packets from the luma encoder. Received: {len(packets)}")
    return CodedRun(extradata, tuple(packets), num_frames)
