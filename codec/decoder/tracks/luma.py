"""How the gray of a segment comes: through a video codec, from a predictor, or in one picture with the chroma."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from codec.decoder.checked import surely, wrong
from codec.errors import StreamError
from codec.lossless.parameters import CodedSamples
from codec.plane_codecs import CodedRun, PlaneParameters, decode_planes, decode_whole_pictures
from codec.segment_color import luma_crc32
from codec.stream_header import Description
from codec.video.picture import Picture, PlaneArray
from container_format import SegmentRecord
from container_format.records import LUMA_NETWORK

if TYPE_CHECKING:
    from codec.decoder.networks import StreamNetworks
    from codec.lossless.coder import LumaCoder


@dataclass(frozen=True)
class Gray:
    """The gray of a segment, whose checksum holds.

    Attributes:
        lumas: (height, width) uint8 each.
        pictures: the same with their chroma, where they came as whole pictures; else empty.
    """

    lumas: list[PlaneArray]
    pictures: list[Picture]


@dataclass(frozen=True)
class VideoCodecLuma:
    """Gray planes through a plane codec.

    Attributes:
        parameters: for its decoder.
    """

    parameters: PlaneParameters

    def decode(self, segment: SegmentRecord) -> Gray:
        """The gray planes of a segment.

        Raises:
            StreamError: the decoder fails, or its output is not what the sender's decoder had.
        """
        lumas = list(decode_planes(self.parameters, _run(segment), max_frames=segment.num_frames))
        return Gray(_checked(lumas, segment), [])


@dataclass(frozen=True)
class WholePicture:
    """Gray and chroma in one picture through a plane codec.

    Attributes:
        parameters: for its decoder.
    """

    parameters: PlaneParameters

    def decode(self, segment: SegmentRecord) -> Gray:
        """The pictures of a segment; see :meth:`VideoCodecLuma.decode`."""
        pictures = list(decode_whole_pictures(self.parameters, _run(segment), max_frames=segment.num_frames))
        return Gray(_checked([picture.luma for picture in pictures], segment), pictures)


@dataclass(frozen=True)
class PredictedLuma:
    """Gray samples, entropy-coded with distributions that a predictor gives.

    Attributes:
        predictor: its number.
        parameters: size of the planes.
        networks: of the stream.
    """

    predictor: int
    parameters: PlaneParameters
    networks: StreamNetworks

    @cached_property
    def coder(self) -> LumaCoder:
        """On the backend. Imports Keras."""
        from codec.lossless.coder import LumaCoder

        return LumaCoder(self.networks.predictor(self.predictor))

    def decode(self, segment: SegmentRecord) -> Gray:
        """The gray planes of a segment.

        Raises:
            UnsupportedError: this version has no such predictor.
            StreamError: the data are damaged, or the planes are not the sender's.
        """
        from codec.lossless.decoding import decode_lumas

        if len(segment.luma_packets) != 1:
            raise StreamError(
                f"expected one packet of gray samples. Received: {len(segment.luma_packets)}", segment=segment.index
            )
        coded = CodedSamples(segment.motion, segment.luma_packets[0], b"")
        shape = self.parameters.height, self.parameters.width
        coder = self.coder
        lumas = surely(
            lambda: list(decode_lumas(coder, coded, segment.num_frames, shape)),
            lambda decoded: luma_crc32(decoded) == segment.luma_crc32,
            coder.distrust_backend,
        )
        if lumas is None:
            raise wrong("gray", segment)
        return Gray(lumas, [])


LumaTrack = VideoCodecLuma | WholePicture | PredictedLuma


def luma_track(description: Description, networks: StreamNetworks, *, wants_color: bool) -> LumaTrack:
    """The track that the header names.

    Args:
        description: of the header.
        networks: of the stream.
        wants_color: of whole pictures, the chroma is wanted too.
    """
    parameters, prediction = description.luma, description.prediction
    if parameters.codec == LUMA_NETWORK and prediction is not None:
        return PredictedLuma(prediction.luma_predictor, parameters, networks)
    if parameters.pixel_format is not None and wants_color:
        return WholePicture(parameters)
    return VideoCodecLuma(parameters)


def _run(segment: SegmentRecord) -> CodedRun:
    return CodedRun(segment.luma_extradata, segment.luma_packets, segment.num_frames)


def _checked(lumas: list[PlaneArray], segment: SegmentRecord) -> list[PlaneArray]:
    """The same planes, if their checksum is the sender's."""
    if luma_crc32(lumas) != segment.luma_crc32:
        raise wrong("gray", segment)
    return lumas
