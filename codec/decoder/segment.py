"""One segment of a stream, from its record to its pictures, which are compared with the sender's checksums.

A picture is handed on as soon as it is decoded. The color of a picture needs its gray and nothing of later pictures, so
that a thread may decode the gray of the next pictures meanwhile.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass

from codec.checksums import Checksum
from codec.decoder.checked import ColorCheck, checked_gray
from codec.decoder.networks import StreamNetworks
from codec.decoder.tracks.alpha import AlphaTrack
from codec.decoder.tracks.color import ColorTrack, color_track
from codec.decoder.tracks.luma import LumaTrack, luma_track
from codec.errors import StreamError
from codec.late_picture import LatePicture
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


@dataclass(frozen=True)
class DecodingSegment:
    """A segment that is decoded as far as it is asked for.

    Attributes:
        pictures: all of them, in order. Color is made when it is asked for, or when a checksum is compared.
        check: of their color.
    """

    pictures: Generator[LatePicture, None, None]
    check: ColorCheck


def begin_segment(receiver: Receiver, segment: SegmentRecord) -> DecodingSegment:
    """Begin to decode a segment of which nobody knows yet what is wanted.

    Args:
        receiver: of the stream.
        segment: to be decoded.

    Raises:
        InputError: a network asks for weights that are not here.
        StreamError: the network is damaged. ``pictures`` raises it, too: see :func:`decode_segment`.
    """
    receiver.color.load()
    check = ColorCheck(segment, is_wanted=receiver.verifies)
    return DecodingSegment(_pictures(receiver, segment, check, in_two_threads=False), check)


def decode_segment(
    receiver: Receiver,
    segment: SegmentRecord,
    places: frozenset[int] | None = None,
    *,
    stops: bool = False,
    in_two_threads: bool = False,
) -> Iterator[Numbered]:
    """The pictures of a segment: the same record gives the same pictures, whatever was decoded before.

    Args:
        receiver: of the stream.
        segment: to be decoded.
        places: of the pictures that are wanted, one or more; None for all of them.
        stops: nothing behind the last one of them is decoded, not even to be checked.
        in_two_threads: decode the gray in a thread of its own, some pictures ahead of the color.

    Yields:
        The pictures that are wanted, each with its place and as soon as it is decoded. Others are colored only if that
        takes memory of earlier pictures, or if a checksum that is compared is also theirs.

    Raises:
        InputError: a network asks for weights that are not here.
        StreamError: the segment is damaged; or, after the last picture, it was not decoded as the sender did.
    """
    receiver.color.load()
    last = segment.num_frames - 1 if places is None else max(places)
    num_sure = segment.num_frames
    if stops:
        num_sure = Checksum(0, segment.color_checkpoints).num_compared(last + 1)
    check = ColorCheck(segment, is_wanted=receiver.verifies, num_sure=num_sure, goes_on=not stops)
    with closing(_pictures(receiver, segment, check, in_two_threads=in_two_threads)) as pictures:
        for place, late in enumerate(pictures):
            if places is None or place in places:
                yield place, late.picture()
            if stops and place == last:
                return


def _pictures(
    receiver: Receiver, segment: SegmentRecord, check: ColorCheck, *, in_two_threads: bool
) -> Generator[LatePicture, None, None]:
    grays = _grays(receiver, segment)
    depth = depth_for(receiver.frame_bytes, _GRAYS_AHEAD)
    with closing(read_ahead(grays, depth) if in_two_threads else grays) as arriving:
        try:
            pictures = _checked(map(LatePicture.of, receiver.color.pictures(segment, arriving)), check)
            yield from pictures if receiver.alpha is None else receiver.alpha.pictures(segment, pictures)
        except StreamError:
            for _ in arriving:  # if the gray is wrong, it is to blame, and raises its own error at its end
                pass
            raise


def _checked(pictures: Iterator[LatePicture], check: ColorCheck) -> Iterator[LatePicture]:
    for late in pictures:
        check.take(late)
        yield late
    check.end()


def _grays(receiver: Receiver, segment: SegmentRecord) -> Generator[Picture, None, None]:
    yield from checked_gray(receiver.luma.pictures(segment), segment)
