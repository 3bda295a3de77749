"""How the alpha of a segment comes: as gray planes through a plane codec."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codec.checksums import Checksum, alpha_crc32, checked
from codec.decoder.checked import wrong_part
from codec.errors import StreamError
from codec.late_picture import LatePicture
from codec.plane_codecs import CodedRun, PlaneParameters, decode_planes
from codec.video.picture import Picture, PlaneArray
from container_format import SegmentRecord


@dataclass(frozen=True)
class AlphaTrack:
    """Alpha planes through a plane codec.

    Attributes:
        parameters: for its decoder.
    """

    parameters: PlaneParameters

    def pictures(self, segment: SegmentRecord, pictures: Iterator[LatePicture]) -> Iterator[LatePicture]:
        """The same pictures, given the alpha of a segment.

        Args:
            segment: the record.
            pictures: of the segment, without alpha.

        Raises:
            StreamError: the alpha is damaged, or was not decoded as the sender did.
        """
        if segment.alpha_crc32 is None:
            raise StreamError(f"segment {segment.index} lacks the alpha that the header states", segment=segment.index)
        run = CodedRun(segment.alpha_extradata, segment.alpha_packets, len(segment.alpha_packets))
        planes = decode_planes(self.parameters, run, max_frames=segment.num_frames)
        with_alpha = (_given(late, plane) for late, plane in zip(pictures, planes, strict=True))
        return checked(with_alpha, Checksum(segment.alpha_crc32), _crc32, lambda: wrong_part("alpha", segment))


def _given(late: LatePicture, alpha: PlaneArray) -> LatePicture:
    late.alpha = alpha
    return late


def _crc32(late: LatePicture, crc32: int) -> int:
    return alpha_crc32(Picture(late.luma, alpha=late.alpha), crc32)
