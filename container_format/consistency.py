"""What the parts of a stream must agree on: a header with itself, and a segment with its header.

Whoever reads records checks them here, front to back or in any order. What depends on the order is the reader's.
"""

from __future__ import annotations

from container_format.errors import DamagedError
from container_format.limits import check_segment_pixels
from container_format.records import (
    COLORS_WITH_HINTS,
    LUMA_NETWORK,
    Color,
    CopyRecord,
    HeaderRecord,
    SegmentRecord,
    has_chroma_samples,
)


def check_parts(header: HeaderRecord) -> None:
    """Check that the parts of a header agree: predictors and hints are there exactly if gray and color use them.

    Raises:
        DamagedError: they do not.
    """
    planes, is_lossless = header.planes, header.color == Color.LOSSLESS
    has_luma, has_chroma = bool(planes and planes.luma_predictor), has_chroma_samples(header)
    is_predicted = header.luma_codec == LUMA_NETWORK
    if (planes is not None) != (has_luma or has_chroma) or has_luma != is_predicted or (has_chroma and not is_lossless):
        raise DamagedError(
            "expected networks for the samples of gray and chroma exactly if they are coded so. "
            f"Received: gray {header.luma_codec}, color {header.color}, {planes}"
        )
    if header.luma_has_chroma and (has_luma or has_chroma or not (is_lossless and header.luma_is_lossless)):
        raise DamagedError(
            "expected chroma in the gray's packets only where a video codec carries lossless gray and color. "
            f"Received: gray {header.luma_codec}, color {header.color}, {planes}"
        )
    needs_hints = header.color in COLORS_WITH_HINTS or (is_lossless and not has_chroma and not header.luma_has_chroma)
    if (header.hints is not None) != needs_hints:
        raise DamagedError(f"expected hints in a header exactly if its color needs them. Received: {header.color}")


def check_segment(header: HeaderRecord, segment: SegmentRecord) -> None:
    """Check that a segment has what its header says, and is not too large.

    Raises:
        DamagedError: it has not.
        LimitError: its pictures are together too large.
    """
    steps = sum(count for _, count in segment.pts_steps)
    if steps != segment.num_frames - 1:
        raise DamagedError(f"segment {segment.index} has {segment.num_frames} frames but {steps + 1} times")
    if bool(segment.hint_packets) != (header.hints is not None):
        raise DamagedError(f"segment {segment.index} has hints where none may be, or none where they must be")
    if bool(segment.chroma_samples) != has_chroma_samples(header):
        raise DamagedError(f"segment {segment.index} has chroma samples where none may be, or none")
    if segment.far_differences and (header.color != Color.LOSSLESS or not segment.hint_packets):
        raise DamagedError(f"segment {segment.index} has far differences where none may be")
    if segment.motion and header.planes is None:
        raise DamagedError(f"segment {segment.index} has motion where none may be")
    if segment.color_crc32 is not None and header.color == Color.NONE:
        raise DamagedError(f"segment {segment.index} has a checksum of color where there is none")
    if segment.color_checkpoints and segment.color_crc32 is None:
        raise DamagedError(f"segment {segment.index} has checkpoints of a checksum that it has not")
    if any(start >= segment.num_frames for start in segment.shot_starts):
        raise DamagedError(f"segment {segment.index} has {segment.num_frames} frames, and shots that begin later")
    check_segment_pixels(header, segment)


def check_copy(header: HeaderRecord, record: CopyRecord) -> None:
    """Check that packets belong to streams that the header lists.

    Raises:
        DamagedError: one does not.
    """
    if max(packet.stream for packet in record.packets) >= len(header.copy_streams):
        raise DamagedError("a packet belongs to a stream that the header does not list")
