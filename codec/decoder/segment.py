"""One segment of a stream, from its record to its pictures, which are compared with the sender's checksums.

A picture is handed on as soon as it is decoded. The color of a picture needs its gray and nothing of later pictures, so
that a thread may decode the gray of the next pictures meanwhile.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass

from codec.decoder.checked import checked_color, checked_gray
from codec.decoder.networks import StreamNetworks
from codec.decoder.tracks.alpha import AlphaTrack
from codec.decoder.tracks.color import ColorTrack, color_track
from codec.decoder.tracks.luma import LumaTrack, luma_track
from codec.errors import StreamError
from codec.read_ahead import depth_for, read_ahead
from codec.stream_header import Description
from codec.video.picture import Picture
from container_format import SegmentRecord
from container_format.records import Color

_GRAYS_AHEAD = 4  # fewer of large ones

Numbered = tuple[int, Picture]
"""A picture, and its place in its segment."""


@dataclass(frozen=True)
class Receiver:
    """How every segment of a stream is decoded: the mirror of the sender's recipe.

    Attributes:
        frame_bytes: of a picture as raw video.
        luma: brings the gray.
        color: brings the color.
        alpha: brings the alpha; None if there is none, or it is not wanted.
        verifies: compare the color with the sender's checksum.
    """

    frame_bytes: int
    luma: LumaTrack
    color: ColorTrack
    alpha: AlphaTrack | None
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
        is_of_chroma = description.recoding is not None and description.recoding.needs_chroma
        wants_color = color != Color.NONE and (not gray or is_of_chroma)
        return cls(
            description.info.raw_frame_bytes,
            luma_track(description, networks, wants_color=wants_color),
            color_track(description, networks, color, wants_color=wants_color),
            AlphaTrack(description.alpha) if description.alpha is not None and not gray else None,
            verify and wants_color,
        )


def decode_segment(receiver: Receiver, segment: SegmentRecord, *, in_two_threads: bool = False) -> Iterator[Picture]:
    """The pictures of a segment: the same record gives the same pictures, whatever was decoded before.

    Args:
        receiver: of the stream.
        segment: to be decoded.
        in_two_threads: decode the gray in a thread of its own, some pictures ahead of the color.

    Yields:
        The pictures, each as soon as it is decoded.

    Raises:
        InputError: a network asks for weights that are not here.
        StreamError: the segment is damaged; or, after the last picture, it was not decoded as the sender did.
    """
    receiver.color.load()
    grays = _grays(receiver, segment)
    depth = depth_for(receiver.frame_bytes, _GRAYS_AHEAD)
    with closing(read_ahead(grays, depth) if in_two_threads else grays) as arriving:
        try:
            pictures = receiver.color.pictures(segment, arriving)
            if receiver.verifies:
                pictures = checked_color(pictures, segment)
            yield from pictures if receiver.alpha is None else receiver.alpha.pictures(segment, pictures)
        except StreamError:
            for _ in arriving:  # if the gray is wrong, it is to blame, and raises its own error at its end
                pass
            raise


def _grays(receiver: Receiver, segment: SegmentRecord) -> Generator[Picture, None, None]:
    yield from checked_gray(receiver.luma.pictures(segment), segment)
