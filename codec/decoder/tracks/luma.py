"""How the gray of a segment comes: through a video codec, from a predictor, or in one picture with the chroma."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from codec.caching import WithoutCache
from codec.errors import StreamError
from codec.lossless.parameters import CodedSamples, SampleScale
from codec.plane_codecs import CodedRun, PlaneParameters, decode_planes, decode_whole_pictures
from codec.stream_header import Description
from codec.video.picture import Picture
from container_format import SegmentRecord
from container_format.records import LUMA_NETWORK

if TYPE_CHECKING:
    from codec.decoder.networks import StreamNetworks
    from codec.lossless.sessions import GrayCoder


@dataclass(frozen=True)
class VideoCodecLuma:
    """Gray planes through a plane codec.

    Attributes:
        parameters: for its decoder.
    """

    parameters: PlaneParameters

    def pictures(self, segment: SegmentRecord) -> Iterator[Picture]:
        """The gray of a segment, a picture at a time.

        Raises:
            StreamError: the decoder fails, or gives another number of pictures.
        """
        return map(Picture, decode_planes(self.parameters, _run(segment), max_frames=segment.num_frames))


@dataclass(frozen=True)
class WholePicture:
    """Gray and chroma in one picture through a plane codec.

    Attributes:
        parameters: for its decoder.
    """

    parameters: PlaneParameters

    def pictures(self, segment: SegmentRecord) -> Iterator[Picture]:
        """The pictures of a segment; see :meth:`VideoCodecLuma.pictures`."""
        return decode_whole_pictures(self.parameters, _run(segment), max_frames=segment.num_frames)


@dataclass(frozen=True)
class PredictedLuma(WithoutCache):
    """Gray samples, entropy-coded with distributions that a predictor gives.

    Attributes:
        predictor: its number.
        scale: of the samples.
        max_error: how far a sample may be from the source's, in code values.
        parameters: size of the planes.
        networks: of the stream.
    """

    predictor: int
    scale: SampleScale
    max_error: int
    parameters: PlaneParameters
    networks: StreamNetworks

    @cached_property
    def coder(self) -> GrayCoder:
        """The predictor, ready to run."""
        from codec.lossless.sessions import gray_coder

        return gray_coder(self.predictor, self.networks.predictor(self.predictor), self.scale, self.max_error)

    def pictures(self, segment: SegmentRecord) -> Iterator[Picture]:
        """The gray of a segment, a picture at a time.

        Raises:
            UnsupportedError: this version has no such predictor.
            StreamError: the data are damaged.
        """
        from codec.lossless.decoding import decode_lumas

        if len(segment.luma_packets) != 1:
            raise StreamError(
                f"expected one packet of gray samples. Received: {len(segment.luma_packets)}", segment=segment.index
            )
        coded = CodedSamples(segment.motion, segment.luma_packets[0], b"")
        shape = self.parameters.height, self.parameters.width
        return map(Picture, decode_lumas(self.coder, coded, segment.num_frames, shape))


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
        return PredictedLuma(
            prediction.luma_predictor, prediction.scale, prediction.luma_max_error, parameters, networks
        )
    if parameters.pixel_format is not None and wants_color:
        return WholePicture(parameters)
    return VideoCodecLuma(parameters)


def _run(segment: SegmentRecord) -> CodedRun:
    return CodedRun(segment.luma_extradata, segment.luma_packets, segment.num_frames)
