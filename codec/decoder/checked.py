"""What is decoded is compared with the sender's checksums, at checkpoints and at the end of a segment."""

from __future__ import annotations

from collections.abc import Iterator

from codec.checksums import Checksum, checked, chroma_crc32, gray_crc32
from codec.errors import StreamError
from codec.video.picture import Picture
from container_format import SegmentRecord


def checked_gray(pictures: Iterator[Picture], segment: SegmentRecord) -> Iterator[Picture]:
    """The same pictures.

    Raises:
        StreamError: at a checkpoint or after the last picture; the gray is not the sender's.
    """
    sent = Checksum(segment.luma_crc32, segment.luma_checkpoints)
    return checked(pictures, sent, gray_crc32, lambda: wrong_part("gray", segment))


def checked_color(pictures: Iterator[Picture], segment: SegmentRecord) -> Iterator[Picture]:
    """The same pictures, compared where the segment has a checksum of its color.

    Raises:
        StreamError: at a checkpoint or after the last picture; the color is not the sender's.
    """
    if segment.color_crc32 is None:
        return pictures
    sent = Checksum(segment.color_crc32, segment.color_checkpoints)
    return checked(pictures, sent, chroma_crc32, lambda: wrong_part("color", segment))


def wrong_part(part: str, segment: SegmentRecord) -> StreamError:
    """The error of a part, ``gray``, ``color`` or ``alpha``, whose checksum is not the sender's."""
    hint = " (--no-verify shows it all the same)" if part == "color" else ""
    return StreamError(
        f"the {part} of segment {segment.index} was not decoded as the sender did: "
        f"the stream is damaged, or this machine computes wrongly: try GVC_ISA=numpy{hint}",
        segment=segment.index,
    )
