"""One segment of a stream, from its record to its pictures, each part compared with the sender's checksum.

The first part decodes the gray and what was sent as planes; the second puts the color on. The pipeline lets the second
part of a segment overlap with the first part of the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codec.decoder.checked import surely, wrong
from codec.decoder.networks import StreamNetworks
from codec.decoder.tracks.color import ColorTrack, Planes, color_track
from codec.decoder.tracks.luma import Gray, LumaTrack, luma_track
from codec.segment_color import chroma_crc32
from codec.stream_header import Description
from codec.video.picture import Picture
from container_format import SegmentRecord
from container_format.records import Color


@dataclass(frozen=True)
class DecodedPlanes:
    """A segment whose gray is known to be right; its color is still to be made.

    Attributes:
        segment: its record.
        gray: its gray.
        planes: what was sent for the color as planes.
    """

    segment: SegmentRecord
    gray: Gray
    planes: Planes


@dataclass(frozen=True)
class Receiver:
    """How every segment of a stream is decoded: the mirror of the sender's recipe.

    Attributes:
        luma: brings the gray.
        color: brings the color.
        verifies: compare the color with the sender's checksum.
    """

    luma: LumaTrack
    color: ColorTrack
    verifies: bool

    @classmethod
    def of(
        cls, description: Description, networks: StreamNetworks, color: str, *, gray: bool, verify: bool
    ) -> Receiver:
        """For a stream with this header.

        Args:
            description: of the header.
            networks: of the stream, added before the first segment is decoded.
            color: the header's name of the mode.
            gray: the gray is all that is wanted.
            verify: compare the color with its checksum.
        """
        wants_color = color != Color.NONE and not gray
        return cls(
            luma_track(description, networks, wants_color=wants_color),
            color_track(description, networks, color, wants_color=wants_color),
            verify and wants_color,
        )


def decode_segment(receiver: Receiver, segment: SegmentRecord) -> Iterator[Picture]:
    """The pictures of a segment: the same record gives the same pictures, whatever was decoded before.

    Args:
        receiver: of the stream.
        segment: to be decoded.

    Raises:
        InputError: a network asks for weights that are not here.
        StreamError: the segment is damaged, or not decoded as the sender did.
    """
    receiver.color.load()
    return color_pictures(receiver, decode_planes(receiver, segment))


def decode_planes(receiver: Receiver, segment: SegmentRecord) -> DecodedPlanes:
    """The first part: gray, and what was sent as planes.

    The gray of a segment is held until its checksum was found right. A segment has at most 64 MiB of gray when our
    sender made it.

    Raises:
        StreamError: the decoder fails, or its output is not what the sender's decoder had.
    """
    return DecodedPlanes(segment, receiver.luma.decode(segment), receiver.color.decode(segment))


def color_pictures(receiver: Receiver, decoded: DecodedPlanes) -> Iterator[Picture]:
    """The second part: all pictures are made before the first is given, where there is a checksum to compare.

    Raises:
        StreamError: the color cannot be decoded, or not as the sender did.
    """
    color, segment = receiver.color, decoded.segment
    expected = segment.color_crc32 if receiver.verifies else None

    def make() -> Iterator[Picture]:
        return color.pictures(segment, decoded.gray, decoded.planes)

    if expected is None and not color.is_predicted:
        return make()

    def is_right(pictures: list[Picture]) -> bool:
        checksum = 0
        for picture in pictures:
            checksum = chroma_crc32(picture, checksum)
        return expected in (None, checksum)

    found = surely(lambda: list(make()), is_right, color.distrust_backend)
    if found is None:
        raise wrong("color", segment)
    return iter(found)
